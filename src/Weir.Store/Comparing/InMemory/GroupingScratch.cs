// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using Weir.Wire;

namespace Weir.Store.Comparing.InMemory;

/// <summary>An endpoint of a partition.</summary>
/// <param name="Address">Its address's bits.</param>
/// <param name="Service">Port and protocol.</param>
internal record struct NumberedEndpoint(UInt128 Address, uint Service)
{
    /// <summary>Rows of it.</summary>
    public int Rows { get; set; }
}

/// <summary>What grouping one partition after another needs, kept between them.</summary>
internal sealed class GroupingScratch
{
    private NumberedEndpoint[] _endpoints = [];
    private int[] _slots = [];
    private int[] _endpointOfRow = [];
    private int[] _next = [];

    /// <summary>Numbers the endpoints of rows in the order they come.</summary>
    public ReadOnlySpan<NumberedEndpoint> Number(ReadOnlySpan<PairRow> rows)
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, rows.Length) * 2);
        Grow(ref _slots, slots);
        Grow(ref _endpoints, rows.Length);
        Grow(ref _endpointOfRow, rows.Length);
        _slots.AsSpan(0, slots).Clear();
        var count = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            var (address, service) = (rows[row].Remote, ((uint)rows[row].Port << 8) | rows[row].Protocol);
            var at = Hash(address, service) & (uint)(slots - 1);
            while (_slots[at] != 0
                && (_endpoints[_slots[at] - 1].Service != service || _endpoints[_slots[at] - 1].Address != address))
            {
                at = (at + 1) & (uint)(slots - 1);
            }

            if (_slots[at] == 0)
            {
                _endpoints[count] = new(address, service);
                _slots[at] = ++count;
            }

            _endpointOfRow[row] = _slots[at] - 1;
            _endpoints[_slots[at] - 1].Rows++;
        }

        return _endpoints.AsSpan(0, count);
    }

    /// <summary>The endpoints' numbers in order: IPv4 first, then by address and service.</summary>
    public static int[] Order(ReadOnlySpan<NumberedEndpoint> endpoints)
    {
        List<ulong> v4 = new(endpoints.Length);
        List<int> v4Numbers = new(endpoints.Length);
        List<(UInt128, uint)> v6 = [];
        List<int> v6Numbers = [];
        for (var i = 0; i < endpoints.Length; i++)
        {
            var address = new IpKey(endpoints[i].Address);
            if (address.IsV4)
            {
                v4.Add(((ulong)address.V4 << 24) | endpoints[i].Service);
                v4Numbers.Add(i);
            }
            else
            {
                v6.Add((endpoints[i].Address, endpoints[i].Service));
                v6Numbers.Add(i);
            }
        }

        var order = new int[endpoints.Length];
        v4Numbers.CopyTo(order);
        v6Numbers.CopyTo(order, v4.Count);
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(v4).Sort(order.AsSpan(0, v4.Count));
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(v6).Sort(order.AsSpan(v4.Count));
        return order;
    }

    /// <summary>The rows by endpoint in that order.</summary>
    /// <param name="rows">As numbered before.</param>
    /// <param name="order">Endpoints in order.</param>
    /// <param name="starts">Where the rows of each begin.</param>
    public PairTimes[] Scatter(ReadOnlySpan<PairRow> rows, ReadOnlySpan<int> order, ReadOnlySpan<int> starts)
    {
        Grow(ref _next, order.Length);
        for (var at = 0; at < order.Length; at++)
        {
            _next[order[at]] = starts[at];
        }

        var scattered = GC.AllocateUninitializedArray<PairTimes>(rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            scattered[_next[_endpointOfRow[row]]++] = rows[row].Times;
        }

        return scattered;
    }

    private static uint Hash(UInt128 address, uint service)
    {
        var hash = Math.BigMul(
            (ulong)address ^ 0x9E37_79B9_7F4A_7C15UL, (ulong)(address >> 64) ^ service ^ 0xD6E8_FEB8_6659_FD93UL,
            out var low);
        return (uint)((hash ^ low) >> 16);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<T>(Math.Max(length, array.Length * 2));
        }
    }
}
