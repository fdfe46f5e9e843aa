// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;

namespace Weir.Desk.Lists;

/// <summary>How one list stands.</summary>
/// <param name="Path">File or folder.</param>
/// <param name="Good">The copy in force; null where none was ever read.</param>
/// <param name="Fault">Why the latest reading failed; null where it did not.</param>
public sealed record ListState(string Path, Feed? Good, string? Fault)
{
    /// <summary>Age of the copy in force.</summary>
    public TimeSpan? AgeAt(DateTimeOffset now) => Good is null ? null : now - Good.ReadAt;
}

/// <summary>
/// Beside the way: keeps the watchlist fresh. A list is read again when its file has changed; one that cannot be read
/// keeps its last good copy in force and shows why and how old it is. The constructor is inert.
/// </summary>
/// <param name="lists">The lists, in the order of their mention.</param>
/// <param name="holder">Where the next watchlist is put in force.</param>
/// <param name="period">How often files are looked at.</param>
/// <param name="time">Our clock.</param>
/// <param name="log">Where replacements and failures are told.</param>
/// <param name="always">What is in force beside the files whatever they hold, such as allowed networks of the
/// configuration.</param>
public sealed class ListRefresher(
    IReadOnlyList<FeedOptions> lists, CurrentWatchlist holder, TimeSpan period, TimeProvider time,
    ILogger<ListRefresher> log, IReadOnlyList<Feed>? always = null)
{
    private readonly (long Stamp, Feed? Good, string? Fault)[] _lists = new (long, Feed?, string?)[lists.Count];
    private readonly Lock _turn = new();
    private ListState[] _states = [.. lists.Select(list => new ListState(list.Path, null, null))];

    /// <summary>How the lists stand; safe to read from other threads.</summary>
    public IReadOnlyList<ListState> States => Volatile.Read(ref _states);

    /// <summary>Reads what has changed and puts the result in force, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(period, time);
        do
        {
            Refresh();
        }
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }

    /// <summary>Reads what has changed since the last time. Returns the faults, one sentence a list; the rest is in
    /// force all the same.</summary>
    public IReadOnlyList<FeedException> Refresh()
    {
        lock (_turn)
        {
            return RefreshInTurn();
        }
    }

    private List<FeedException> RefreshInTurn()
    {
        var faults = new List<FeedException>();
        var changed = false;
        for (var i = 0; i < _lists.Length; i++)
        {
            changed |= TryRead(i, faults);
        }

        if (changed)
        {
            var feeds = _lists.Where(list => list.Good is not null).Select(list => list.Good!).ToList();
            var next = Watchlist.From([.. feeds, .. always ?? []], time.GetUtcNow());
            holder.Replace(next);
            var refused = feeds.Sum(feed => feed.Refused.Count);
            log.ListReplaced(next.Count, feeds.Count, refused);
        }

        Volatile.Write(
            ref _states, [.. lists.Select((list, i) => new ListState(list.Path, _lists[i].Good, _lists[i].Fault))]);
        return faults;
    }

    private bool TryRead(int i, List<FeedException> faults)
    {
        ref var list = ref _lists[i];
        var stamp = StampOf(lists[i].Path);
        if (list.Good is not null && list.Fault is null && stamp == list.Stamp)
        {
            return false;
        }

        try
        {
            var feed = FeedReader.Read(lists[i], time);
            list = (stamp, feed, null);
            if (feed.Refused.Count > 0)
            {
                log.LinesRefused(feed.Name, feed.Refused.Count, feed.Refused.Examples[0]);
            }

            return true;
        }
        catch (FeedException fault)
        {
            faults.Add(fault);
            LogFault(lists[i].Path, list, fault.Message);
            list.Fault = fault.Message;
            return false;
        }
    }

    /// <summary>Logged when it begins to fail or fails otherwise, not at every look.</summary>
    private void LogFault(string path, (long Stamp, Feed? Good, string? Fault) list, string reason)
    {
        if (list.Fault == reason)
        {
            return;
        }

        if (list.Good is { } good)
        {
            log.ListKept(path, good.ReadAt, reason);
        }
        else
        {
            log.ListMissing(path, reason);
        }
    }

    /// <summary>Changes when the file, or any file of the folder, does; 0 where it is not there.</summary>
    private static long StampOf(string path)
    {
        try
        {
            var files = Directory.Exists(path) ? Directory.GetFiles(path) : [path];
            var stamp = 0L;
            foreach (var file in files)
            {
                var about = new FileInfo(file);
                stamp = unchecked((stamp * 31) + (about.Exists
                    ? about.LastWriteTimeUtc.Ticks ^ about.Length ^ file.GetHashCode(StringComparison.Ordinal)
                    : 0));
            }

            return stamp;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
