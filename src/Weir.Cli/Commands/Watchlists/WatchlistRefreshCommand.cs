// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Lists;
using Weir.Desk.Lists.Fetching;

namespace Weir.Cli.Commands.Watchlists;

/// <summary><c>weir watchlist refresh</c>: has the running desk fetch the lists that have a URL, out of turn; fetches
/// them itself where none runs.</summary>
internal static class WatchlistRefreshCommand
{
    private const string FailedOutcome = "failed";
    private const string HeldOutcome = "held";

    private static readonly ListingColumn<ListFetched>[] Columns =
    [
        new("name", f => f.Name),
        new("outcome", f => f.Outcome),
        new("octets", f => f.Octets),
        new("entries", f => f.Entries),
        new("reason", f => f.Reason),
    ];


    public static Command Create()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "Lists to fetch, by their names; none for all that have a URL.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var (config, output) = (ConfigOption.Create(), OutputOption.Create());
        var command = new Command(
            "refresh",
            """
            Fetch the lists of matching.lists that have a url now: what is newer, whole, within its bounds, and a list, replaces the last good copy. A running Weir fetches them itself, and does so by its own schedule too; where none runs, this command does. A copy that differs too much is held for people (weir watchlist held). Ends with 1 where one could not be fetched, or is held.

            Example: weir watchlist refresh --config weir.yaml
            """) { names, config, output };
        command.SetAction((parsed, cancel) => RunAsync(
            ConfigOption.FileOf(parsed, config), parsed.GetValue(names) ?? [], OutputOption.Read(parsed, output),
            parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    internal static async Task<int> RunAsync(
        string config, string[] names, ListingFormat format, TextWriter to, CancellationToken cancel)
    {
        var reading = GovernedConfiguration.ReadFile(config);
        if (!reading.IsSound)
        {
            throw new OperatorException(reading.Faults[0].At(config));
        }

        var copies = new ProcessPlaces(reading.Value, isSupervised: false).FolderOf(ProcessNames.Desk);
        var sources = reading.Value.Matching.Lists.Select(list => list.ToList(copies).Source).OfType<ListSource>()
            .ToList();
        foreach (var name in names)
        {
            if (!sources.Exists(source => source.Name == name))
            {
                throw new OperatorException($"{config}: matching.lists has no '{name}' with a url");
            }
        }

        using var desk = new ApiClient(reading.Value.Control.Socket);
        var isRunning = await desk.IsThereAsync(cancel);
        var fetched = new List<ListFetched>();
        foreach (var source in sources.Where(source => names.Length == 0 || names.Contains(source.Name)))
        {
            fetched.Add(isRunning
                ? await desk.PostAsync(
                    $"lists/{ApiClient.Part(source.Name)}/fetches", ListsJson.Default.ListFetched, cancel)
                : await FetchAsync(source, cancel));
        }

        Listing.Write(fetched, Columns, format, to);
        return fetched.Exists(f => f.Outcome is FailedOutcome or HeldOutcome) ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<ListFetched> FetchAsync(ListSource source, CancellationToken cancel)
    {
        var result = await new ListFetcher(TimeProvider.System).FetchAsync(source, cancel);
        return new ListFetched(
            source.Name, result.Outcome.ToString().ToLowerInvariant(), result.Octets, result.Entries, result.Reason);
    }
}
