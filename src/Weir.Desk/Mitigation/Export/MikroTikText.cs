// SPDX-License-Identifier: Apache-2.0
//
// RouterOS 7: filter rules in the forward chain, blackhole routes. A rate is a chain of its own that returns what
// passes, in bits a second, and drops the rest; a redirect into a VRF by route target cannot be said.
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Mitigation.Export;

internal static class MikroTikText
{
    public static void Write(StringBuilder text, RoutePlan plan)
    {
        foreach (var route in plan.Routes)
        {
            var target = route.Target;
            var name = RouterText.NameOf(route);
            var root = route.Family.IsV4 ? "/ip" : "/ipv6";
            if (!route.Family.IsFlowSpec)
            {
                _ = text.Line($"{root}/route/add dst-address={target.Remote} blackhole comment={name}");
            }
            else if (target.Action == MitigationAction.Redirect)
            {
                _ = text.Line($"# {name}: RouterOS cannot redirect to route target {target.RedirectTo}; not written");
            }
            else if (target.Action == MitigationAction.Rate)
            {
                _ = text.Line($"{root}/firewall/filter/add chain=forward action=jump "
                    + $"jump-target={name}{Match(target)} comment={name}")
                    .Line(FormattableString.Invariant($"{root}/firewall/filter/add chain={name} action=return limit={8UL * target.Rate},5:bit comment={name}"))
                    .Line($"{root}/firewall/filter/add chain={name} action=drop comment={name}");
            }
            else
            {
                _ = text.Line($"{root}/firewall/filter/add chain=forward action=drop{Match(target)} comment={name}");
            }
        }
    }

    private static string Match(MitigationTarget target) => string.Concat(
        target.Remote is { } remote ? $" dst-address={remote}" : "",
        target.Line is { } line ? $" src-address={line}" : "",
        $" protocol={ToName(target.Protocol)}",
        target.Ports.IsEmpty ? "" : $" dst-port={string.Join(',', target.Ports)}",
        target.LinePort == 0 ? "" : $" src-port={target.LinePort}");

    private static string ToName(byte protocol) => protocol == Protocols.Icmp6 ? "icmpv6" : Protocols.ToName(protocol);
}
