// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Analysis;
using Weir.Cli.Reporting;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.Commands.Watchlists;

/// <summary><c>weir watchlist</c>: what was understood of lists, and what they say of one endpoint. Reads files;
/// keeps nothing.</summary>
internal static class WatchlistCommand
{
    private static readonly ListingColumn<ListedFeed>[] FeedColumns =
    [
        new("name", f => f.Feed.Name),
        new("role", f => Role(f.Feed.Role)),
        new("format", f => f.Feed.Format),
        new("entries", f => f.Feed.Entries.Count),
        new("expired", f => f.Expired),
        new("domains", f => f.Feed.Domains.Count),
        new("refused", f => f.Feed.Refused.Count),
        new("ignored", f => f.Feed.Ignored.Values.Sum()),
        new("changed", f => f.ChangedAt),
        new("path", f => f.Feed.Path),
        new("firstRefused", f => string.Join("; ", f.Feed.Refused.Examples)),
    ];

    private static readonly ListingColumn<ShownEntry>[] EntryColumns =
    [
        new("decides", e => e.Decides),
        new("list", e => e.Entry.List),
        new("role", e => Role(e.Entry.Role)),
        new("entry", e => e.Entry.ToString()),
        new("confidence", e => e.Entry.Confidence),
        new("family", e => e.Entry.Family),
        new("firstSeen", e => Time(e.Entry.FirstSeenMs)),
        new("lastSeen", e => Time(e.Entry.LastSeenMs)),
        new("expires", e => e.Entry.ExpiresMs == ListEntry.Never ? null : Time(e.Entry.ExpiresMs)),
        new("inForce", e => e.InForce),
        new("provenance", e => e.Entry.Tag.Provenance),
    ];

    /// <summary>A list and what its file says of its age.</summary>
    private sealed record ListedFeed(Feed Feed, int Expired, DateTimeOffset ChangedAt);

    /// <summary>An entry that covers the endpoint asked about.</summary>
    private sealed record ShownEntry(ListEntry Entry, bool InForce, bool Decides);

    public static Command Create()
    {
        var list = new Command(
            "list",
            """
            List what was understood of each list: role, format, entries, domains, refused lines with their place, age.

            Example: weir watchlist list --watchlist c2.txt --watchlist top.txt,role=allow
            """);
        var (lists, output) = (Lists(), OutputOption.Create());
        list.Add(lists);
        list.Add(output);
        list.SetAction(parsed => List(
            parsed.GetValue(lists)!, OutputOption.Read(parsed, output), TimeProvider.System,
            parsed.InvocationConfiguration.Output));

        var endpoint = new Argument<string>("ENDPOINT")
        {
            Description = "ADDRESS, ADDRESS:PORT or ADDRESS:PORT/tcp|udp; an IPv6 address with a port in "
                + "brackets. Without protocol tcp."
        };
        var at = new Option<string?>("--at")
        {
            Description = "The time asked about, UTC such as 2017-07-07T12:00:00Z. Default: now.",
            HelpName = "TIME"
        };
        var (showLists, showOutput) = (Lists(), OutputOption.Create());
        var show = new Command(
            "show",
            """
            Show every entry that covers an endpoint, and which of them decides.

            Example: weir watchlist show 192.0.2.7:443 --watchlist c2.txt
            """) { endpoint, showLists, at, showOutput };
        show.SetAction(parsed => PrintEntries(
            parsed.GetValue(endpoint)!, parsed.GetValue(showLists)!, parsed.GetValue(at),
            OutputOption.Read(parsed, showOutput),
            TimeProvider.System, parsed.InvocationConfiguration.Output));
        var command = new Command(
            "watchlist", "What lists of C&Cs say. Example: weir watchlist list --watchlist c2.txt")
        {
            list, show, WatchlistRefreshCommand.Create(), WatchlistVerifyCommand.Create(),
            WatchlistSignCommand.Create(), WatchlistDifferenceCommand.Create(),
        };
        foreach (var held in WatchlistHeldCommands.Create().Concat(WatchlistNetworkCommands.Create()))
        {
            command.Add(held);
        }

        return command;
    }

    internal static int List(string[] lists, ListingFormat format, TimeProvider time, TextWriter output)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var feeds = Read(lists, time).Select(feed => new ListedFeed(
            feed, feed.Entries.Count(e => !e.IsValidAt(now)), new DateTimeOffset(File.GetLastWriteTimeUtc(feed.Path))));
        Listing.Write(feeds, FeedColumns, format, output);
        return ExitCode.Done;
    }

    internal static int PrintEntries(
        string text, string[] lists, string? at, ListingFormat format, TimeProvider time, TextWriter output)
    {
        if (!EndpointText.TryRead(text, out var endpoint))
        {
            throw new OperatorException($"'{text}' is no endpoint; write such as 192.0.2.7, 192.0.2.7:443, "
                + "192.0.2.7:53/udp or [2001:db8::7]:443");
        }

        var atMs = AnalysisArguments.Instant("--at", at) ?? time.GetUtcNow().ToUnixTimeMilliseconds();
        var watchlist = Watchlist.From(Read(lists, time), time.GetUtcNow());
        var covering = watchlist.All(endpoint);

        // A row with a port speaks of that port alone: asked for an address, everything at it is shown and
        // nothing decides.
        var everything = endpoint.Port == 0;
        var shown = everything
            ? [.. watchlist.Feeds.SelectMany(f => f.Entries)
                .Where(e => e.What.IsV4 == endpoint.Address.IsV4 && e.What.Contains(endpoint.Address))]
            : covering;
        var allowed = covering.Where(e => e.Role == ListRole.Allow && e.IsValidAt(atMs)).ToList();
        ListEntry? deciding = everything
            ? null : allowed.Count > 0 ? allowed[0] : watchlist.TryFind(endpoint, atMs, out var found) ? found : null;
        Listing.Write(
            shown.Select(e => new ShownEntry(e, e.IsValidAt(atMs), e == deciding)), EntryColumns, format, output);
        return ExitCode.Done;
    }

    private static Option<string[]> Lists() =>
        new("--watchlist")
        {
            Description = "FILE[,role=c2|sinkhole|attacker|bogon|allow][,name=X][,min-hits=N]; several "
                + "after one another or repeated.",
            Required = true,
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = true
        };

    private static List<Feed> Read(string[] lists, TimeProvider time)
    {
        try
        {
            return [.. lists.Select(list => FeedReader.Read(AnalysisArguments.ParseFeed(list), time))];
        }
        catch (FeedException fault)
        {
            throw new OperatorException(fault.Message, fault.ExitCode);
        }
    }

    private static string Role(ListRole role) => role.ToString().ToLowerInvariant();

    private static DateTimeOffset? Time(long milliseconds) =>
        milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
