// SPDX-License-Identifier: Apache-2.0
//
// What is listed, from all lists together. An address is looked up in three steps, each cheaper than the next: a filter
// that fits the cache says "no" for what is not listed; the table gives the rows of the address; networks are searched
// by each prefix length that is listed, where a map of the space says that any is. The cost does not grow with the
// number of entries. Entries of several lists stay apart, because two independent sources weigh more than one.
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Lists;

/// <summary>What a look-up found: the entry that decides and how many lists of its role agree.</summary>
public readonly record struct ListHit(int Row, bool InNetworks, byte Sources);

/// <summary>An immutable watchlist. A reload builds the next one; nobody ever sees half of it.</summary>
public sealed class Watchlist
{
    public static readonly Watchlist Empty = new([], DateTimeOffset.MinValue);

    private readonly EntryTable _addresses;
    private readonly EntryTable _networks;
    private readonly AddressFilter _filter;
    private readonly PrefixCover _cover = new();
    private readonly int[] _v4Lengths;
    private readonly int[] _v6Lengths;
    private readonly ListTag[] _tags;

    private Watchlist(IReadOnlyList<Feed> feeds, DateTimeOffset builtAt)
    {
        Feeds = feeds;
        BuiltAt = builtAt;
        var rows = new WatchlistRows(feeds);
        _tags = rows.Tags;
        _addresses = new EntryTable(rows.Addresses);
        _networks = new EntryTable(rows.Networks);
        _filter = new AddressFilter(_addresses.Count);
        foreach (ref readonly var row in _addresses.Rows)
        {
            _filter.Add(EntryTable.Hash(row.Upper, row.Lower, 128));
        }

        var lengths = new SortedSet<int>();
        var v4 = new SortedSet<int>();
        foreach (ref readonly var row in _networks.Rows)
        {
            var prefix = new Prefix(new IpKey(new UInt128(row.Upper, row.Lower)), row.Length);
            if (prefix.IsV4)
            {
                v4.Add(row.Length);
                _cover.Add(prefix.Network.V4, prefix.WrittenLength);
            }
            else
            {
                lengths.Add(row.Length);
            }
        }

        _v4Lengths = [.. v4.Reverse()];
        _v6Lengths = [.. lengths.Reverse()];
    }

    /// <summary>The lists it was built from.</summary>
    public IReadOnlyList<Feed> Feeds { get; }

    public DateTimeOffset BuiltAt { get; }

    /// <summary>Entries in force, the same entry of one list counted once.</summary>
    public int Count => _addresses.Count + _networks.Count;

    /// <summary>Octets its tables take.</summary>
    public long Octets => _addresses.Octets + _networks.Octets + _filter.Octets + _cover.Octets;

    public static Watchlist From(IReadOnlyList<Feed> feeds, DateTimeOffset builtAt) => new(feeds, builtAt);

    /// <summary>Whether the endpoint is listed at that time and not allowed. The entry is the one that decides: C&amp;C
    /// before sinkhole, then the more specific.</summary>
    /// <param name="endpoint">Remote end with its port.</param>
    /// <param name="atMs">Start of the flow, milliseconds since the UNIX epoch.</param>
    /// <param name="entry">The entry; default where there is none.</param>
    public bool TryFind(in Endpoint endpoint, long atMs, out ListEntry entry) =>
        TryFind(endpoint, atMs, out entry, out _);

    /// <summary>The same; <paramref name="sources"/> is how many lists name it with the
    /// deciding entry's role.</summary>
    public bool TryFind(in Endpoint endpoint, long atMs, out ListEntry entry, out int sources)
    {
        var found = Find(endpoint.Address, endpoint.Port, endpoint.Protocol, atMs, anyPort: true, out var hit);
        var listed = found && TagOf(hit).Role != ListRole.Allow;
        entry = listed ? Entry(Row(hit)) : default;
        sources = listed ? hit.Sources : 0;
        return listed;
    }

    /// <summary>Whether an allow-list names the endpoint, at any time: for what was found before.</summary>
    public bool IsAllowed(in Endpoint endpoint)
    {
        foreach (var entry in All(endpoint))
        {
            if (entry.Role == ListRole.Allow)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether our own list of promoted endpoints names it as a C&amp;C at that time and no list allows it: a
    /// confirmation of ours (rules.md R14).</summary>
    public bool IsOwnConfirmation(in Endpoint endpoint, long atMs)
    {
        var covering = All(endpoint);
        return covering.Any(e => e is { IsOwnConfirmation: true, Role: ListRole.C2 } && e.IsValidAt(atMs))
            && !covering.Any(e => e.Role == ListRole.Allow);
    }

    /// <summary>Every entry that covers the endpoint, of any role and time, more specific ones first.</summary>
    public IReadOnlyList<ListEntry> All(in Endpoint endpoint)
    {
        var found = new List<ListEntry>();
        Gather(_addresses.Find(endpoint.Address.Upper, endpoint.Address.Lower, 128), endpoint, found);
        foreach (var length in LengthsFor(endpoint.Address))
        {
            var (upper, lower) = Masked(endpoint.Address, length);
            Gather(_networks.Find(upper, lower, length), endpoint, found);
        }

        return found;
    }

    /// <summary>
    /// The look-up of the matching step. <paramref name="anyPort"/> false leaves out rows without a port: the remote
    /// end is the client of the subject's own server. Finds allowed ones too; the role tells. Allocates nothing.
    /// </summary>
    /// <remarks>Part of its caller's loop: nearly everything is not listed, and pays for no call.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Find(IpKey address, ushort port, byte protocol, long atMs, bool anyPort, out ListHit hit)
    {
        hit = default;
        return (MayHold(address) || MayCover(address)) && Search(address, port, protocol, atMs, anyPort, out hit);
    }

    /// <summary>
    /// Which of the flows may be listed: their numbers, in order. Most are not, and that costs one look at the filter.
    /// Of those that may, the memory that <see cref="Find"/> will read is asked for, all of it side by side.
    /// </summary>
    /// <param name="flows">At most as many as <paramref name="marked"/> has room for, and at most 256.</param>
    /// <param name="hashes">Room for as many.</param>
    /// <param name="marked">Takes the numbers.</param>
    /// <returns>How many.</returns>
    public int Prefilter(ReadOnlySpan<Flow> flows, Span<ulong> hashes, Span<byte> marked)
    {
        var count = 0;
        for (var i = 0; i < flows.Length; i++)
        {
            var address = flows[i].Remote;
            var hash = EntryTable.Hash(address.Upper, address.Lower, 128);
            var byAddress = _filter.MayHold(hash);
            if (byAddress
                || (address.IsV4 ? _v4Lengths.Length > 0 && _cover.MayCover(address.V4) : _v6Lengths.Length > 0))
            {
                _addresses.FetchOffset(hash);
                hashes[count] = hash;
                marked[count++] = (byte)i;
            }
        }

        foreach (var hash in hashes[..count])
        {
            _addresses.FetchRow(hash);
        }

        return count;
    }

    public ListTag TagOf(in ListHit hit) => _tags[Row(hit).Tag];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MayCover(IpKey address) =>
        address.IsV4 ? _v4Lengths.Length > 0 && _cover.MayCover(address.V4) : _v6Lengths.Length > 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MayHold(IpKey address) => _filter.MayHold(EntryTable.Hash(address.Upper, address.Lower, 128));

    /// <summary>Nearly every address that is listed has one row and no network beside: nothing is to be weighed.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Search(IpKey address, ushort port, byte protocol, long atMs, bool anyPort, out ListHit hit)
    {
        var byNetwork = MayCover(address);
        var question = new Question(port, protocol, Seconds(atMs), anyPort);
        if (byNetwork || _addresses.Find(address.Upper, address.Lower, 128) is not { Length: <= 1 } rows)
        {
            return Weigh(address, question, byNetwork, out hit);
        }

        var isFound = rows.Length == 1 && question.IsAnsweredBy(in rows[0], _tags);
        hit = isFound ? new(_addresses.IndexOf(in rows[0]), InNetworks: false, Sources: 1) : default;
        return isFound;
    }

    /// <summary>Apart, so that one row pays for no place of many on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Weigh(IpKey address, Question question, bool byNetwork, out ListHit hit)
    {
        var best = new BestRow(_tags, question);
        if (MayHold(address))
        {
            best.Consider(_addresses, address.Upper, address.Lower, 128, inNetworks: false);
        }

        if (byNetwork && !best.IsAllowed)
        {
            foreach (var length in LengthsFor(address))
            {
                var (upper, lower) = Masked(address, length);
                best.Consider(_networks, upper, lower, length, inNetworks: true);
            }
        }

        hit = best.Hit;
        return best.Found;
    }

    private ref readonly EntryRow Row(in ListHit hit) => ref (hit.InNetworks ? _networks : _addresses).Rows[hit.Row];

    private int[] LengthsFor(IpKey address) => address.IsV4 ? _v4Lengths : _v6Lengths;

    private static (ulong Upper, ulong Lower) Masked(IpKey address, int length)
    {
        var upper = length >= 64 ? ulong.MaxValue : length == 0 ? 0 : ulong.MaxValue << (64 - length);
        var lower = length <= 64 ? 0 : length == 128 ? ulong.MaxValue : ulong.MaxValue << (128 - length);
        return (address.Upper & upper, address.Lower & lower);
    }

    private void Gather(ReadOnlySpan<EntryRow> rows, in Endpoint endpoint, List<ListEntry> found)
    {
        foreach (ref readonly var row in rows)
        {
            var entry = Entry(row);
            if (entry.Covers(endpoint))
            {
                found.Add(entry);
            }
        }
    }

    private ListEntry Entry(in EntryRow row) => new(
        new Prefix(new IpKey(new UInt128(row.Upper, row.Lower)), row.Length),
        row.Port,
        row.Protocol,
        _tags[row.Tag],
        row.FirstSeen * 1_000L,
        row.LastSeen * 1_000L,
        row.Expires == uint.MaxValue ? ListEntry.Never : row.Expires * 1_000L,
        row.ValidFrom * 1_000L);

    private static uint Seconds(long atMs) => (uint)Math.Clamp(atMs / 1_000, 0, uint.MaxValue - 1);
}
