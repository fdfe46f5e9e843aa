// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Sessions;

namespace Weir.Cli.Commands;

/// <summary><c>weir console</c>: the way into the console in a browser, and one's own sessions there.</summary>
internal static class ConsoleCommand
{
    private static readonly ListingColumn<SessionSummary>[] Sessions =
    [
        new("session", one => one.Id), new("user", one => one.User), new("role", one => one.Role),
        new("opened", one => one.Opened),
        new("used", one => one.Used), new("ends", one => one.Ends),
    ];

    private static readonly ListingColumn<PasswordRemoved>[] Removed = [new("user", one => one.User)];

    private static readonly ListingColumn<SessionEnded>[] Ended = [new("session", one => one.Id)];

    private static readonly ListingColumn<SignInLink>[] Links =
        [new("link", one => one.Link), new("until", one => one.Until), new("role", one => one.Role)];

    public static Command Create() => new(
        "console", "Sign in at the console in a browser, and end sessions there. Example: weir console link")
    {
        CreateLink(), CreateSessions(), CreateEnd(), CreateRemovePassword(),
    };

    private static Command CreateLink()
    {
        var command = new Command(
            "link",
            """
            Print a link that signs you in at the console, as the user who asks and in that user's role: once, within two minutes.

            Example: weir console link
            """);
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var link = await client.PostAsync("console/links", SessionJson.Default.SignInLink, cancel);
            Listing.Write([link], Links, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateSessions()
    {
        var command = new Command("sessions", "List your sessions at the console; the privacy officer and the administrator see everybody's. Example: weir console sessions");
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var mine = await client.GetAsync("console/sessions", SessionJson.Default.SessionsResponse, cancel);
            Listing.Write(
                mine.Sessions, Sessions, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateRemovePassword()
    {
        var user = new Argument<string?>("USER")
        {
            Description = "Whose; your own without it. Another's is the privacy officer's or the administrator's.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "remove-password",
            "Remove a password for the console, with its authenticator, and end the sessions that it opened. It is set "
            + "on the page Me. Example: weir console remove-password")
        {
            user,
        };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var removed = await client.PostAsync(
                "console/password/removal", new PasswordRemoval(parsed.GetValue(user)),
                PasswordJson.Default.PasswordRemoval, PasswordJson.Default.PasswordRemoved, cancel);
            Listing.Write([removed], Removed, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateEnd()
    {
        var session =
            new Argument<string>("SESSION") { Description = "Its number, as weir console sessions lists it." };
        var command = new Command("end", "End a session at the console, at once: your own, or anybody's as privacy officer or administrator. Example: weir console end 0123456789ab")
        {
            session,
        };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var ended = await client.PostAsync(
                $"console/sessions/{ApiClient.Part(parsed.GetValue(session)!)}/end", SessionJson.Default.SessionEnded,
                cancel);
            Listing.Write([ended], Ended, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
