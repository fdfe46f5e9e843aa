// SPDX-License-Identifier: Apache-2.0
//
// What is said of networks, found by an address: the longest match counts. A few rows that people write, asked for an
// exporter, a server or a reporter: a dictionary for each length, longest first. The provider's own networks, which are
// asked twice for each flow and know exclusions, have a table of their own.
using System.Diagnostics.CodeAnalysis;

namespace Weir.Wire;

/// <summary>Values by network. Immutable; for any thread. IPv4 and IPv6 never match each other.</summary>
/// <typeparam name="T">What is said of a network.</typeparam>
public sealed class PrefixTable<T>
{
    private readonly (int Length, Dictionary<IpKey, T> Networks)[] _v4;
    private readonly (int Length, Dictionary<IpKey, T> Networks)[] _v6;

    /// <param name="rows">Networks and their values; of two for one network the first counts.</param>
    public PrefixTable(IEnumerable<(Prefix Network, T Value)> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var lengths = rows.GroupBy(row => (row.Network.IsV4, row.Network.Length)).OrderByDescending(
            one => one.Key.Length).Select(one => (one.Key.IsV4, one.Key.Length, Networks: ToNetworks(one))).ToList();
        _v4 = [.. lengths.Where(one => one.IsV4).Select(one => (one.Length, one.Networks))];
        _v6 = [.. lengths.Where(one => !one.IsV4).Select(one => (one.Length, one.Networks))];
        Count = lengths.Sum(one => one.Networks.Count);
    }

    /// <summary>Networks.</summary>
    public int Count { get; }

    /// <summary>The value of the longest network that holds an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="value">Its value.</param>
    /// <param name="network">And that network.</param>
    /// <returns>False where no network does.</returns>
    public bool TryFind(IpKey address, [MaybeNullWhen(false)] out T value, out Prefix network)
    {
        foreach (var (length, networks) in address.IsV4 ? _v4 : _v6)
        {
            network = Prefix.From(address, length);
            if (networks.TryGetValue(network.Network, out value))
            {
                return true;
            }
        }

        (value, network) = (default, default);
        return false;
    }

    /// <summary>The value of the longest network that holds an address; the default where none does.</summary>
    public T? Find(IpKey address) => TryFind(address, out var value, out _) ? value : default;

    private static Dictionary<IpKey, T> ToNetworks(IEnumerable<(Prefix Network, T Value)> rows)
    {
        var networks = new Dictionary<IpKey, T>();
        foreach (var (network, value) in rows)
        {
            _ = networks.TryAdd(network.Network, value);
        }

        return networks;
    }
}
