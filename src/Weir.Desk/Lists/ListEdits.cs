// SPDX-License-Identifier: Apache-2.0
//
// What lists name, and which edit first named it (rules.md R21). Whatever a reading of the lists finds that no list
// named before is one edit for each list; what is gone from all of them belongs to its edit for a trial's time, and is
// forgotten then: it is new when it comes back later. Kept in a file beside the records, so that an edit while nothing
// ran is one too. Only entries that make cases are kept; what two people promoted is never new.
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Files;
using Weir.Wire;

namespace Weir.Desk.Lists;

/// <summary>Keeps edits. Safe for any thread.</summary>
internal sealed class ListEdits : IListEdits
{
    private const string Title = "# what lists name, and by which edit; written by the desk";

    private readonly string _file;
    private readonly CurrentWatchlist _lists;
    private readonly TimeProvider _time;
    private readonly ILogger<ListEdits> _log;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private Known _known = new([], [], ListEdit.Unlisted + 1);

    /// <param name="folder">Of the desk's records.</param>
    /// <param name="lists">The lists in force.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="log">Takes edits.</param>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public ListEdits(string folder, CurrentWatchlist lists, TimeProvider time, ILogger<ListEdits> log)
    {
        (_file, _lists, _time, _log) = (Path.Combine(folder, "listed-entries.txt"), lists, time, log);
        if (KeyFile.ReadIfAny(_file) is { } kept)
        {
            _known = Read(System.Text.Encoding.UTF8.GetString(kept));
        }
    }

    /// <summary>An entry as it is compared: what is listed, not what is said of it.</summary>
    private readonly record struct Key(UInt128 Address, byte Length, ushort Port, byte Protocol) : IComparable<Key>
    {
        public static Key Of(in ListEntry entry) =>
            new(entry.What.Network.Bits, (byte)entry.What.Length, entry.Port, entry.Protocol);

        public int CompareTo(Key other)
        {
            var order = Address.CompareTo(other.Address);
            order = order != 0 ? order : Length.CompareTo(other.Length);
            order = order != 0 ? order : Port.CompareTo(other.Port);
            return order != 0 ? order : Protocol.CompareTo(other.Protocol);
        }
    }

    /// <summary>An entry, listed or gone.</summary>
    /// <param name="Key">What is, or was, listed.</param>
    /// <param name="Edit">The edit that first listed it.</param>
    /// <param name="GoneMs">When no list named it any more; 0 while one does.</param>
    private readonly record struct Row(Key Key, int Edit, long GoneMs)
    {
        public bool IsGone => GoneMs != 0;

        public bool IsForgotten(DateTimeOffset now) =>
            IsGone && now - DateTimeOffset.FromUnixTimeMilliseconds(GoneMs) >= ListEdit.Trial;
    }

    /// <summary>All of it, by key.</summary>
    private sealed record Known(Row[] Entries, Dictionary<int, ListEdit> Edits, int Next)
    {
        /// <summary>Prefix lengths of what is gone.</summary>
        public byte[] GoneLengths { get; } =
            [.. Entries.Where(row => row.IsGone).Select(row => row.Key.Length).Distinct()];
    }

    /// <summary>Numbers up to this one are taken: what the brake knows by them is of edits of which this file has
    /// nothing. To be called before the first lists are taken.</summary>
    public void Reserve(int latest)
    {
        if (latest >= _known.Next)
        {
            Volatile.Write(ref _known, _known with { Next = latest + 1 });
        }
    }

    /// <inheritdoc/>
    public ListEdit? Find(int number) => Volatile.Read(ref _known).Edits.GetValueOrDefault(number);

    /// <inheritdoc/>
    public int Of(in Endpoint endpoint)
    {
        var known = Volatile.Read(ref _known);
        var least = int.MaxValue;
        foreach (var entry in _lists.Current.All(endpoint))
        {
            if (entry.IsOwnConfirmation)
            {
                return ListEdit.Confirmed;
            }

            if (IsKept(entry) && Find(known.Entries, Key.Of(entry)) is { } row)
            {
                least = Math.Min(least, row.Edit);
            }
        }

        return least == int.MaxValue ? OfGone(known, endpoint) : least;
    }

    /// <summary>The edit of what named a far end that no list names: what comes of it belongs to that edit still.
    /// </summary>
    private int OfGone(Known known, Endpoint endpoint)
    {
        var (least, now) = (int.MaxValue, _time.GetUtcNow());
        foreach (var length in known.GoneLengths)
        {
            var network = Prefix.From(endpoint.Address, length).Network.Bits;
            for (var part = 0; part < 4; part++)
            {
                var key = new Key(
                    network, length, (part & 1) == 0 ? endpoint.Port : (ushort)0,
                    (part & 2) == 0 ? endpoint.Protocol : (byte)0);
                if (Find(known.Entries, key) is { IsGone: true } row && !row.IsForgotten(now))
                {
                    least = Math.Min(least, row.Edit);
                }
            }
        }

        return least == int.MaxValue ? ListEdit.Unlisted : least;
    }

    /// <summary>Takes what lists name from the next moment on; to be called by one thread, before it is in force.
    /// </summary>
    /// <param name="feeds">The lists as they are read.</param>
    /// <param name="isWhole">Every list is read; where one is not, what it may name stays known.</param>
    public void Take(IReadOnlyList<Feed> feeds, bool isWhole)
    {
        var (known, now) = (_known, _time.GetUtcNow());
        var (isListed, fresh) = (new bool[known.Entries.Length], new Dictionary<Key, Row>());
        var (edits, next, isChanged) = (new Dictionary<int, ListEdit>(known.Edits), known.Next, false);
        foreach (var feed in feeds)
        {
            var brought = 0;
            foreach (var entry in feed.Entries)
            {
                var key = Key.Of(entry);
                if (!IsKept(entry))
                {
                    continue;
                }

                var at = IndexOf(known.Entries, key);
                if (at < 0 || known.Entries[at].IsForgotten(now))
                {
                    brought += fresh.TryAdd(key, new(key, next, 0)) ? 1 : 0;
                }
                else
                {
                    isListed[at] = true;
                    isChanged |= known.Entries[at].IsGone;
                }
            }

            var isFirst = _names.Add(feed.Name);
            isChanged |= isFirst || brought > 0;
            if (brought > 0)
            {
                var made = new ListEdit(next, feed.Name, now, brought, isFirst);
                edits.Add(next++, made);
                var number = HeldWord(made);
                _log.ListEdited(number, feed.Name, brought, isFirst);
            }
        }

        List<Row> all = [.. fresh.Values];
        for (var i = 0; i < isListed.Length; i++)
        {
            var row = known.Entries[i];
            if (isListed[i] || !row.IsForgotten(now))
            {
                var goneMs = isListed[i] ? 0 : row.IsGone || !isWhole ? row.GoneMs : now.ToUnixTimeMilliseconds();
                isChanged |= goneMs != row.GoneMs;
                all.Add(row with { GoneMs = goneMs });
            }
        }

        if (isChanged || all.Count != known.Entries.Length)
        {
            Put(all, edits, next);
        }
    }

    private void Put(List<Row> all, Dictionary<int, ListEdit> edits, int next)
    {
        var used = all.Select(row => row.Edit).ToHashSet();
        var since = _time.GetUtcNow() - ListEdit.Trial;
        Row[] entries = [.. all];
        Array.Sort(entries, static (a, b) => a.Key.CompareTo(b.Key));
        var known = new Known(
            entries, edits.Where(one => used.Contains(one.Key) || one.Value.At > since).ToDictionary(), next);
        try
        {
            AtomicFile.Write(_file, Text(known));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _log.EditsNotKept(_file, fault.Message);
        }

        Volatile.Write(ref _known, known);
    }

    private static bool IsKept(in ListEntry entry) =>
        entry is { Role: ListRole.C2 or ListRole.Sinkhole, IsOwnConfirmation: false };

    private static string HeldWord(ListEdit edit) => HeldName.Of(edit.Number).ToString();

    private static Row? Find(Row[] entries, Key key) => IndexOf(entries, key) is >= 0 and var at ? entries[at] : null;

    /// <summary>Where an entry stands; less than 0 where it does not.</summary>
    private static int IndexOf(Row[] entries, in Key key)
    {
        for (int low = 0, high = entries.Length - 1; low <= high;)
        {
            var middle = (low + high) >>> 1;
            var order = entries[middle].Key.CompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private string Text(Known known)
    {
        var text = new System.Text.StringBuilder(40 * (known.Entries.Length + 1));
        var by = CultureInfo.InvariantCulture;
        _ = text.Append(Title).Append('\n').Append(by, $"next {known.Next}\n");
        foreach (var name in _names.Order(StringComparer.Ordinal))
        {
            _ = text.Append(by, $"list {name}\n");
        }

        foreach (var edit in known.Edits.Values.OrderBy(one => one.Number))
        {
            _ = text.Append(by, $"edit {edit}\n");
        }

        foreach (var (key, edit, gone) in known.Entries)
        {
            _ = gone == 0 ? text : text.Append(by, $"gone {gone} ");
            _ = text.Append(by, $"{key.Address:x32} {key.Length} {key.Port} {key.Protocol} {edit}\n");
        }

        return text.ToString();
    }

    private Known Read(string text)
    {
        var (entries, edits, next, number) = (new List<Row>(), new Dictionary<int, ListEdit>(), 0, 0);
        try
        {
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                number++;
                var by = CultureInfo.InvariantCulture;
                switch (line.Split(' ', line.StartsWith("gone ", StringComparison.Ordinal) ? 7 : 6))
                {
                    case ["#", ..]:
                        break;
                    case ["next", var count]:
                        next = int.Parse(count, by);
                        break;
                    case ["list", ..]:
                        _ = _names.Add(line["list ".Length..]);
                        break;
                    case ["edit", ..] when ListEdit.TryParse(line["edit ".Length..], out var made):
                        edits.Add(made.Number, made);
                        break;
                    case ["gone", var at, .. { Length: 5 } entry]:
                        entries.Add(RowOf(entry) with { GoneMs = long.Parse(at, by) });
                        break;
                    case { Length: 5 } entry:
                        entries.Add(RowOf(entry));
                        break;
                    default:
                        throw new FormatException("it is none of the lines that stand there");
                }
            }
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            throw Damaged($"line {number}: {fault.Message}", fault);
        }

        if (next <= ListEdit.Unlisted)
        {
            throw Damaged("it says no number of the next edit", null);
        }

        entries.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        return new([.. entries], edits, next);
    }

    private static Row RowOf(string[] words)
    {
        var by = CultureInfo.InvariantCulture;
        var key = new Key(
            UInt128.Parse(words[0], NumberStyles.AllowHexSpecifier, by), byte.Parse(words[1], by),
            ushort.Parse(words[2], by), byte.Parse(words[3], by));
        return new(key, int.Parse(words[4], by), 0);
    }

    private InvalidDataException Damaged(string why, Exception? inner) => new(
        $"{_file} does not say what lists name ({why}); restore it, or remove it, and every list is loaded as if for the "
            + "first time", inner);
}

internal static partial class ListEditsLog
{
    [LoggerMessage(EventId = 4009, Level = LogLevel.Information,
        Message = "{Update}: list {List} names {Entries} entries that no list named before (first load: {IsFirst}); "
            + "they are counted before they make cases")]
    public static partial void ListEdited(this ILogger log, string update, string list, int entries, bool isFirst);

    [LoggerMessage(EventId = 4010, Level = LogLevel.Error,
        Message = "{File} could not be written, and what lists brought since is new again after the next start: {Reason}")]
    public static partial void EditsNotKept(this ILogger log, string file, string reason);
}
