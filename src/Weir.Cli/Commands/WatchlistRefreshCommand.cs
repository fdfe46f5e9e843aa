// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Commands;

/// <summary><c>weir watchlist refresh</c>: fetches the lists that have a URL. A running Weir takes a changed copy in force
/// by itself; a timer of the system's makes the schedule.</summary>
internal static class WatchlistRefreshCommand
{
    private static readonly ListingColumn<Fetched>[] Columns =
    [
        new("name", f => f.Name),
        new("outcome", f => f.Result.Outcome.ToString().ToLowerInvariant()),
        new("octets", f => f.Result.Octets),
        new("entries", f => f.Result.Entries),
        new("reason", f => f.Result.Reason),
    ];

    private sealed record Fetched(string Name, FetchResult Result);

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
            Fetch the lists of matching.lists that have a url: what is newer, whole, within its bounds, and a list, replaces the last good copy. Ends with 1 where one could not be fetched.

            Example: weir watchlist refresh --config weir.yaml
            """) { names, config, output };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(config)!, parsed.GetValue(names) ?? [], OutputOption.Read(parsed.GetValue(output)!),
            parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    internal static async Task<int> RunAsync(
        string config, string[] names, ListingFormat format, TextWriter to, CancellationToken cancel)
    {
        var reading = ConfigurationReader.ReadFile<WeirConfiguration>(config);
        if (!reading.IsSound)
        {
            throw new OperatorException(reading.Faults[0].At(config));
        }

        var lists = reading.Value.Matching.Lists;
        foreach (var name in names)
        {
            if (!lists.Any(list => list.Name == name && list.Url.Length > 0))
            {
                throw new OperatorException($"{config}: matching.lists has no '{name}' with a url");
            }
        }

        var fetcher = new ListFetcher(TimeProvider.System);
        var fetched = new List<Fetched>();
        foreach (var list in lists.Where(l => l.Url.Length > 0 && (names.Length == 0 || names.Contains(l.Name))))
        {
            fetched.Add(new Fetched(list.Name, await fetcher.FetchAsync(SourceOf(list), cancel)));
        }

        Listing.Write(fetched, Columns, format, to);
        return fetched.Exists(f => f.Result.Outcome == FetchOutcome.Failed) ? ExitCode.Failed : ExitCode.Done;
    }

    private static ListSource SourceOf(WatchlistSettings list) => new()
    {
        Name = list.Name,
        Url = UrlOf(list, "url", list.Url)!,
        Path = Path.GetFullPath(list.Path),
        Checksum = UrlOf(list, "checksum-url", list.ChecksumUrl),
        KeyFile = list.KeyFile.Length > 0 ? list.KeyFile : null,
        KeyHeader = list.KeyHeader,
        Proxy = UrlOf(list, "proxy", list.Proxy),
        CaFile = list.CaFile.Length > 0 ? list.CaFile : null,
        IsPrivate = list.Private,
    };

    private static Uri? UrlOf(WatchlistSettings list, string setting, string text) => text.Length == 0 ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) ? url
        : throw new OperatorException($"matching.lists '{list.Name}': {setting} '{text}' is no URL");
}
