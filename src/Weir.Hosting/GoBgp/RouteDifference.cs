// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.GoBgp;

namespace Weir.Hosting.GoBgp;

/// <summary>What has to be done so that a router holds the plan, and no more of ours: a pure function.</summary>
/// <param name="Missing">Planned and not there, or there and saying something else.</param>
/// <param name="Orphans">Ours and not planned. A foreign route is never among them.</param>
/// <param name="Held">Planned and there as planned.</param>
/// <param name="Foreign">How many routes are somebody else's.</param>
public sealed record RouteDifference(
    IReadOnlyList<PlannedRoute> Missing, IReadOnlyList<InstalledRoute> Orphans,
    IReadOnlyList<InstalledRoute> Held, int Foreign)
{
    /// <summary>Compares what should stand with what a router holds.</summary>
    public static RouteDifference Between(RoutePlan plan, IEnumerable<InstalledRoute> held, RouteOptions options)
    {
        var ours = new Dictionary<RouteKey, InstalledRoute>();
        var foreign = 0;
        foreach (var route in held)
        {
            if (route.IsOf(options))
            {
                ours[route.Key] = route;
            }
            else
            {
                foreign++;
            }
        }

        return new(
            [.. plan.Routes.Where(
                route => !ours.TryGetValue(route.Key, out var there) || there.Traits != route.Traits)],
            [.. ours.Values.Where(route => !plan.ByKey.ContainsKey(route.Key))],
            [.. ours.Values.Where(
                route => plan.ByKey.TryGetValue(route.Key, out var planned) && planned.Traits == route.Traits)],
            foreign);
    }
}
