// SPDX-License-Identifier: Apache-2.0
//
// Junos, as set commands. A rate is in bits a second; IPv6 stands under the table inet6.0.
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Mitigation.Export;

internal static class JunosText
{
    public static void Write(StringBuilder text, RoutePlan plan, RouteOptions options)
    {
        if (plan.Routes.Any(route => route.Family.IsFlowSpec))
        {
            _ = text.Line($"# flow routes: {Community.NoExport} (no-export) and large:{options.Marker} "
                + "are added by your export policy");
        }

        foreach (var route in plan.Routes)
        {
            var root = route.Family.IsV4 ? "set routing-options" : "set routing-options rib inet6.0";
            if (!route.Family.IsFlowSpec)
            {
                var line = $"{root} static route {route.Target.Remote}";
                _ = text.Line($"{line} discard");
                foreach (var community in route.Traits.Communities)
                {
                    _ = text.Line($"{line} community {community}");
                }

                _ = text.Line($"{line} community large:{options.Marker}");
                continue;
            }

            foreach (var part in Parts(route))
            {
                _ = text.Line($"{root} flow route {RouterText.NameOf(route)} {part}");
            }
        }
    }

    private static IEnumerable<string> Parts(PlannedRoute route)
    {
        var target = route.Target;
        if (target.Remote is { } remote)
        {
            yield return $"match destination {remote}";
        }

        if (target.Line is { } line)
        {
            yield return $"match source {line}";
        }

        yield return $"match protocol {target.Protocol}";
        foreach (var port in target.Ports)
        {
            yield return $"match destination-port {port}";
        }

        if (target.LinePort != 0)
        {
            yield return $"match source-port {target.LinePort}";
        }

        yield return target.Action switch
        {
            MitigationAction.Rate => FormattableString.Invariant($"then rate-limit {8UL * target.Rate}"),
            MitigationAction.Redirect => $"then routing-instance target:{target.RedirectTo}",
            _ => "then discard",
        };
    }
}
