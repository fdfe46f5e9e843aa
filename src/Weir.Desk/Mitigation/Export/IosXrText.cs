// SPDX-License-Identifier: Apache-2.0
//
// IOS-XR: a class map for each rule, one policy map for each family, and static routes to Null0 with a tag that the
// provider's route policy turns into communities. A rate is in bits a second.
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Desk.Mitigation.Export;

internal static class IosXrText
{
    /// <summary>The tag of blackholes, after RFC 7999's number.</summary>
    private const int Tag = 666;

    public static void Write(StringBuilder text, RoutePlan plan)
    {
        foreach (var isV4 in new[] { true, false })
        {
            var word = isV4 ? "ipv4" : "ipv6";
            Rules(text, word, [.. plan.Routes.Where(r => r.Family.IsFlowSpec && r.Family.IsV4 == isV4)]);
            Blackholes(text, word, [.. plan.Routes.Where(r => !r.Family.IsFlowSpec && r.Family.IsV4 == isV4)]);
        }
    }

    private static void Rules(StringBuilder text, string word, List<PlannedRoute> routes)
    {
        if (routes.Count == 0)
        {
            return;
        }

        foreach (var route in routes)
        {
            var target = route.Target;
            _ = text.Line($"class-map type traffic match-all {RouterText.NameOf(route)}");
            Match(text, $"destination-address {word}", target.Remote?.ToString());
            Match(text, $"source-address {word}", target.Line?.ToString());
            Match(text, "protocol", $"{target.Protocol}");
            Match(text, "destination-port", target.Ports.IsEmpty ? null : string.Join(' ', target.Ports));
            Match(text, "source-port", target.LinePort == 0 ? null : $"{target.LinePort}");
            _ = text.Line(" end-class-map").Line("!");
        }

        _ = text.Line("! rules act on this router; they are not sent on").Line($"policy-map type pbr weir-{word}");
        foreach (var route in routes)
        {
            _ = text.Line($" class type traffic {RouterText.NameOf(route)}")
                .Line($"  {Action(route.Target)}").Line(" !");
        }

        _ = text.Line(" class type traffic class-default").Line(" !").Line(" end-policy-map").Line("!")
            .Line("flowspec").Line($" address-family {word}").Line($"  service-policy type pbr weir-{word}").Line("!");
    }

    private static void Blackholes(StringBuilder text, string word, List<PlannedRoute> routes)
    {
        if (routes.Count == 0)
        {
            return;
        }

        _ = text.Line($"! tag {Tag}: your route policy turns it into {string.Join(' ', routes[0].Traits.Communities)}")
            .Line("router static").Line($" address-family {word} unicast");
        foreach (var route in routes)
        {
            _ = text.Line($"  {route.Target.Remote} Null0 tag {Tag} description {RouterText.NameOf(route)}");
        }

        _ = text.Line("!");
    }

    private static void Match(StringBuilder text, string word, string? value)
    {
        if (value is not null)
        {
            _ = text.Line($" match {word} {value}");
        }
    }

    private static string Action(MitigationTarget target) => target.Action switch
    {
        MitigationAction.Rate => FormattableString.Invariant($"police rate {8UL * target.Rate} bps"),
        MitigationAction.Redirect => $"redirect nexthop route-target {target.RedirectTo}",
        _ => "drop",
    };
}
