// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Lists;

namespace Weir.Cli.Commands.Watchlists;

/// <summary><c>weir watchlist verify</c>: has the desk ask every list's source again.</summary>
internal static class WatchlistVerifyCommand
{
    private static readonly ListingColumn<ListVerified>[] Columns =
    [
        new("name", v => v.Name),
        new("source", v => v.Source),
        new("state", v => v.State),
        new("asOf", v => v.AsOf),
        new("inForce", v => v.InForce),
        new("now", v => v.Now),
        new("reason", v => v.Reason),
    ];

    public static Command Create()
    {
        var command = new Command(
            "verify",
            """
            Ask the source of every list of matching.lists again and compare: what a url has now, and what a file holds now with its owner's signature, beside the SHA-256 in force and on the desk's chain. Nothing in force changes. `state` is same, changed-since, cannot-be-fetched, cannot-be-read, not-signed or not-on-chain; `reason` says why. For operators, privacy officers and auditors; one round at a time, and a minute between. Ends with 0 where all are the same, else with 1.

            Example: weir watchlist verify
            """);
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var verified = await client.PostAsync(
                "lists/verifications", ListsJson.Default.ListsVerifiedResponse, cancel);
            Listing.Write(
                verified.Lists, Columns, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return verified.Lists.All(one => one.State == "same") ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
