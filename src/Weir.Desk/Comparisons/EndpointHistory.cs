// SPDX-License-Identifier: Apache-2.0
//
// What the comparisons that are kept say of one endpoint, window by window. Everything comes from the reports as they
// were published, so that nothing more is told here than there (docs/36-numbers.md).
using System.Collections.Concurrent;
using System.Collections.Frozen;
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;

namespace Weir.Desk.Comparisons;

/// <summary>What one run says of an endpoint.</summary>
/// <param name="Run">The run.</param>
/// <param name="Window">Of the run.</param>
/// <param name="Sighting">As a listed endpoint; null where it was none.</param>
/// <param name="Candidate">As a candidate; null where it was none.</param>
/// <param name="Campaign">The campaign it was found in; null for none.</param>
internal sealed record EndpointFinding(
    string Run, ReportWindow Window, ReportSighting? Sighting, ReportCandidate? Candidate, ReportCampaign? Campaign);

/// <summary>Finds them. A run never changes, so what was read of it once is kept. Safe for any thread.</summary>
/// <param name="runs">What is kept.</param>
internal sealed class EndpointHistory(ComparedRuns runs)
{
    /// <summary>Windows that are looked through, the newest ones.</summary>
    public const int MostRuns = 40;

    private readonly ConcurrentDictionary<string, RunFindings> _read = [];

    /// <summary>Windows that say something of an endpoint, newest first.</summary>
    public IReadOnlyList<EndpointFinding> Of(Endpoint endpoint)
    {
        var name = endpoint.ToString();
        return [.. Newest().Select(run => Read(run).ByName.GetValueOrDefault(name)).OfType<EndpointFinding>()];
    }

    /// <summary>All that the newest run says: candidates as it ranked them, then listed ones, most lines
    /// first.</summary>
    public IReadOnlyList<EndpointFinding> Latest() => Newest() is [var run, ..] ? Read(run).InOrder : [];

    private List<string> Newest()
    {
        List<string> ids = [.. runs.Ids().Reverse().Take(MostRuns)];
        foreach (var gone in _read.Keys.Except(ids).ToList())
        {
            _ = _read.TryRemove(gone, out _);
        }

        return ids;
    }

    private RunFindings Read(string run) => _read.GetOrAdd(run, id =>
    {
        if (runs.Report(id) is not { } text)
        {
            return new(FrozenDictionary<string, EndpointFinding>.Empty, []);
        }

        var report = ReportJson.Read(text);
        var campaigns = report.Campaigns.ToDictionary(one => one.Id);
        Dictionary<string, EndpointFinding> found = new(StringComparer.Ordinal);
        foreach (var one in report.Sightings)
        {
            found.TryAdd(NameOf(one), new(id, report.Window, one, null, null));
        }

        foreach (var one in report.Candidates)
        {
            var listed = found.GetValueOrDefault(NameOf(one))?.Sighting;
            found[NameOf(one)] = new(
                id, report.Window, listed, one, one.Campaign is { } of ? campaigns.GetValueOrDefault(of) : null);
        }

        return new(
            found.ToFrozenDictionary(StringComparer.Ordinal),
            [
                .. report.Candidates.Select(NameOf).Concat(report.Sightings
                    .OrderByDescending(one => one.Subjects.Number).Select(NameOf))
                    .Distinct(StringComparer.Ordinal).Select(name => found[name]),
            ]);
    });

    private static string NameOf(ReportSighting one) => Endpoint.Write(one.Remote, one.Port, one.Protocol);

    private static string NameOf(ReportCandidate one) => RunCandidates.EndpointOf(one);

    /// <summary>What one run says, by the endpoint's name, and as it ranked them.</summary>
    private sealed record RunFindings(
        FrozenDictionary<string, EndpointFinding> ByName, IReadOnlyList<EndpointFinding> InOrder);
}
