// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Lists;

namespace Weir.Cli.Commands.Watchlists;

/// <summary><c>weir watchlist held|release|drop</c>: fetched copies that differ too much from those in force.</summary>
internal static class WatchlistHeldCommands
{
    private static readonly ListingColumn<HeldList>[] Columns =
    [
        new("name", h => h.Name),
        new("state", h => h.DroppedBy is not null ? "dropped" : h.AskedBy is not null ? "second-person" : "held"),
        new("at", h => h.At),
        new("entries", h => h.Entries),
        new("inForce", h => h.Before),
        new("askedBy", h => h.AskedBy),
        new("droppedBy", h => h.DroppedBy),
        new("reason", h => h.Reason),
    ];

    private static readonly ListingColumn<HeldListStep>[] StepColumns =
        [new("name", s => s.Name), new("outcome", s => s.Outcome)];

    public static IEnumerable<Command> Create() =>
    [
        CreateHeld(),
        CreateStep(
            "release", "releases",
            "Put a held copy of a list in force: the first person asks, a second in another role gives.",
            "weir watchlist release our-c2"),
        CreateStep(
            "drop", "drops",
            "Drop a held copy of a list: the one in force stays, and the same octets are not held again.",
            "weir watchlist drop our-c2"),
    ];

    private static Command CreateHeld()
    {
        var command = new Command(
            "held",
            """
            List fetched copies that wait for people, since they differ too much from those in force: more than half of the entries gone, or more than five times as many.

            Example: weir watchlist held
            """);
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var held = await client.GetAsync("lists/held", ListsJson.Default.HeldListsResponse, cancel);
            Listing.Write(
                held.Lists, Columns, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateStep(string name, string noun, string description, string example)
    {
        var list = new Argument<string>("NAME") { Description = "The list's name." };
        var command = new Command(name, $"{description} Example: {example}") { list };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var step = await client.PostAsync(
                $"lists/{ApiClient.Part(parsed.GetValue(list)!)}/{noun}", ListsJson.Default.HeldListStep, cancel);
            Listing.Write(
                [step], StepColumns, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
