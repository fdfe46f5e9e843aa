// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists;

/// <summary>How one list stands.</summary>
/// <param name="Path">File or folder.</param>
/// <param name="Good">The copy in force; null where none was ever read.</param>
/// <param name="Fault">Why the latest reading failed; null where it did not.</param>
/// <param name="ChangedAt">When the file of the copy in force was last written; of one with an owner, when that signed
/// it.</param>
public sealed record ListState(string Path, Feed? Good, string? Fault, DateTimeOffset? ChangedAt = null)
{
    /// <summary>SHA-256 of the copy in force, hexadecimal; empty for none.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Its owner's signature; null where it has no owner.</summary>
    internal ListSignature? Signature { get; init; }
}

/// <summary>
/// Beside the way: keeps the watchlist fresh. A list is read again when its file has changed; one that cannot be read
/// keeps its last good copy in force and shows why and how old it is. One that an owner signs is taken with the
/// signature alone. The constructor is inert.
/// </summary>
/// <param name="first">The lists to begin with, in the order of their mention.</param>
/// <param name="holder">Where the next watchlist is put in force.</param>
/// <param name="period">How often files are looked at.</param>
/// <param name="time">Our clock.</param>
/// <param name="log">Where replacements and failures are told.</param>
/// <param name="always">What is in force beside the files whatever they hold, such as allowed networks of the
/// configuration.</param>
public sealed class ListRefresher(
    IReadOnlyList<FeedOptions> first, CurrentWatchlist holder, TimeSpan period, TimeProvider time,
    ILogger<ListRefresher> log, IReadOnlyList<Feed>? always = null)
{
    /// <summary>No file's stamp.</summary>
    private const long NeverRead = -1;

    private readonly Lock _turn = new();
    private ReadList[] _lists = [.. first.Select(list => new ReadList(list))];
    private IReadOnlyList<Feed> _always = always ?? [];
    private ListState[] _states = [.. first.Select(list => new ListState(list.Path, null, null))];

    /// <summary>A list and its copy in force.</summary>
    private sealed record ReadList(FeedOptions Options)
    {
        public long Stamp { get; init; }

        public ListCopy? Good { get; init; }

        public string? Fault { get; init; }

        /// <summary>Of the file when it failed.</summary>
        public long FaultStamp { get; init; }
    }

    /// <summary>How the lists stand; safe to read from other threads.</summary>
    public IReadOnlyList<ListState> States => Volatile.Read(ref _states);

    /// <summary>Told of what is listed before it is in force; null where nobody keeps edits.</summary>
    internal ListEdits? Edits { get; init; }

    /// <summary>Told of what is taken and of what is refused; null where nobody keeps it.</summary>
    internal ListRecord? Record { get; init; }

    /// <summary>How often files are looked at.</summary>
    public TimeSpan Period { get; set; } = period;

    /// <summary>Reads what has changed and puts the result in force, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            Refresh();
            await Task.Delay(Period, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Reads what has changed since the last time. Returns the faults, one sentence a list; the rest is in
    /// force all the same.</summary>
    public IReadOnlyList<FeedException> Refresh()
    {
        lock (_turn)
        {
            return RefreshInTurn(changed: false);
        }
    }

    /// <summary>Which lists there are from now on. One that is read as before keeps its copy, and one that lies
    /// elsewhere keeps it until it is read there; one that is gone goes out of force. Returns the faults, as
    /// <see cref="Refresh"/> does.</summary>
    public IReadOnlyList<FeedException> Follow(IReadOnlyList<FeedOptions> lists, IReadOnlyList<Feed> allowed)
    {
        lock (_turn)
        {
            var before = _lists;
            _lists =
            [
                .. lists.Select(list => Array.Find(before, one => IsReadAlike(one.Options, list))
                    ?? Moved(before, list) ?? new ReadList(list)),
            ];
            _always = allowed;
            return RefreshInTurn(changed: true);
        }
    }

    /// <summary>The list as it was read where it lay before: of the same name, and read alike.</summary>
    private static ReadList? Moved(ReadList[] before, FeedOptions list) =>
        list.Name is not null && Array.Find(before, one => one.Good is not null && IsReadAlike(
            one.Options with { Path = list.Path, IsFetched = list.IsFetched }, list)) is { } moved
            ? moved with { Options = list, Stamp = NeverRead, Fault = null }
            : null;

    /// <summary>Columns are the same where they say the same.</summary>
    private static bool IsReadAlike(FeedOptions one, FeedOptions other) =>
        one with { Columns = other.Columns } == other && one.Columns.Count == other.Columns.Count
        && one.Columns.All(column => other.Columns.TryGetValue(column.Key, out var same) && same == column.Value);

    private List<FeedException> RefreshInTurn(bool changed)
    {
        var faults = new List<FeedException>();
        for (var i = 0; i < _lists.Length; i++)
        {
            changed |= TryRead(ref _lists[i], faults);
        }

        if (changed)
        {
            var feeds = _lists.Where(list => list.Good is not null).Select(list => list.Good!.Feed).ToList();
            Edits?.Take(feeds, isWhole: feeds.Count == _lists.Length);
            var next = Watchlist.From([.. feeds, .. _always], time.GetUtcNow());
            holder.Replace(next);
            var refused = feeds.Sum(feed => feed.Refused.Count);
            log.ListReplaced(next.Count, feeds.Count, refused);
        }

        Volatile.Write(
            ref _states,
            [.. _lists.Select(list => new ListState(
                list.Options.Path, list.Good?.Feed, list.Fault, list.Good?.At)
            {
                Digest = list.Good?.Digest ?? "", Signature = list.Good?.Signature,
            })]);
        return faults;
    }

    /// <summary>Changes with the file, and with its signature where it has an owner; 0 where there is no file.</summary>
    private static long StampOf(FeedOptions options)
    {
        var stamp = FileStamp.Of(options.Path);
        return stamp == 0 || options.Owner is null ? stamp
            : unchecked((stamp * 31) + FileStamp.Of(SignedList.SignatureOf(options.Path)));
    }

    private bool TryRead(ref ReadList list, List<FeedException> faults)
    {
        var options = list.Options;
        var stamp = StampOf(options);
        if ((list.Good is not null && list.Fault is null && stamp == list.Stamp)
            || (options.IsFetched && stamp == 0 && list.Good is null))
        {
            return false;
        }

        try
        {
            var copy = ListCopy.Read(options, list.Good, time);
            list = new ReadList(options) { Stamp = stamp, Good = copy };
            Record?.Take(options, copy);
            if (copy.Feed.Refused is { Count: > 0 } refused)
            {
                log.LinesRefused(copy.Feed.Name, refused.Count, refused.Examples[0]);
            }

            return true;
        }
        catch (FeedException fault)
        {
            return Fail(ref list, stamp, fault, faults);
        }
    }

    /// <summary>Keeps what is in force; after a start, the copy that its owner signed last.</summary>
    /// <returns>Whether such a copy comes in force.</returns>
    private bool Fail(ref ReadList list, long stamp, FeedException fault, List<FeedException> faults)
    {
        if (fault.Refusal.Length > 0 && (list.Fault != fault.Message || list.FaultStamp != stamp))
        {
            Record?.Refuse(list.Options.Name ?? list.Options.Path, fault.Refusal, fault.Message);
        }

        var kept = list.Good is null ? ListCopy.ReadKept(list.Options, time) : null;
        if (kept is not null)
        {
            Record?.Take(list.Options, kept);
            list = list with { Good = kept };
        }
        else
        {
            faults.Add(fault);
        }

        LogFault(list, fault.Message);
        list = list with { Fault = fault.Message, FaultStamp = stamp };
        return kept is not null;
    }

    /// <summary>Logged when it begins to fail or fails otherwise, not at every look.</summary>
    private void LogFault(ReadList list, string reason)
    {
        if (list.Fault == reason)
        {
            return;
        }

        if (list.Good is { } good)
        {
            log.ListKept(list.Options.Path, good.Feed.ReadAt, reason);
        }
        else
        {
            log.ListMissing(list.Options.Path, reason);
        }
    }
}
