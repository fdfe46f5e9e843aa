// SPDX-License-Identifier: Apache-2.0
//
// ExaBGP 4: the two sections that stand inside a neighbor. A rate is in octets a second.
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Desk.Mitigation.Export;

internal static class ExaBgpText
{
    public static void Write(StringBuilder text, RoutePlan plan)
    {
        _ = text.Line("flow {");
        foreach (var route in plan.Routes.Where(r => r.Family.IsFlowSpec))
        {
            var target = route.Target;
            _ = text.Line($"    route {RouterText.NameOf(route)} {{").Line("        match {");
            Match(text, "destination", target.Remote?.ToString());
            Match(text, "source", target.Line?.ToString());
            Match(text, route.Family.IsV4 ? "protocol" : "next-header", $"={target.Protocol}");
            Match(text, "destination-port", target.Ports.IsEmpty
                ? null
                : $"[ {string.Join(' ', target.Ports.Select(p => $"={p}"))} ]");
            Match(text, "source-port", target.LinePort == 0 ? null : $"={target.LinePort}");
            _ = text.Line("        }").Line("        then {")
                .Line($"            {Action(target)};").Line($"            community [ {Communities(route)} ];")
                .Line($"            large-community [ {string.Join(' ', route.Traits.Large)} ];")
                .Line("        }").Line("    }");
        }

        _ = text.Line("}").Line("static {");
        foreach (var route in plan.Routes.Where(r => !r.Family.IsFlowSpec))
        {
            _ = text.Line($"    route {route.Target.Remote} next-hop {route.Traits.NextHop} community [ "
                + $"{Communities(route)} ] large-community [ {string.Join(' ', route.Traits.Large)} ];");
        }

        _ = text.Line("}");
    }

    private static void Match(StringBuilder text, string word, string? value)
    {
        if (value is not null)
        {
            _ = text.Line($"            {word} {value};");
        }
    }

    private static string Action(MitigationTarget target) => target.Action switch
    {
        MitigationAction.Rate => FormattableString.Invariant($"rate-limit {target.Rate}"),
        MitigationAction.Redirect => $"redirect {target.RedirectTo}",
        _ => "discard",
    };

    private static string Communities(PlannedRoute route) => string.Join(' ', route.Traits.Communities);
}
