// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.Statistics;
using Weir.Wire;

namespace Weir.Store.Runs;

/// <summary>Turns what the engine and the matcher decided into the report's own records, in clear; the profile
/// hides afterwards.</summary>
internal static class ReportFindingMapper
{
    /// <summary>One row for each listed endpoint and list that somebody contacted.</summary>
    public static IReadOnlyList<ReportSighting> Sightings(IReadOnlyList<Sighting> sightings)
    {
        var whole = sightings.GroupBy(one => one.Endpoint).ToDictionary(
            of => of.Key, of => of.Where(IsExchange).Select(one => one.Subject).Distinct().LongCount());
        return [.. from sighting in sightings
           group sighting by (sighting.Endpoint, sighting.List) into contacts
           let exchanged = contacts.Where(IsExchange).ToList()
           orderby exchanged.Select(s => s.Subject).Distinct().Count() descending, contacts.Key.Endpoint.ToString()
           select new ReportSighting
           {
               Remote = contacts.Key.Endpoint.Address.ToString(),
               Port = contacts.Key.Endpoint.Port,
               Protocol = Protocols.ToName(contacts.Key.Endpoint.Protocol),
               List = contacts.Key.List,
               Subjects = exchanged.Select(s => s.Subject).Distinct().Count(),
               Exchanges = exchanged.Sum(s => (long)s.Contacts),
               Attempts = contacts.Where(s => !IsExchange(s)).Sum(s => (long)s.Contacts),
               OnAnyList = whole[contacts.Key.Endpoint],
           }];
    }

    /// <summary>Subjects with at least one exchange; for the lab profile, where a subject's key is its
    /// address block.</summary>
    public static IReadOnlyList<ReportInfected> Infected(IReadOnlyList<Sighting> sightings, NetworkTable networks) =>
    [
        .. from sighting in sightings
           where IsExchange(sighting)
           group sighting by sighting.Subject into contacts
           orderby contacts.Key
           select new ReportInfected(
               ClearSubjectText.Write(contacts.Key, networks),
               [.. contacts.Select(s => s.Endpoint.ToString()).Distinct().Order(StringComparer.Ordinal)],
               Time(contacts.Min(s => s.FirstMs)),
               Time(contacts.Max(s => s.LastMs)),
               contacts.Sum(s => (long)s.Contacts)),
    ];

    public static ReportCandidate Candidate(Finding finding) => new()
    {
        Remote = finding.Key.Address.ToString(),
        Port = finding.Key.Port,
        Protocol = Protocols.ToName(finding.Key.Protocol),
        Cases = finding.Cases,
        Expected = finding.Expected,
        Others = finding.Others,
        P = finding.P,
        Q = finding.Q,
        Ic = finding.Effect.Ic,
        Ic025 = finding.Effect.Ic025,
        Onset = ToName(finding.Onset.Verdict),
        Status = finding.Status == FindingStatus.Shared ? "shared" : "candidate",
        Why = finding.Why,
    };

    public static IReadOnlyList<ReportRollup> Rollups(ComparisonRun run) =>
    [
        .. from family in run.RollUps
           from finding in family.Reported
           select new ReportRollup(
               family.Unit == EndpointUnit.Network ? "prefix" : "address",
               finding.Key.Address.ToString() + Suffix(family.Unit, finding.Key),
               finding.Cases, finding.Expected, finding.Others, finding.P, finding.Q, finding.Effect.Ic,
               finding.Effect.Ic025),
    ];

    public static ReportFamily Family(ComparisonRun run)
    {
        var family = run.Endpoints;
        return new ReportFamily
        {
            Endpoints = family.Size,
            Q = family.Q,
            PermutedDiscoveries = family.SelfTest.Total,
            Permutations = family.SelfTest.Discoveries.Count,
            Valid = family.SelfTest.Valid,
            Baselines = new ReportBaselines(family.Baselines.PooledFisher.Count, family.Baselines.Popularity.Count)
            {
                PooledEndpoints = [.. family.Baselines.PooledFisher.Select(e => e.ToString())],
            },
            Power = new ReportPower
            {
                Enough = family.Power.IsSufficient,
                MinimumP = family.Power.MinimumP,
                Why = family.Power.Why
            },
            Seed = run.Seed,
        };
    }

    public static IReadOnlyList<ReportPopularEntry> PopularEntries(IReadOnlyList<PopularEntry> entries) =>
        [.. entries.Select(one => new ReportPopularEntry(one.Entry.ToString(), one.Lines, one.Alone))];

    private static bool IsExchange(Sighting sighting) => sighting.Kind is ContactKind.Exchange or ContactKind.OneSided;

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static string Suffix(EndpointUnit unit, Weir.Contracts.Flows.Endpoint key) =>
        unit == EndpointUnit.Network ? key.Address.IsV4 ? "/24" : "/48" : "";

    private static string ToName(OnsetVerdict verdict) => verdict switch
    {
        OnsetVerdict.Passed => "passed",
        OnsetVerdict.Review => "review",
        _ => "undetermined",
    };
}
