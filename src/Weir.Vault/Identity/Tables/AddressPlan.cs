// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Records;
using Weir.Wire;
using Weir.Vault.Identity.Ipam;

namespace Weir.Vault.Identity.Tables;

/// <summary>A network that the address plan gives to a customer.</summary>
/// <param name="Network">The network.</param>
/// <param name="Customer">Whose it is.</param>
/// <param name="FromMs">Since when, milliseconds since the UNIX epoch; 0 = always.</param>
/// <param name="UntilMs">Until when, exclusive; <see cref="long.MaxValue"/> = open.</param>
public readonly record struct PlannedNetwork(Prefix Network, SubscriberLineName Customer, long FromMs, long UntilMs);

/// <summary>Static networks of customers, longest first. Built aside and swapped whole: the file it comes from
/// is the record.</summary>
public sealed class AddressPlan
{
    private readonly Dictionary<Prefix, PlannedNetwork[]> _networks;
    private readonly int[] _lengths;

    public AddressPlan(IEnumerable<PlannedNetwork> networks)
    {
        _networks = networks.GroupBy(n => n.Network).ToDictionary(g => g.Key, g => g.OrderBy(n => n.FromMs).ToArray());
        _lengths = [.. _networks.Keys.Select(n => n.Length).Distinct().OrderDescending()];
    }

    public static AddressPlan Empty { get; } = new([]);

    public IEnumerable<PlannedNetwork> Networks => _networks.Values.SelectMany(n => n);

    /// <summary>The customer of an address at a time; null where none, or where two rows of one network
    /// claim the time.</summary>
    public PlannedNetwork? Find(IpKey address, long atMs)
    {
        foreach (var length in _lengths)
        {
            if ((address.IsV4 && length < 96) || !_networks.TryGetValue(Prefix.From(address, length), out var rows))
            {
                continue;
            }

            PlannedNetwork? found = null;
            foreach (var row in rows)
            {
                if (row.FromMs > atMs)
                {
                    break;
                }

                if (row.UntilMs > atMs)
                {
                    if (found is { } other && other.Customer != row.Customer)
                    {
                        return null;
                    }

                    found = row;
                }
            }

            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }
}
