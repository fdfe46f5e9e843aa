// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Store.Ranking;

/// <summary>Campaigns in words.</summary>
internal static class CampaignText
{
    /// <summary>As report.json names the kind.</summary>
    public static string ToName(CampaignKind kind) => kind switch
    {
        CampaignKind.Web => "web",
        CampaignKind.Mail => "mail",
        CampaignKind.Names => "names",
        CampaignKind.Peers => "peers",
        _ => "service",
    };

    /// <summary>Such as "113 web endpoints, the same 10 lines, 40 minutes: looks like ordered visits".</summary>
    public static string Describe(
        CampaignKind kind, int endpoints, int lines, long fromMs, long untilMs, bool timeOrder)
    {
        var (what, looks) = kind switch
        {
            CampaignKind.Web => ("web endpoints", "ordered visits, such as click fraud"),
            CampaignKind.Mail => ("mail servers", "a spam run"),
            CampaignKind.Names => ("name servers", "look-ups that the program makes itself"),
            CampaignKind.Peers => ("UDP endpoints on many ports", "peers of one another"),
            _ => ("endpoints of one port", "something that was ordered"),
        };
        var length = timeOrder ? $", {Length(untilMs - fromMs)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{endpoints} {what}, the same {lines} lines{length}: looks like {looks}");
    }

    private static string Length(long ms) => ms >= 2 * ContactProfiles.HourMs
        ? string.Create(CultureInfo.InvariantCulture, $"{ms / (double)ContactProfiles.HourMs:0} hours")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, ms / 60_000)} minutes");
}
