// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Store.Comparing.InMemory;

/// <summary>Networks as ranges in order that do not meet, so that one halving tells whether any holds an
/// address.</summary>
internal sealed class AddressRanges
{
    private readonly UInt128[] _first;
    private readonly UInt128[] _last;

    public AddressRanges(IEnumerable<Prefix> networks)
    {
        List<UInt128> first = [], last = [];
        foreach (var network in networks.OrderBy(n => n.Network.Bits))
        {
            if (last.Count > 0 && network.Network.Bits <= last[^1])
            {
                last[^1] = UInt128.Max(last[^1], network.Last.Bits);
                continue;
            }

            first.Add(network.Network.Bits);
            last.Add(network.Last.Bits);
        }

        (_first, _last) = ([.. first], [.. last]);
    }

    public bool Contains(IpKey address)
    {
        var at = Array.BinarySearch(_first, address.Bits);
        return at >= 0 || (~at > 0 && address.Bits <= _last[~at - 1]);
    }
}
