// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Reports;

/// <summary>Names under which figures are told: an endpoint as <c>192.0.2.7:443/tcp</c>, an address, a network as
/// <c>192.0.2.0/24</c> or an IPv6 <c>/48</c>. One contact lies in all three.</summary>
public static class FigureNames
{
    private const int V4Network = 24;
    private const int V6Network = 48;

    /// <summary>The names that a name lies in: address and network of an endpoint, the network of an address.</summary>
    public static IReadOnlyList<string> Around(string name) =>
        IpKey.TryParse(name, out var address) ? [NetworkOf(address)]
        : Endpoint.TryParse(name, out var endpoint) ? [endpoint.Address.ToString(), NetworkOf(endpoint.Address)]
        : [];

    /// <summary>Those that may stand beside each other, the first first: none lies in another.</summary>
    public static IReadOnlySet<string> Disjoint(IReadOnlyList<string> names)
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        HashSet<string> around = new(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var places = Around(name);
            if (!around.Contains(name) && !places.Any(kept.Contains))
            {
                _ = kept.Add(name);
                around.UnionWith(places);
            }
        }

        return kept;
    }

    private static string NetworkOf(IpKey address) =>
        Prefix.From(address, address.IsV4 ? V4Network + 96 : V6Network).ToString();
}
