// SPDX-License-Identifier: Apache-2.0
//
// A comparison that the desk asks for. The store computes it, makes it as coarse as its own profile wants, and records
// it before it goes. Exact figures and subjects stay here.
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Comparing;
using Weir.Store.Coverage;
using Weir.Store.Engine;
using Weir.Wire;
using Weir.Wire.Native;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Store.Runs;

/// <summary>Compares when asked, one run at a time.</summary>
internal sealed class ComparisonGate(
    ComparisonOptions options, EngineHost engine, AllowLists lists, FoundEndpoints found, ReleaseChain chain,
    CohortKeys cohort, TimeProvider time)
    : IDisposable
{
    private const double LeastQ = 0.000001;
    private const double MostQ = 0.2;

    private static readonly TimeSpan CoverageOnTheWay = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Runs one.</summary>
    public async Task<Comparison> AnswerAsync(PeerCall call, CompareAsk ask, CancellationToken cancel)
    {
        var held = Check(ask);
        if (!await _one.WaitAsync(TimeSpan.Zero, cancel))
        {
            throw chain.Refuse(
                StoreCodes.CompareRunning, "a comparison is under way; ask again",
                StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            return await RunAsync(call, ask, held, cancel);
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
        finally
        {
            _ = _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private HeldAllowList Check(CompareAsk ask)
    {
        chain.RequireNumber(ask.Number);
        if (ask.FromMs < 0 || ask.UntilMs <= ask.FromMs || ask.Q is not (>= LeastQ and <= MostQ))
        {
            throw PeerRefusalException.Malformed(FormattableString.Invariant(
                $"the window is empty, or q is not {LeastQ} to {MostQ}"));
        }

        if (cohort.IsKeyed && Epochs.At(ask.FromMs) != Epochs.At(ask.UntilMs - 1))
        {
            throw chain.Refuse(
                StoreCodes.WindowOverEpochs, "the window lies in two epochs; ask for a part in one of them",
                StatusCodes.Status409Conflict);
        }

        return lists.Find(ask.AllowList) ?? throw chain.Refuse(
            StoreCodes.AllowListUnknown, "the allow-list of that digest is not held here; send it, then ask again",
            StatusCodes.Status412PreconditionFailed);
    }

    private async Task<Comparison> RunAsync(
        PeerCall call, CompareAsk ask, HeldAllowList held, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var window = new PairWindow(ask.FromMs, ask.UntilMs, ask.TwoWayOnly);
        var store = engine.Store;
        var exact = await PairComparison.ComputeAsync(
            new PairCounts(store.Client, options.Networks.Lines),
            new PairComparisonInput
            {
                Window = window,
                Standing = await StoredSightings.StandingAsync(store, window, held.Lists, cancel),
                Allowed = held.Networks,
                Networks = options.Networks,
                Options = new ComparingOptions { Q = ask.Q, Strict = ask.Strict },
                Seed = ask.Seed,
                Cohort = await CohortAsync(ask, cancel),
            },
            cancel);
        var shaped = Shape(exact, ask.K) with
        {
            Coverage = await CoverageAsync(store, ask, cancel),
        };
        Remember(exact);
        var digest = ReleaseChain.Digest(
            JsonSerializer.SerializeToUtf8Bytes(shaped, StoreJson.Default.ComparedFigures));
        var entry = ReleaseChain.EntryOf(call, ask.Number, AuditActions.Compare) with
        {
            PredicateDigest = ReleaseChain.Digest(JsonSerializer.SerializeToUtf8Bytes(
                ask, StoreJson.Default.CompareAsk)),
            Rows = shaped.Candidates.Count,
            ResultDigest = digest,
            Permuted = exact.Family.PermutedDiscoveries,
        };
        var number = await chain.RecordAsync(call, entry, cancel);
        return new(
            shaped, Withheld(exact, shaped), time.GetElapsedTime(began).TotalSeconds, PairComparison.PeakMemory(store),
            digest, number);
    }

    /// <summary>What exporters delivered in the window; of its last minutes rows may still be on their way.</summary>
    private async Task<IReadOnlyList<ExporterCoverage>> CoverageAsync(
        FlowStore store, CompareAsk ask, CancellationToken cancel)
    {
        var table = new CoverageTable(store.Client);
        var known = (await table.KnownUntilAsync(cancel))?.ToUnixTimeMilliseconds() ?? 0;
        var settled = (time.GetUtcNow() - CoverageOnTheWay).ToUnixTimeMilliseconds();
        var end = Math.Min(ask.UntilMs, Math.Max(known, settled));
        return end <= ask.FromMs ? [] : await table.ReadAsync(ask.FromMs, end, [], cancel);
    }

    private async Task<ulong> CohortAsync(CompareAsk ask, CancellationToken cancel)
    {
        try
        {
            return await cohort.GetAsync(Epochs.At(ask.FromMs), cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw chain.Refuse(
                StoreCodes.NoCohortKey, $"the key of the cohort's draw cannot be had: {fault.Message}; ask again",
                StatusCodes.Status503ServiceUnavailable);
        }
    }

    private ComparedFigures Shape(ComparedFigures exact, int askedK)
    {
        if (options.IsLab)
        {
            return exact;
        }

        var k = Math.Max(options.KAnonymity.K, askedK);
        var rule = new ReportKAnonymity(k, Math.Max(k, options.KAnonymity.MinimumBase));
        return new ComparisonAnonymizer(rule).Shape(exact);
    }

    private void Remember(ComparedFigures exact)
    {
        try
        {
            found.Add(exact.Candidates.Where(c => c.Status == "candidate").Select(EndpointOf));
        }
        catch (IOException fault)
        {
            throw new StoreException(0, $"what was found cannot be kept: {fault.Message}", retryable: true, fault);
        }
    }

    private static IReadOnlyList<WithheldEndpoint> Withheld(ComparedFigures exact, ComparedFigures shaped)
    {
        var shown = shaped.Candidates.Select(EndpointOf).ToHashSet();
        return
        [
            .. exact.Candidates.Where(c => !shown.Contains(EndpointOf(c))).Select(c => new WithheldEndpoint(
                EndpointOf(c).ToString(), c.Status, ReportKAnonymity.Order(c.P.Number).ToString(),
                ReportKAnonymity.Order(c.Q.Number).ToString())),
        ];
    }

    private static Endpoint EndpointOf(ReportCandidate candidate) => new(
        IpKey.Parse(candidate.Remote), candidate.Port,
        Protocols.TryParse(candidate.Protocol, out var protocol) ? protocol : (byte)0);
}
