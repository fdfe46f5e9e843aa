// SPDX-License-Identifier: Apache-2.0
//
// Who has an address now and had it before, for networks whose addresses change hands or are shared (rules.md R7): from
// (address, protocol, port, time) to a line number. Rows may nest and cross, so they are flattened once: address space
// into ranges, each range into cells of ports, each cell into cuts of time. Where a translator gives one port of TCP
// and of UDP to two lines, the range has its cells once for each. A look-up bisects three times and allocates nothing.
// A longer prefix wins over a shorter one; where two lines of one length claim the same, nobody is named.
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Networks;

/// <summary>A row: a line had an address or prefix, or a block of its ports, for a time.</summary>
/// <param name="Network">An address (a network of full length) or a prefix.</param>
/// <param name="PortFrom">First port of the block; 0 where the whole address is the line's.</param>
/// <param name="PortTo">Last port, inclusive; 65535 where the whole address is the line's.</param>
/// <param name="FromMs">Since when, milliseconds since the UNIX epoch, UTC.</param>
/// <param name="UntilMs">Until when, exclusive; <see cref="long.MaxValue"/> while it goes on.</param>
/// <param name="Line">Line number; see <see cref="SubscriberLineId"/>.</param>
/// <param name="Protocol">IANA number of whose ports; 0 = of every protocol.</param>
public readonly record struct AddressAssignment(
    Prefix Network, ushort PortFrom, ushort PortTo, long FromMs, long UntilMs, IpKey Line, byte Protocol = 0)
{
    /// <summary>Whether it says anything: a row that was withdrawn does not.</summary>
    public bool IsValid => UntilMs > FromMs && PortTo >= PortFrom;
}

/// <summary>Immutable; built aside and swapped (convention C9).</summary>
public sealed class IntakeTable
{
    public static readonly IntakeTable Empty = From([]);

    private readonly UInt128[] _ranges;
    private readonly int[] _cellsOfRange;
    private readonly uint[] _ports;
    private readonly int[] _cutsOfCell;
    private readonly long[] _cuts;
    private readonly UInt128[] _lines;

    private IntakeTable(
        UInt128[] ranges, int[] cellsOfRange, uint[] ports, int[] cutsOfCell, long[] cuts, UInt128[] lines) =>
            (_ranges, _cellsOfRange, _ports, _cutsOfCell, _cuts, _lines) =
                (ranges, cellsOfRange, ports, cutsOfCell, cuts, lines);

    /// <summary>The line that had an address and port at a time; false where nobody is known, or
    /// more than one.</summary>
    /// <param name="address">Of the line, as flows show it.</param>
    /// <param name="port">0 where the protocol has none.</param>
    /// <param name="protocol">IANA number of the flow.</param>
    /// <param name="atMs">Milliseconds since the UNIX epoch, UTC.</param>
    /// <param name="line">Whose it was.</param>
    public bool TryFind(IpKey address, ushort port, byte protocol, long atMs, out IpKey line)
    {
        var range = Last(_ranges, 0, _ranges.Length, address.Bits);
        line = default;
        if (range < 0)
        {
            return false;
        }

        var (first, end) = (_cellsOfRange[range], _cellsOfRange[range + 1]);
        var key = first < end && _ports[first] > ushort.MaxValue ? Key(ClassOf(protocol), port) : port;
        var cell = Last(_ports, first, end, key);
        if (cell < 0 || _ports[cell] >> 16 != key >> 16)
        {
            return false;
        }

        var cut = Last(_cuts, _cutsOfCell[cell], _cutsOfCell[cell + 1], atMs);
        line = cut < 0 ? default : new IpKey(_lines[cut]);
        return line != default;
    }

    public static IntakeTable From(IEnumerable<AddressAssignment> rows)
    {
        var held = rows.Where(row => row.IsValid).ToArray();
        var ranges = Boundaries(
            held.SelectMany(row => Ends(row.Network.Network.Bits, row.Network.Last.Bits, UInt128.MaxValue)));
        var pieces = new List<(int Range, int Row)>(held.Length);
        for (var i = 0; i < held.Length; i++)
        {
            var last = held[i].Network.Last.Bits;
            for (var range = Array.BinarySearch(ranges, held[i].Network.Network.Bits);
                range < ranges.Length && ranges[range] <= last;
                range++)
            {
                pieces.Add((range, i));
            }
        }

        pieces.Sort();
        var built = new Builder();
        var at = 0;
        for (var range = 0; range < ranges.Length; range++)
        {
            var from = at;
            while (at < pieces.Count && pieces[at].Range == range)
            {
                at++;
            }

            built.Range([.. pieces[from..at].Select(piece => held[piece.Row])]);
        }

        return built.Done(ranges);
    }

    /// <summary>Ports of TCP, of UDP, and of all others, apart; 0 where a range does not tell them apart.</summary>
    private static uint ClassOf(byte protocol) => protocol switch
    {
        Protocols.Tcp => 1,
        Protocols.Udp => 2,
        _ => 3,
    };

    private static uint Key(uint kind, ushort port) => (kind << 16) | port;

    /// <summary>Index of the last value at or below <paramref name="key"/> within [low, high), or -1.</summary>
    private static int Last<T>(T[] values, int low, int high, T key)
        where T : struct, IComparable<T>
    {
        var first = low;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (values[middle].CompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > first ? low - 1 : -1;
    }

    private static IEnumerable<T> Ends<T>(T first, T last, T highest)
        where T : struct, System.Numerics.INumber<T> => last < highest ? [first, last + T.One] : [first];

    private static T[] Boundaries<T>(IEnumerable<T> ends) => [.. ends.Distinct().Order()];

    private sealed class Builder
    {
        private readonly List<int> _cellsOfRange = [0];
        private readonly List<uint> _ports = [];
        private readonly List<int> _cutsOfCell = [0];
        private readonly List<long> _cuts = [];
        private readonly List<UInt128> _lines = [];

        public void Range(AddressAssignment[] rows)
        {
            if (Array.TrueForAll(rows, row => row.Protocol == 0))
            {
                Cells(0, rows);
            }
            else
            {
                for (uint kind = 1; kind <= 3; kind++)
                {
                    Cells(kind, [.. rows.Where(row => row.Protocol == 0 || ClassOf(row.Protocol) == kind)]);
                }
            }

            _cellsOfRange.Add(_ports.Count);
        }

        private void Cells(uint kind, AddressAssignment[] rows)
        {
            foreach (var port in Boundaries(rows.SelectMany(row => Ends(row.PortFrom, row.PortTo, ushort.MaxValue))))
            {
                _ports.Add(Key(kind, port));
                Cell([.. rows.Where(row => row.PortFrom <= port && row.PortTo >= port)]);
                _cutsOfCell.Add(_cuts.Count);
            }
        }

        public IntakeTable Done(UInt128[] ranges) =>
            new(ranges, [.. _cellsOfRange], [.. _ports], [.. _cutsOfCell], [.. _cuts], [.. _lines]);

        /// <summary>Sweeps the ends of the rows by time; what is in force between two ends is one
        /// line, or none.</summary>
        private void Cell(AddressAssignment[] rows)
        {
            var begins = rows.OrderBy(row => row.FromMs).ToArray();
            var inForce = new List<AddressAssignment>();
            var next = 0;
            foreach (var end in Boundaries(
                rows.SelectMany(row => row.UntilMs < long.MaxValue ? [row.FromMs, row.UntilMs] : new[] { row.FromMs })))
            {
                inForce.RemoveAll(row => row.UntilMs <= end);
                while (next < begins.Length && begins[next].FromMs <= end)
                {
                    inForce.Add(begins[next++]);
                }

                _cuts.Add(end);
                _lines.Add(OneOf(inForce).Bits);
            }
        }

        private static IpKey OneOf(List<AddressAssignment> inForce)
        {
            if (inForce.Count == 0)
            {
                return default;
            }

            var longest = inForce.Max(row => row.Network.Length);
            var lines = inForce.Where(row => row.Network.Length == longest)
                .Select(row => row.Line).Distinct().Take(2).ToArray();
            return lines.Length == 1 ? lines[0] : default;
        }
    }
}

/// <summary>The table in force, and up to when it is believed: open leases of a table that nobody renews may have
/// ended unheard.</summary>
public sealed class CurrentIntakeTable
{
    private Snapshot _now = new(IntakeTable.Empty, long.MinValue);

    public IntakeTable Table => Volatile.Read(ref _now).Table;

    /// <summary>Flows that start later are nobody's; milliseconds since the UNIX epoch.</summary>
    public long BelievedUntilMs => Volatile.Read(ref _now).BelievedUntilMs;

    public void Swap(IntakeTable table, long believedUntilMs) => Volatile.Write(ref _now, new(table, believedUntilMs));

    /// <inheritdoc cref="IntakeTable.TryFind"/>
    public bool TryFind(IpKey address, ushort port, byte protocol, long atMs, out IpKey line)
    {
        var now = Volatile.Read(ref _now);
        line = default;
        return atMs < now.BelievedUntilMs && now.Table.TryFind(address, port, protocol, atMs, out line);
    }

    private sealed record Snapshot(IntakeTable Table, long BelievedUntilMs);
}
