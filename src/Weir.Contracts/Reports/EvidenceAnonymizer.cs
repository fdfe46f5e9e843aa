// SPDX-License-Identifier: Apache-2.0
//
// What a profile other than lab may show of the evidence for command and of campaigns (rules.md R11). A feature is a
// median or a share over few lines, so quarters of it are shown, in an order that does not depend on the exact ones, and
// words that say what is measured, not what was counted.
using System.Globalization;

namespace Weir.Contracts.Reports;

/// <summary>Makes evidence coarse. Pure.</summary>
internal static class EvidenceAnonymizer
{
    /// <summary>A feature in quarters, with words about the feature alone.</summary>
    public static ReportReason Coarse(ReportReason exact) => exact with
    {
        Value = exact.Value.IsNumber ? Quarter(exact.Value.Number) : exact.Value,
        Words = Words(exact.Feature),
    };

    /// <summary>Features by what is published of them, so that their order tells no more.</summary>
    public static IReadOnlyList<ReportReason> Coarse(IReadOnlyList<ReportReason> exact) =>
        [.. exact.Select(Coarse).OrderByDescending(one => one.Value.ToString(), StringComparer.Ordinal)
            .ThenBy(one => one.Feature, StringComparer.Ordinal)];

    /// <summary>Campaigns of at least k lines, with those of their endpoints that are shown.</summary>
    public static IReadOnlyList<ReportCampaign> Shape(
        IReadOnlyList<ReportCampaign> exact, IReadOnlyList<ReportCandidate> shown, ReportKAnonymity rule)
    {
        var names = shown.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from campaign in exact
               let endpoints = campaign.Endpoints.Where(names.Contains).Order(StringComparer.Ordinal).ToList()
               where campaign.Lines.Number >= rule.K && endpoints.Count > 0
               select campaign with
               {
                   Endpoints = endpoints,
                   Lines = rule.Band(campaign.Lines.Number),
                   From = WholeHour(campaign.From),
                   Until = WholeHour(campaign.Until.AddHours(1)),
                   Representative = names.Contains(campaign.Representative) ? campaign.Representative : endpoints[0],
                   Words = string.Create(
                       CultureInfo.InvariantCulture,
                       $"{endpoints.Count} endpoints of kind {campaign.Kind} that the same lines met, {rule.Band(campaign.Lines.Number)} of them"),
               },
        ];
    }

    /// <summary>As campaigns name it.</summary>
    public static string NameOf(ReportCandidate candidate)
    {
        var rest = string.Create(CultureInfo.InvariantCulture, $":{candidate.Port}/{candidate.Protocol}");
        return candidate.Remote.Contains(':', StringComparison.Ordinal)
            ? $"[{candidate.Remote}]{rest}"
            : $"{candidate.Remote}{rest}";
    }

    private static PublishedValue Quarter(double value) => PublishedValue.FromText(value switch
    {
        < 0.25 => "0-0.25",
        < 0.5 => "0.25-0.5",
        < 0.75 => "0.5-0.75",
        _ => "0.75-1",
    });

    private static DateTimeOffset WholeHour(DateTimeOffset time) =>
        new(time.UtcDateTime.Date.AddHours(time.UtcDateTime.Hour), TimeSpan.Zero);

    private static string Words(string feature) => feature switch
    {
        "first" => "how early it came among what the infected share",
        "precedes" => "how often it was contacted shortly before campaigns and events began",
        "stays" => "for how long, and in how many of the hours, the infected keep it",
        "regular" => "how even its contacts are from hour to hour",
        "small" => "how small and steady what is exchanged is",
        "alone" => "how few other shared endpoints began beside it",
        "port" => "how unusual its port is",
        "family" => "whether its infected lines have one infection",
        "share" => "how many of the lines with that infection use it",
        "neighbour" => "whether a listed endpoint lies in its network",
        "others" => "how many others use it",
        "campaign" => "whether it is one of many that were met together",
        _ => "",
    };
}
