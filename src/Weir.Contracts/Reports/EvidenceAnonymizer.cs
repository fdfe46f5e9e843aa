// SPDX-License-Identifier: Apache-2.0
//
// What a profile other than lab may show of campaigns (rules.md R11): which of the shown endpoints the same lines met.
using System.Globalization;
using Weir.Contracts.Flows;

namespace Weir.Contracts.Reports;

/// <summary>Makes campaigns coarse. Pure.</summary>
internal static class EvidenceAnonymizer
{
    /// <summary>Campaigns of endpoints that are shown, with these alone: how many lines each has says all that may be
    /// said of lines. Their times are whole days, as the windows are.</summary>
    public static IReadOnlyList<ReportCampaign> Shape(
        IReadOnlyList<ReportCampaign> exact, IReadOnlyList<ReportCandidate> shown)
    {
        var names = shown.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from campaign in exact
               let endpoints = campaign.Endpoints.Where(names.Contains).Order(StringComparer.Ordinal).ToList()
               where endpoints.Count > 0
               select campaign with
               {
                   Endpoints = endpoints,
                   Lines = ComparisonAnonymizer.NotTold,
                   From = WholeDay(campaign.From),
                   Until = WholeDay(campaign.Until.AddDays(1)),
                   Representative = shown.Select(NameOf).First(endpoints.Contains),
                   Words = string.Create(
                       CultureInfo.InvariantCulture,
                       $"{endpoints.Count} endpoints of kind {campaign.Kind} that the same lines met"),
               },
        ];
    }

    /// <summary>As campaigns name it.</summary>
    public static string NameOf(ReportCandidate candidate) =>
        Endpoint.Write(candidate.Remote, candidate.Port, candidate.Protocol);

    private static DateTimeOffset WholeDay(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);
}
