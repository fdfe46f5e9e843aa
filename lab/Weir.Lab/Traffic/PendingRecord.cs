// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Lab.Traffic;

/// <summary>A record that a router is going to export, with what the truth wants to know of it.</summary>
internal struct PendingRecord
{
    public FlowRecord Record;
    public long ExportMs;
    public int Subscriber;
    public int Mark;
    public int Attack;

    /// <summary>The record's source is the subscriber.</summary>
    public bool Outbound;
}

/// <summary>Records waiting for their export time, in slices of the run; each slice is put in order
/// when it is its turn.</summary>
internal sealed class ExportSchedule(long startMs, long sliceMs, int slices)
{
    private readonly List<PendingRecord>?[] _slices = new List<PendingRecord>?[slices];
    private readonly Stack<List<PendingRecord>> _spare = new();
    private ulong[] _order = new ulong[1_024];

    public int Slices => _slices.Length;

    public void Add(in PendingRecord told)
    {
        var slice = (int)Math.Clamp((told.ExportMs - startMs) / sliceMs, 0, _slices.Length - 1);
        (_slices[slice] ??= _spare.TryPop(out var list) ? list : new List<PendingRecord>(1_024)).Add(told);
    }

    /// <summary>Hands over a slice in order of export time, ties in order of making, and forgets it.</summary>
    public void Drain(int slice, Action<PendingRecord[], ReadOnlySpan<ulong>> take)
    {
        var list = _slices[slice];
        if (list is null)
        {
            return;
        }

        _slices[slice] = null;
        if (_order.Length < list.Count)
        {
            _order = new ulong[list.Count * 2];
        }

        var told = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list);
        for (var i = 0; i < told.Length; i++)
        {
            _order[i] = ((ulong)(told[i].ExportMs - startMs) << 26) | (uint)i;
        }

        Array.Sort(_order, 0, told.Length);
        var copy = System.Buffers.ArrayPool<PendingRecord>.Shared.Rent(told.Length);
        told.CopyTo(copy);
        take(copy, _order.AsSpan(0, told.Length));
        System.Buffers.ArrayPool<PendingRecord>.Shared.Return(copy);
        list.Clear();
        _spare.Push(list);
    }

    public static int IndexOf(ulong order) => (int)(order & 0x3FF_FFFF);
}
