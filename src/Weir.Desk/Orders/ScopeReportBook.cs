// SPDX-License-Identifier: Apache-2.0
//
// What collectors say of the scopes they were given: from when on the evidence of each is whole, or why they refuse it.
// A scope is as whole as at the collector that has it latest.
using System.Collections.Concurrent;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Reporting;

namespace Weir.Desk.Orders;

/// <summary>What one collector said of one scope last.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="Collector">Who said it.</param>
/// <param name="WholeSinceMs">Flow start from which its evidence is whole, ms since the UNIX epoch; null where it is
/// refused.</param>
/// <param name="Refused">Why it was refused; empty where it is in force.</param>
public sealed record HeardReport(ScopeId Scope, string Collector, long? WholeSinceMs, string Refused);

/// <summary>Keeps reports. Every method is durable when it returns.</summary>
public interface IScopeReportRecords
{
    Task WriteAsync(IReadOnlyCollection<HeardReport> reports, CancellationToken cancel);

    Task<IReadOnlyList<HeardReport>> LoadAsync(CancellationToken cancel);
}

/// <summary>Reports by scope. Safe for any thread.</summary>
public sealed class ScopeReportBook
{
    private readonly IScopeReportRecords _records;
    private readonly ConcurrentDictionary<ScopeId, HeardReport[]> _reports = [];

    private ScopeReportBook(IScopeReportRecords records) => _records = records;

    /// <summary>Scopes that a collector refuses, by collector and code; for health and metrics.</summary>
    public IReadOnlyList<(string Collector, string Code, int Scopes)> Refused =>
        [.. _reports.Values.SelectMany(heard => heard).Where(report => report.Refused.Length > 0)
            .GroupBy(report => (report.Collector, report.Refused))
            .Select(same => (same.Key.Collector, same.Key.Refused, same.Count()))
            .OrderBy(row => row.Collector, StringComparer.Ordinal).ThenBy(row => row.Refused, StringComparer.Ordinal)];

    /// <summary>What was heard before the last stop.</summary>
    public static async Task<ScopeReportBook> OpenAsync(IScopeReportRecords records, CancellationToken cancel)
    {
        var book = new ScopeReportBook(records);
        foreach (var report in await records.LoadAsync(cancel))
        {
            book.Put(report);
        }

        return book;
    }

    /// <summary>Takes what a collector says.</summary>
    /// <returns>What it had not said before.</returns>
    public async Task<IReadOnlyList<HeardReport>> HearAsync(
        string collector, IEnumerable<(ScopeId Scope, ScopeReport Report)> said, CancellationToken cancel)
    {
        List<HeardReport> fresh = [];
        foreach (var (scope, report) in said)
        {
            var known = Array.Find(_reports.GetValueOrDefault(scope, []), heard => heard.Collector == collector);
            var refused = report.Refused ?? "";

            // What was missing once stays missing: a later report may only say that more is.
            var whole = refused.Length > 0 ? null
                : known?.WholeSinceMs is { } before && report.WholeSinceMs is { } now
                    ? Math.Max(before, now) : report.WholeSinceMs;
            var next = new HeardReport(scope, collector, whole, refused);
            if (next != known)
            {
                fresh.Add(next);
            }
        }

        if (fresh.Count > 0)
        {
            await _records.WriteAsync(fresh, cancel);
            fresh.ForEach(Put);
        }

        return fresh;
    }

    /// <summary>Flow start from which every collector has a scope whole; null until one says so.</summary>
    public long? WholeSince(ScopeId scope) =>
        _reports.GetValueOrDefault(scope, []).Max(report => report.WholeSinceMs);

    /// <summary>Nothing is known of erased scopes.</summary>
    public void Forget(IEnumerable<ScopeId> scopes)
    {
        foreach (var scope in scopes)
        {
            _ = _reports.TryRemove(scope, out _);
        }
    }

    private void Put(HeardReport report) => _reports.AddOrUpdate(
        report.Scope, [report],
        (_, heard) => [.. heard.Where(other => other.Collector != report.Collector), report]);
}
