// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Mitigation.Export;

/// <summary>Whose configuration a plan can be written as.</summary>
public enum RouterDialect : byte
{
    ExaBgp = 1,
    Bird,
    Junos,
    IosXr,
    MikroTik,
    Nftables,
}

/// <summary>
/// The plan as text for those who put it in by hand or by their own tools. What a dialect cannot say stands in it as a
/// comment that says so; nothing is left out silently.
/// </summary>
public static class RouterText
{
    /// <summary>Every dialect by the word of the command line.</summary>
    public static IReadOnlyDictionary<string, RouterDialect> Dialects { get; } = new Dictionary<string, RouterDialect>
    {
        ["exabgp"] = RouterDialect.ExaBgp, ["bird"] = RouterDialect.Bird, ["junos"] = RouterDialect.Junos,
        ["ios-xr"] = RouterDialect.IosXr, ["mikrotik"] = RouterDialect.MikroTik, ["nftables"] = RouterDialect.Nftables,
    };

    /// <summary>Writes a plan. The same plan gives the same text.</summary>
    public static string Write(RouterDialect dialect, RoutePlan plan, RouteOptions options)
    {
        var text = new StringBuilder();
        switch (dialect)
        {
            case RouterDialect.ExaBgp:
                ExaBgpText.Write(text, plan);
                break;
            case RouterDialect.Bird:
                BirdText.Write(text, plan);
                break;
            case RouterDialect.Junos:
                JunosText.Write(text, plan, options);
                break;
            case RouterDialect.IosXr:
                IosXrText.Write(text, plan);
                break;
            case RouterDialect.MikroTik:
                MikroTikText.Write(text, plan);
                break;
            case RouterDialect.Nftables:
                NftablesText.Write(text, plan);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "Not a dialect.");
        }

        return text.ToString();
    }

    /// <summary>The name of a route: that of its first lease.</summary>
    internal static string NameOf(PlannedRoute route) => $"weir-{route.Leases[0]}";

    /// <summary>One line, ended as these files end lines whatever the system.</summary>
    internal static StringBuilder Line(this StringBuilder text, string line) => text.Append(line).Append('\n');
}
