// SPDX-License-Identifier: Apache-2.0
//
// Counts about endpoints: whom a block would hit (rules.md R15), and which listed endpoints lines exchanged traffic
// with. Counts alone leave; the second as bands.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Wire.Native;

namespace Weir.Store.Endpoints;

/// <summary>Answers both. Calls may run side by side.</summary>
internal sealed class EndpointGate(EndpointOptions options, EngineHost engine, ReleaseChain chain, TimeProvider time)
{
    private const int MostDays = 90;

    /// <summary>How many a block would hit.</summary>
    public async Task<CollateralReply> CountAsync(PeerCall call, CollateralAsk ask, CancellationToken cancel)
    {
        chain.RequireNumber(ask.Number);
        if (!MitigationTarget.TryParse(ask.Target, out var target, out var fault) || target!.Remote is null)
        {
            throw PeerRefusalException.Malformed(
                fault.Length > 0 ? fault : $"'{ask.Target}' names no far end, so nobody can be counted by it");
        }

        List<SubjectKey> inCases = [];
        foreach (var name in ask.InCases)
        {
            inCases.Add(SubjectKey.TryParse(name, out var subject)
                ? subject
                : throw PeerRefusalException.Malformed($"'{name}' is no subject"));
        }

        try
        {
            var counted = await new CollateralCounts(engine.Store.Client, time).CountAsync(target, inCases, cancel);
            var entry = ReleaseChain.EntryOf(call, ask.Number, AuditActions.CountCollateral) with
            {
                PredicateDigest = ReleaseChain.Digest(ask.Target),
                ResultDigest = ReleaseChain.Digest(counted.ToString()),
                Reason = string.Create(
                    CultureInfo.InvariantCulture, $"without {inCases.Count} subjects in cases"),
            };
            _ = await chain.RecordAsync(call, entry, cancel);
            return new(counted.NonCaseSubjects, counted.Subjects, counted.CountedAt);
        }
        catch (StoreException down)
        {
            throw chain.EngineDown(down);
        }
    }

    /// <summary>Listed endpoints that lines exchanged traffic with.</summary>
    public async Task<SightedEndpoints> ListAsync(PeerCall call, SightedAsk ask, CancellationToken cancel)
    {
        chain.RequireNumber(ask.Number);
        var now = time.GetUtcNow();
        if (ask.SinceMs < now.AddDays(-MostDays).ToUnixTimeMilliseconds()
            || ask.SinceMs > now.ToUnixTimeMilliseconds())
        {
            throw PeerRefusalException.Malformed($"since is a time of the last {MostDays} days");
        }

        try
        {
            var k = Math.Max(options.KAnonymity.K, ask.K);
            var rule = new ReportKAnonymity(k, Math.Max(k, options.KAnonymity.MinimumBase));
            var sighted = await new SightingRepository(engine.Store.Client).SinceAsync(
                DateTimeOffset.FromUnixTimeMilliseconds(ask.SinceMs), cancel);
            SightedRow[] rows =
            [
                .. sighted.Select(one => new SightedRow(
                    one.Endpoint.ToString(), one.FirstMs, one.LastMs, (long)rule.LowEnd(one.Lines))),
            ];
            var entry = ReleaseChain.EntryOf(call, ask.Number, AuditActions.PopulationReport) with
            {
                PredicateDigest = ReleaseChain.Digest("sighted-endpoints"),
                Rows = rows.Length,
                ResultDigest = ReleaseChain.Digest(string.Concat(rows.Select(row => $"{row}\n"))),
            };
            _ = await chain.RecordAsync(call, entry, cancel);
            return new(rows);
        }
        catch (StoreException down)
        {
            throw chain.EngineDown(down);
        }
    }
}

/// <summary>How coarse counts about endpoints are at least.</summary>
public sealed record EndpointOptions
{
    public ReportKAnonymity KAnonymity { get; init; } = ReportKAnonymity.Default;
}
