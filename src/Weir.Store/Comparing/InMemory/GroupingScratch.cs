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

    /// <summary>Numbers the endpoints of a partition's rows in the order they come.</summary>
    public ReadOnlySpan<NumberedEndpoint> Number(PairPartitions all, int partition)
    {
        var count = all.RowsOf(partition);
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, count) * 2);
        Grow(ref _slots, slots);
        Grow(ref _endpoints, count);
        Grow(ref _endpointOfRow, count);
        _slots.AsSpan(0, slots).Clear();
        var endpoints = 0;
        for (var done = 0; all.Next(partition, done) is { IsEmpty: false } rows; done += rows.Length)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var endpoint = Find(rows[i], (uint)(slots - 1), ref endpoints);
                _endpointOfRow[done + i] = endpoint;
                _endpoints[endpoint].Rows++;
            }
        }

        return _endpoints.AsSpan(0, endpoints);
    }

    private int Find(in PairRow row, uint mask, ref int endpoints)
    {
        var (address, service) = (row.Remote, ((uint)row.Port << 8) | row.Protocol);
        var at = Hash(address, service) & mask;
        while (_slots[at] != 0
            && (_endpoints[_slots[at] - 1].Service != service || _endpoints[_slots[at] - 1].Address != address))
        {
            at = (at + 1) & mask;
        }

        if (_slots[at] == 0)
        {
            _endpoints[endpoints] = new(address, service);
            _slots[at] = ++endpoints;
        }

        return _slots[at] - 1;
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
    /// <param name="all">Rows of all partitions.</param>
    /// <param name="partition">Which of them, as numbered before.</param>
    /// <param name="order">Endpoints in order.</param>
    /// <param name="starts">Where the rows of each begin.</param>
    /// <param name="scattered">Takes them.</param>
    public unsafe void Scatter(
        PairPartitions all, int partition, ReadOnlySpan<int> order, ReadOnlySpan<int> starts, PairTimes* scattered)
    {
        Grow(ref _next, order.Length);
        for (var at = 0; at < order.Length; at++)
        {
            _next[order[at]] = starts[at];
        }

        for (var done = 0; all.Next(partition, done) is { IsEmpty: false } rows; done += rows.Length)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                scattered[_next[_endpointOfRow[done + i]]++] = rows[i].Times;
            }
        }
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
