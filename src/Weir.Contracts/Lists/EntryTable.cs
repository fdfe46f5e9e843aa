// SPDX-License-Identifier: Apache-2.0
//
// Listed rows, packed: sorted by the hash of their network and, within one hash, by network, port and protocol, with
// one offset a bucket. A look-up reads one offset and then neighbours, so the rows of one address, from however many
// lists, lie in one or two cache lines. 40 octets a row and 4 octets a bucket: 44 MB for a million entries. Both lie in
// large pages and never move, so that a caller with several questions can have their lines fetched side by side.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Contracts.Memory;

namespace Weir.Contracts.Lists;

/// <summary>One entry, 40 octets. Times in seconds since the UNIX epoch.</summary>
internal struct EntryRow
{
    public ulong Upper;
    public ulong Lower;
    public ushort Port;
    public byte Protocol;

    /// <summary>Prefix length on the 128-bit scale.</summary>
    public byte Length;
    public int Tag;
    public uint FirstSeen;
    public uint LastSeen;

    /// <summary><see cref="uint.MaxValue"/> = never.</summary>
    public uint Expires;
    public uint ValidFrom;

    public readonly bool Is(ulong upper, ulong lower, int length) =>
        Lower == lower && Upper == upper && Length == length;

    public readonly bool IsValidAt(uint seconds) => seconds < Expires && seconds >= ValidFrom;
}

/// <summary>Rows found by network in constant time, whatever their number.</summary>
internal sealed unsafe class EntryTable
{
    public static readonly EntryTable Empty = new([]);

    private readonly EntryRow[] _rows;
    private readonly int[] _offsets;
    private readonly int _shift;

    /// <summary>Takes the rows over and sorts them. The order within a bucket depends on the rows alone.</summary>
    public EntryTable(EntryRow[] rows)
    {
        var bits = Math.Clamp(BitOperations.Log2((uint)Math.Max(rows.Length, 1)) + 1, 2, 24);
        _shift = 64 - bits;
        var buckets = new uint[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            buckets[i] = (uint)(Hash(rows[i].Upper, rows[i].Lower, rows[i].Length) >> _shift);
        }

        Array.Sort(buckets, rows);
        _offsets = LargePages.Array<int>((1 << bits) + 1);
        Array.Clear(_offsets);
        foreach (var bucket in buckets)
        {
            _offsets[bucket + 1]++;
        }

        for (var i = 1; i < _offsets.Length; i++)
        {
            _offsets[i] += _offsets[i - 1];
            if (_offsets[i] - _offsets[i - 1] > 1)
            {
                rows.AsSpan(_offsets[i - 1].._offsets[i]).Sort(Compare);
            }
        }

        _rows = LargePages.Array<EntryRow>(rows.Length);
        rows.CopyTo(_rows, 0);
    }

    public int Count => _rows.Length;

    public ReadOnlySpan<EntryRow> Rows => _rows;

    public long Octets => ((long)_rows.Length * 40) + ((long)_offsets.Length * 4);

    /// <summary>First of three steps with several questions at once: asks for the offset of a hash.</summary>
    public void FetchOffset(ulong hash) => LargePages.Prefetch(Unsafe.AsPointer(ref _offsets[(int)(hash >> _shift)]));

    /// <summary>Second step: reads the offset and asks for the first row, which may lie on two lines.</summary>
    public void FetchRow(ulong hash)
    {
        var from = _offsets[(int)(hash >> _shift)];
        if (from < _rows.Length)
        {
            var row = (byte*)Unsafe.AsPointer(ref _rows[from]);
            LargePages.Prefetch(row);
            LargePages.Prefetch(row + sizeof(EntryRow) - 1);
        }
    }

    /// <summary>Number of a row of this table.</summary>
    public int IndexOf(ref readonly EntryRow row) => (int)(Unsafe.ByteOffset(
        in MemoryMarshal.GetArrayDataReference(_rows), in row) / Unsafe.SizeOf<EntryRow>());

    /// <summary>All rows of one network, sorted by port and protocol; empty where it is not listed.</summary>
    public ReadOnlySpan<EntryRow> Find(ulong upper, ulong lower, int length)
    {
        var bucket = (int)(Hash(upper, lower, length) >> _shift);
        var rows = _rows.AsSpan(_offsets[bucket].._offsets[bucket + 1]);
        var from = 0;
        while (from < rows.Length && !rows[from].Is(upper, lower, length))
        {
            // A bucket holds other networks by chance only; one of them may have many rows, and they are
            // passed in one leap.
            from += Run(rows[from..]);
        }

        return from == rows.Length ? [] : rows.Slice(from, Run(rows[from..]));
    }

    /// <summary>The rows of a network that name a port (0 = every port); sorted rows, so a long run is
    /// searched, not walked.</summary>
    public static ReadOnlySpan<EntryRow> WithPort(ReadOnlySpan<EntryRow> rows, ushort port)
    {
        var from = LowerBound(rows, port);
        var to = from;
        while (to < rows.Length && rows[to].Port == port)
        {
            to++;
        }

        return rows[from..to];
    }

    public static ulong Hash(ulong upper, ulong lower, int length)
    {
        var mixed = (lower ^ (upper * 0x9E37_79B9_7F4A_7C15UL) ^ (ulong)length) * 0xD6E8_FEB8_6659_FD93UL;
        mixed ^= mixed >> 32;
        return mixed * 0xD6E8_FEB8_6659_FD93UL;
    }

    private static int LowerBound(ReadOnlySpan<EntryRow> rows, ushort port)
    {
        var low = 0;
        var high = rows.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (rows[middle].Port < port)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>How many rows from the first on name the same network: nearly always one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Run(ReadOnlySpan<EntryRow> rows) =>
        rows.Length == 1 || !rows[1].Is(rows[0].Upper, rows[0].Lower, rows[0].Length) ? 1 : LongRun(rows);

    private static int LongRun(ReadOnlySpan<EntryRow> rows)
    {
        ref readonly var first = ref rows[0];
        if (rows[^1].Is(first.Upper, first.Lower, first.Length))
        {
            return rows.Length;
        }

        var low = 1;
        var high = rows.Length - 1;
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            if (rows[middle].Is(first.Upper, first.Lower, first.Length))
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    internal static int Compare(EntryRow a, EntryRow b)
    {
        var order = a.Upper.CompareTo(b.Upper);
        order = order != 0 ? order : a.Lower.CompareTo(b.Lower);
        order = order != 0 ? order : a.Length.CompareTo(b.Length);
        order = order != 0 ? order : a.Port.CompareTo(b.Port);
        order = order != 0 ? order : a.Protocol.CompareTo(b.Protocol);
        order = order != 0 ? order : a.Tag.CompareTo(b.Tag);
        return order != 0 ? order : a.Expires.CompareTo(b.Expires);
    }
}
