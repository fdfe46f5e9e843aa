// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>A family's exclusions, applied to keys that are already at hand.</summary>
internal static class Exclusions
{
    /// <summary>The keys that are left: for endpoints and addresses, whose key decides alone.</summary>
    public static IReadOnlyList<Endpoint> Filter(FamilyQuery family, IReadOnlyList<Endpoint> keys)
    {
        var endpoints = family.Unit == EndpointUnit.Endpoint;
        HashSet<Endpoint> listed = [.. family.Listed.Select(
            entry => endpoints ? entry : FamilyQuery.KeyOf(entry, EndpointUnit.Address))];
        var benign = family.Benign.GroupBy(prefix => prefix.Length)
            .Select(same => (Length: same.Key, Networks: same.Select(prefix => prefix.Network).ToHashSet())).ToArray();
        return [.. keys.Where(key => !(endpoints && key.Port == 0) && !listed.Contains(key)
            && !Array.Exists(benign, same => same.Networks.Contains(Prefix.From(key.Address, same.Length).Network)))];
    }
}
