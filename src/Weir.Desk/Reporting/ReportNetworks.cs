// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;

namespace Weir.Desk.Reporting;

/// <summary>Whose networks the endpoints of a report are in.</summary>
internal static class ReportNetworks
{
    /// <summary>The report, with what is known of each remote that it shows; nothing of subscribers.</summary>
    /// <param name="report">As it is published.</param>
    /// <param name="find">Whose network a remote is in.</param>
    public static Report Name(Report report, Func<string, NetworkOwner> find) => report with
    {
        Sightings = [.. report.Sightings.Select(seen => seen with { Network = Known(find(seen.Remote)) })],
        Candidates = Named(report.Candidates, find),
        ByDeeds = Named(report.ByDeeds, find),
        ByReports = Named(report.ByReports, find),
        Networks = Others(report, find),
    };

    /// <summary>Far ends that stand somewhere as words alone.</summary>
    private static SortedDictionary<string, NetworkOwner>? Others(Report report, Func<string, NetworkOwner> find)
    {
        var endpoints = report.Campaigns.SelectMany(one => one.Endpoints)
            .Concat(report.Infections.SelectMany(line => line.Infections).SelectMany(one => one.Endpoints))
            .Concat(report.Infected.SelectMany(line => line.Endpoints))
            .Concat(report.Candidates.SelectMany(one => one.RestsOn))
            .Concat(report.Family.PopularEntries.Select(one => one.Endpoint))
            .Concat(report.Family.Baselines.PooledEndpoints ?? []);
        var addresses = endpoints.Select(one => Endpoint.TryParse(one, out var read) ? read.Address.ToString() : "")
            .Concat(report.Events.SelectMany(one => one.TrafficClass?.Remotes ?? []));
        var known = new SortedDictionary<string, NetworkOwner>(StringComparer.Ordinal);
        foreach (var address in addresses.Where(one => one.Length > 0).Distinct(StringComparer.Ordinal))
        {
            if (Known(find(address)) is { } owner)
            {
                known[address] = owner;
            }
        }

        return known.Count > 0 ? known : null;
    }

    private static ReportOtherCases? Named(ReportOtherCases? other, Func<string, NetworkOwner> find) =>
        other is null ? null : other with { Candidates = Named(other.Candidates, find) };

    private static List<ReportCandidate> Named(
        IReadOnlyList<ReportCandidate> candidates, Func<string, NetworkOwner> find) =>
        [.. candidates.Select(one => one with { Network = Known(find(one.Remote)) })];

    private static NetworkOwner? Known(NetworkOwner owner) => owner.IsKnown ? owner : null;
}
