// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Lists;

namespace Weir.Cli.Commands.Watchlists;

/// <summary><c>weir watchlist networks|decide</c>: listed networks whose lines are too many to become cases
/// unseen.</summary>
internal static class WatchlistNetworkCommands
{
    private static readonly ListingColumn<HeldNetworkSummary>[] Columns =
    [
        new("network", n => n.Network), new("state", n => n.State), new("since", n => n.Since),
        new("lines", n => n.Lines), new("bound", n => n.Bound), new("events", n => n.Events), new("lost", n => n.Lost),
        new("endpoint", n => n.Endpoint), new("askedBy", n => n.AskedBy), new("until", n => n.Until),
        new("inForce", n => n.InForce), new("lists", n => n.Lists),
        new("updateAt", n => n.Update?.At, ColumnUse.Detail),
        new("updateEntries", n => n.Update?.Entries, ColumnUse.Detail),
        new("firstLoad", n => n.Update?.IsFirst, ColumnUse.Detail), new("next", n => NextOf(n)),
    ];

    private static readonly ListingColumn<HeldNetworkResponse>[] StepColumns =
        [new("id", s => s.Id), new("network", s => s.Network), new("state", s => s.State), new("next", s => s.Next)];

    /// <summary>What there is to do about it.</summary>
    private static string NextOf(HeldNetworkSummary one) => one switch
    {
        { State: "settling" } => "nothing: what waits becomes cases then, unless it is held before",
        { State: "held", AskedBy: { } who } => $"{who} asked; both sign (weir approve), the second gives",
        { State: "held" } => $"two people: weir watchlist decide {one.Network} --release, or --drop, with --reason",
        { InForce: false } => "nothing: vault and store are told as soon as they answer",
        { State: "dropped" } => "take it off the list, or allow it",
        _ => "nothing",
    };

    public static IEnumerable<Command> Create() => [CreateList(), CreateDecide()];

    private static Command CreateList()
    {
        var command = new Command(
            "networks",
            """
            List listed networks (/24, of IPv6 /48), and edits of lists (update-17), that the brake holds, since more lines met them than may become cases in a day; those that wait their time (settling: what an edit brought is counted until `until`, before anything becomes a case); and what two people decided about them. `next` says what there is to do.

            Example: weir watchlist networks
            """);
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var held = await client.GetAsync("held-networks", HeldNetworkJson.Default.HeldNetworksResponse, cancel);
            Listing.Write(
                held.Networks, Columns, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateDecide()
    {
        var network = new Argument<string?>("NETWORK")
        {
            Description = "As weir watchlist networks shows it.", Arity = ArgumentArity.ZeroOrOne,
        };
        var release = new Option<bool>("--release") { Description = "What is held becomes cases." };
        var drop = new Option<bool>("--drop") { Description = "What is held is thrown away." };
        var reason = new Option<string?>("--reason")
        {
            Description = "Why; stands in what both sign and in the audit.",
        };
        var approve = new Option<string?>("--approve")
        {
            Description = "Number of another's request: gives the second leave.", HelpName = "ID",
        };
        var command = new Command(
            "decide",
            """
            Release or drop what the brake holds of a listed network, or of an edit: the first person asks, both sign with weir approve, the second in another role (analyst, operator, privacy officer) gives. It holds for 30 days; what an edit brought stays dropped while a list names it.

            Example: weir watchlist decide 198.51.100.0/24 --drop --reason "a newspaper, listed by mistake"
            """) { network, release, drop, reason, approve };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var isRelease = parsed.GetValue(release);
            var step = (parsed.GetValue(network), parsed.GetValue(approve)) switch
            {
                (null, { } id) when !isRelease && !parsed.GetValue(drop) => await client.PostAsync(
                    $"held-networks/{ApiClient.Part(id)}/approval", HeldNetworkJson.Default.HeldNetworkResponse,
                    cancel),
                ({ } what, null) when isRelease != parsed.GetValue(drop) => await client.PostAsync(
                    "held-networks",
                    new HeldNetworkRequest(what, isRelease ? "release" : "drop", parsed.GetValue(reason) ?? ""),
                    HeldNetworkJson.Default.HeldNetworkRequest, HeldNetworkJson.Default.HeldNetworkResponse, cancel),
                _ => throw new OperatorException("write `weir watchlist decide NETWORK --release --reason TEXT` (or "
                    + "--drop) to ask, or `weir watchlist decide --approve ID` to give"),
            };
            Listing.Write(
                [step], StepColumns, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
