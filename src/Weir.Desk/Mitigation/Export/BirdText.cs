// SPDX-License-Identifier: Apache-2.0
//
// BIRD 2: static protocols whose routes carry the attributes that BGP will send. The file is included from a bird.conf
// that declares the tables flow4 and flow6 where rules are planned.
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Mitigation.Export;

internal static class BirdText
{
    private static readonly (RouteFamily Family, string Word)[] Channels =
    [
        (RouteFamily.Ipv4, "ipv4"), (RouteFamily.Ipv6, "ipv6"), (RouteFamily.FlowSpec4, "flow4"),
        (RouteFamily.FlowSpec6, "flow6"),
    ];

    public static void Write(StringBuilder text, RoutePlan plan)
    {
        foreach (var (family, word) in Channels)
        {
            var routes = plan.Routes.Where(r => r.Family == family).ToList();
            if (routes.Count == 0)
            {
                continue;
            }

            _ = text.Line($"protocol static weir_{word} {{").Line($"    {word};");
            foreach (var route in routes)
            {
                _ = text.Line($"    # {RouterText.NameOf(route)}")
                    .Line($"    route {(family.IsFlowSpec ? Rule(route) : $"{route.Target.Remote} blackhole")} {{")
                    .Line($"        {string.Join(' ', Attributes(route))}").Line("    };");
            }

            _ = text.Line("}");
        }
    }

    private static string Rule(PlannedRoute route)
    {
        var target = route.Target;
        string?[] parts =
        [
            target.Remote is { } remote ? $"dst {remote};" : null,
            target.Line is { } line ? $"src {line};" : null,
            $"{(route.Family.IsV4 ? "proto" : "next header")} {target.Protocol};",
            target.Ports.IsEmpty ? null : $"dport {string.Join(',', target.Ports)};",
            target.LinePort == 0 ? null : $"sport {target.LinePort};",
        ];
        return $"{(route.Family.IsV4 ? "flow4" : "flow6")} {{ {string.Join(' ', parts.OfType<string>())} }}";
    }

    private static IEnumerable<string> Attributes(PlannedRoute route) =>
    [
        .. route.Traits.Communities.Select(c => $"bgp_community.add(({c.Value >> 16}, {c.Value & 0xFFFF}));"),
        .. route.Traits.Extended.Select(e =>
            FormattableString.Invariant($"bgp_ext_community.add((generic, 0x{e >> 32:x}, 0x{e & uint.MaxValue:x}));")),
        .. route.Traits.Large.Select(l => $"bgp_large_community.add(({l.Asn}, {l.First}, {l.Second}));"),
    ];
}
