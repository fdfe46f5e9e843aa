// SPDX-License-Identifier: Apache-2.0
//
// Longest-prefix match over the provider's networks. Prefixes are nested or disjoint, never crossing, so the table is
// flattened once into disjoint ranges; a look-up goes through an index of the upper 16 bits and then bisects the few
// ranges that share them. An exclusion wins over any network inside it.
using Weir.Wire;

namespace Weir.Contracts.Networks;

/// <summary>Immutable longest-prefix table of networks, IPv4 and IPv6. Built aside and swapped
/// (convention C9).</summary>
public sealed class NetworkTable
{
    private readonly Ranges _v4;
    private readonly Ranges _v6;

    public NetworkTable(IReadOnlyCollection<Network> networks, SubscriberLineKinds? lines = null)
    {
        Networks = [.. networks];
        Lines = lines ?? SubscriberLineKinds.None;
        _v4 = new Ranges(
            [.. Networks.Where(n => n.Prefix.IsV4)], indexShift: 16, lowest: IpKey.FromV4(0).Bits, bits: 32);
        _v6 = new Ranges([.. Networks.Where(n => !n.Prefix.IsV4)], indexShift: 112, lowest: 0, bits: 128);
    }

    public IReadOnlyList<Network> Networks { get; }

    /// <summary>What the networks' codes stand for.</summary>
    public SubscriberLineKinds Lines { get; }

    /// <summary>The network an address belongs to, or null where it is not the provider's.</summary>
    public Network? Find(IpKey address) => address.IsV4 ? _v4.Find(address.V4) : _v6.Find(address.Bits);

    private sealed class Ranges
    {
        private readonly UInt128[] _starts;
        private readonly Network?[] _owners;
        private readonly int[] _index;
        private readonly int _shift;

        public Ranges(Network[] networks, int indexShift, UInt128 lowest, int bits)
        {
            _shift = indexShift;
            var cuts = Flatten(networks, lowest, bits == 32 ? uint.MaxValue : UInt128.MaxValue);
            _starts = [.. cuts.Select(c => c.Start)];
            _owners = [.. cuts.Select(c => c.Owner)];
            _index = new int[(1 << 16) + 1];
            var at = 0;
            for (var upper = 0; upper < 1 << 16; upper++)
            {
                var first = (UInt128)(uint)upper << indexShift;
                while (at + 1 < _starts.Length && _starts[at + 1] <= first)
                {
                    at++;
                }

                _index[upper] = at;
            }

            _index[1 << 16] = _starts.Length - 1;
        }

        public Network? Find(UInt128 address)
        {
            var upper = (int)(uint)(address >> _shift);
            var low = _index[upper];
            var high = _index[upper + 1];
            while (low < high)
            {
                var middle = (low + high + 1) >>> 1;
                if (_starts[middle] <= address)
                {
                    low = middle;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return _owners[low];
        }

        /// <summary>Walks the prefixes in order of their start with a stack of the enclosing ones; each cut says who
        /// owns from there on.</summary>
        private static List<(UInt128 Start, Network? Owner)> Flatten(
            Network[] networks, UInt128 lowest, UInt128 highest)
        {
            var cuts = new List<(UInt128 Start, Network? Owner)> { (0, null) };
            var open = new Stack<(UInt128 Last, Network Owner)>();
            foreach (var network in networks.OrderBy(n => n.Prefix.Network.Bits)
                .ThenBy(n => n.Prefix.Length).ThenBy(n => n.Excluded))
            {
                var first = network.Prefix.Network.Bits - lowest;
                CloseBefore(first);
                var owner = open.TryPeek(out var around) && around.Owner.Excluded ? around.Owner : network;
                open.Push((network.Prefix.Last.Bits - lowest, owner));
                Cut(first, owner);
            }

            CloseBefore(null);
            return cuts;

            void CloseBefore(UInt128? start)
            {
                while (open.TryPeek(out var top) && (start is null || top.Last < start))
                {
                    open.Pop();
                    if (top.Last != highest)
                    {
                        Cut(top.Last + 1, open.TryPeek(out var around) ? around.Owner : null);
                    }
                }
            }

            void Cut(UInt128 start, Network? owner)
            {
                if (cuts[^1].Start == start)
                {
                    cuts[^1] = (start, owner);
                }
                else
                {
                    cuts.Add((start, owner));
                }
            }
        }
    }
}
