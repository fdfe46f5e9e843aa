// SPDX-License-Identifier: Apache-2.0
//
// nftables: one table of our own that is replaced as a whole, in one transaction. A redirect into a VRF by route target
// cannot be said.
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Desk.Mitigation.Export;

internal static class NftablesText
{
    public static void Write(StringBuilder text, RoutePlan plan)
    {
        _ = text.Line("table inet weir").Line("delete table inet weir").Line("table inet weir {")
            .Line("    chain forward {").Line("        type filter hook forward priority filter - 10; policy accept;");
        foreach (var route in plan.Routes)
        {
            var name = RouterText.NameOf(route);
            _ = route.Target.Action == MitigationAction.Redirect
                ? text.Line($"        # {name}: nftables cannot redirect to route target "
                    + $"{route.Target.RedirectTo}; not written")
                : text.Line($"        {Rule(route)} comment \"{name}\"");
        }

        _ = text.Line("    }").Line("}");
    }

    private static string Rule(PlannedRoute route)
    {
        var target = route.Target;
        var ip = route.Family.IsV4 ? "ip" : "ip6";
        string?[] parts =
        [
            target.Remote is { } remote ? $"{ip} daddr {Address(remote)}" : null,
            target.Line is { } line ? $"{ip} saddr {Address(line)}" : null,
            route.Family.IsFlowSpec ? $"meta l4proto {target.Protocol}" : null,
            target.Ports.IsEmpty ? null : $"th dport {{ {string.Join(", ", target.Ports)} }}",
            target.LinePort == 0 ? null : $"th sport {target.LinePort}",
            target.Action == MitigationAction.Rate
                ? FormattableString.Invariant($"limit rate over {target.Rate} bytes/second")
                : null,
            "counter drop",
        ];
        return string.Join(' ', parts.OfType<string>());
    }

    private static string Address(Prefix prefix) =>
        prefix.Length == 128 ? prefix.Network.ToString() : prefix.ToString();
}
