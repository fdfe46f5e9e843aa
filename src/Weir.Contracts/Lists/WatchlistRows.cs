// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Contracts.Lists;

/// <summary>Packs the entries of many lists into rows. The same entry said twice by one list becomes one row that lives
/// as long as either.</summary>
internal sealed class WatchlistRows
{
    private readonly Dictionary<ListTag, int> _index = [];
    private readonly List<ListTag> _tags = [];

    public WatchlistRows(IReadOnlyList<Feed> feeds)
    {
        var addresses = new EntryRow[feeds.Sum(feed => feed.Entries.Count(entry => entry.What.Length == 128))];
        var networks = new EntryRow[feeds.Sum(feed => feed.Entries.Count) - addresses.Length];
        var (nextAddress, nextNetwork) = (0, 0);
        foreach (var feed in feeds)
        {
            for (var i = 0; i < feed.Entries.Count; i++)
            {
                var row = Pack(feed.Entries[i]);
                if (row.Length == 128)
                {
                    addresses[nextAddress++] = row;
                }
                else
                {
                    networks[nextNetwork++] = row;
                }
            }
        }

        Addresses = Deduplicate(addresses);
        Networks = Deduplicate(networks);
        Tags = [.. _tags];
    }

    public EntryRow[] Addresses { get; }

    public EntryRow[] Networks { get; }

    public ListTag[] Tags { get; }

    private EntryRow Pack(in ListEntry entry)
    {
        if (!_index.TryGetValue(entry.Tag, out var tag))
        {
            tag = _tags.Count;
            _tags.Add(entry.Tag);
            _index.Add(entry.Tag, tag);
        }

        return new EntryRow
        {
            Upper = entry.What.Network.Upper,
            Lower = entry.What.Network.Lower,
            Length = (byte)entry.What.Length,
            Port = entry.Port,
            Protocol = entry.Protocol,
            Tag = tag,
            FirstSeen = Seconds(entry.FirstSeenMs),
            LastSeen = Seconds(entry.LastSeenMs),
            Expires = entry.ExpiresMs == ListEntry.Never
                ? uint.MaxValue
                : Math.Min(Seconds(entry.ExpiresMs), uint.MaxValue - 1),
            ValidFrom = Seconds(entry.ValidFromMs),
        };
    }

    private static uint Seconds(long ms) => (uint)Math.Clamp(ms / 1_000, 0, uint.MaxValue - 1);

    private static EntryRow[] Deduplicate(EntryRow[] rows)
    {
        Array.Sort(rows, EntryTable.Compare);
        var kept = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (kept > 0 && IsSame(rows[kept - 1], rows[i]))
            {
                ref var row = ref rows[kept - 1];
                row.Expires = Math.Max(row.Expires, rows[i].Expires);
                row.ValidFrom = Math.Min(row.ValidFrom, rows[i].ValidFrom);
                row.LastSeen = Math.Max(row.LastSeen, rows[i].LastSeen);
                row.FirstSeen = row.FirstSeen == 0 || rows[i].FirstSeen == 0
                    ? Math.Max(row.FirstSeen, rows[i].FirstSeen)
                    : Math.Min(row.FirstSeen, rows[i].FirstSeen);
            }
            else
            {
                rows[kept++] = rows[i];
            }
        }

        return kept == rows.Length ? rows : rows[..kept];
    }

    private static bool IsSame(in EntryRow a, in EntryRow b) =>
        a.Is(b.Upper, b.Lower, b.Length) && a.Port == b.Port && a.Protocol == b.Protocol && a.Tag == b.Tag;
}
