// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Tokens;

namespace Weir.Cli.Commands;

/// <summary><c>weir token</c>: tokens for scripts that ask the API over TLS.</summary>
internal static class TokenCommand
{
    private static readonly ListingColumn<TokenMade>[] Made =
    [
        new("token", one => one.Token), new("id", one => one.Id), new("role", one => one.Role),
        new("expires", one => one.Expires),
    ];

    private static readonly ListingColumn<TokenSummary>[] Tokens =
    [
        new("id", one => one.Id), new("name", one => one.Name), new("user", one => one.User),
        new("role", one => one.Role), new("from", one => string.Join(' ', one.From)),
        new("reads only", one => one.IsReadOnly ? "yes" : "no"), new("made", one => one.Made),
        new("expires", one => one.Expires),
    ];

    private static readonly ListingColumn<TokenRevoked>[] Revoked = [new("id", one => one.Id)];

    public static Command Create() => new(
        "token", "Tokens for scripts that ask the API over TLS. Example: weir token new nightly-report --from 192.0.2.10")
    {
        CreateNew(), CreateList(), CreateRevoke(),
    };

    private static Command CreateNew()
    {
        var name = new Argument<string>("NAME") { Description = "What you call it." };
        var from = new Option<string[]>("--from")
        {
            Description = "Network or address from which it counts. Once for each.", Required = true,
            HelpName = "NETWORK", AllowMultipleArgumentsPerToken = true,
        };
        var days = new Option<int>("--days")
        {
            Description = "For how many days, 1 to 90; 30 unless given.", DefaultValueFactory = _ => 30,
            HelpName = "DAYS",
        };
        var reads = new Option<bool>("--read-only") { Description = "It may only read." };
        var command = new Command(
            "new",
            """
            Print a token that acts as you, in your role, from these networks alone, until it ends. It is printed once; only its digest is kept.

            Example: weir token new nightly-report --from 192.0.2.10 --days 30 --read-only
            """) { name, from, days, reads };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var made = await client.PostAsync(
                "tokens", new TokenRequest(
                    parsed.GetRequiredValue(name), parsed.GetValue(days), parsed.GetRequiredValue(from),
                    parsed.GetValue(reads)),
                TokenJson.Default.TokenRequest, TokenJson.Default.TokenMade, cancel);
            if (api.Configuration(parsed) is { Control.Listen: null })
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    "weir: control.listen is not set, so no token is taken anywhere yet; set it, and start the desk "
                        + "anew");
            }

            Listing.Write(
                [made], Made, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List your tokens; the privacy officer and the administrator see everybody's. Example: weir token list");
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var mine = await client.GetAsync("tokens", TokenJson.Default.TokensResponse, cancel);
            Listing.Write(
                mine.Tokens, Tokens, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateRevoke()
    {
        var id = new Argument<string>("ID") { Description = "Its number, as weir token list lists it." };
        var command = new Command("revoke", "End a token, at once: your own, or anybody's as privacy officer or administrator. Example: weir token revoke t-0123456789ab")
        {
            id,
        };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var ended = await client.PostAsync(
                $"tokens/{ApiClient.Part(parsed.GetValue(id)!)}/revocation", TokenJson.Default.TokenRevoked, cancel);
            Listing.Write(
                [ended], Revoked, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
