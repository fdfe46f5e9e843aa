// SPDX-License-Identifier: Apache-2.0
//
// Counts about endpoints: whom a block would hit (rules.md R15), and which listed endpoints lines exchanged traffic
// with. Counts alone leave; outside the lab the second are those that comparisons published before, so that nothing new
// is told of anybody.
using System.Globalization;
using Weir.Contracts.Braking;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Store.Publishing;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Endpoints;

/// <summary>Answers both. Calls may run side by side.</summary>
internal sealed class EndpointGate(
    EndpointOptions options, EngineHost engine, KeptComparisons published, CollateralFigures collateral,
    ReleaseChain chain, TimeProvider time)
{
    private const long DayMs = 86_400_000;
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

        if (!options.IsLab && IsWide(target.Remote.Value))
        {
            throw PeerRefusalException.Malformed(
                $"{target.Remote} is wider than /24 (IPv6 /48), and lines are not counted by networks that wide; "
                + "name the endpoint that a list or a comparison names");
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
            var exact = await new CollateralCounts(engine.Store.Client, time).CountAsync(target, inCases, cancel);
            var counted = options.IsLab ? exact : Show(target, exact);
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
        catch (IOException down)
        {
            throw chain.EngineDown(new StoreException(0, down.Message, retryable: true, down));
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
            var told = options.IsLab
                ? sighted.ToDictionary(one => one.Endpoint.ToString(), one => (double)one.Lines)
                : published.ListedSince((uint)(ask.SinceMs / DayMs));
            SightedRow[] rows =
            [
                .. sighted.Select(one => (Name: one.Endpoint.ToString(), one.FirstMs, one.LastMs)).Select(one =>
                    new SightedRow(
                    one.Name, DayOf(one.FirstMs), DayOf(one.LastMs),
                    (long)rule.LowEnd(told.GetValueOrDefault(one.Name)))),
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

    private static bool IsWide(Prefix remote) => remote.Length < ListedNetwork.Of(remote.Network).Length;

    /// <exception cref="PeerRefusalException">One network was asked about too often today.</exception>
    private Collateral Show(MitigationTarget target, Collateral exact)
    {
        var network = ListedNetwork.Of(target.Remote!.Value.Network);
        return collateral.Show(CollateralCounts.Counted(target), network.ToString(), exact)
            ?? throw PeerRefusalException.Malformed(
                $"{network} has had {CollateralFigures.PerNetwork} figures today, so that no line can be told from "
                + "the differences; ask tomorrow, or plan one block of what they have in common");
    }

    /// <summary>Outside the lab the day alone: a moment would tell of one contact.</summary>
    private long DayOf(long timeMs) => options.IsLab ? timeMs : timeMs - (timeMs % DayMs);
}

/// <summary>How coarse counts about endpoints are at least.</summary>
public sealed record EndpointOptions
{
    public ReportKAnonymity KAnonymity { get; init; } = ReportKAnonymity.Default;

    /// <summary>The lab profile: what is counted is told.</summary>
    public bool IsLab { get; init; }
}
