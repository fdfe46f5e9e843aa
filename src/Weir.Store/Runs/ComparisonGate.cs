// SPDX-License-Identifier: Apache-2.0
//
// A comparison that the desk asks for. The store computes it, puts in the noise and makes it as coarse as its own
// profile wants, keeps it, and records it before it goes. Exact figures and subjects stay here.
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
using Weir.Store.Publishing;
using Weir.Wire.Native;

namespace Weir.Store.Runs;

/// <summary>What a comparison rests on beside the pairs: what the lists allow, and who is drawn.</summary>
internal sealed record ComparisonInputs(AllowLists Lists, CohortKeys Cohort);

/// <summary>What becomes of exact figures before they leave.</summary>
/// <param name="IsBaseMet">Whether enough were seen for anything to be told or noted.</param>
/// <param name="Shape">Figures as they leave, and the endpoints that are held back.</param>
internal sealed record Shaping(
    Func<ComparedFigures, bool> IsBaseMet,
    Func<ComparedFigures, (ComparedFigures Shaped, IReadOnlyList<WithheldEndpoint> Withheld)> Shape)
{
    /// <summary>In the lab nothing is hidden.</summary>
    public static Shaping InClear { get; } = new(_ => true, exact => (exact, []));
}

/// <summary>Compares when asked, one run at a time.</summary>
internal sealed class ComparisonGate(
    ComparisonOptions options, EngineHost engine, ComparisonInputs inputs, ComparedEndpoints known, ReleaseChain chain,
    ComparisonPublisher publisher, TimeProvider time)
    : IDisposable
{
    private const double LeastQ = 0.000001;
    private const double MostQ = 0.2;

    private static readonly TimeSpan CoverageOnTheWay = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Runs one.</summary>
    public async Task<Comparison> AnswerAsync(PeerCall call, CompareAsk ask, CancellationToken cancel)
    {
        var (held, days) = Check(ask);
        if (!await _one.WaitAsync(TimeSpan.Zero, cancel))
        {
            throw chain.Refuse(
                StoreCodes.CompareRunning, "a comparison is under way; ask again",
                StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            return days is { } window
                ? await PublishAsync(call, ask, held, window, cancel)
                : await GiveAsync(call, ask, await RunAsync(ask, held, Shaping.InClear, cancel), cancel);
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
        catch (IOException fault)
        {
            throw chain.EngineDown(new StoreException(0, fault.Message, retryable: true, fault));
        }
        finally
        {
            _ = _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private (HeldAllowList Held, PublishedDays? Days) Check(CompareAsk ask)
    {
        chain.RequireNumber(ask.Number);
        if (ask.FromMs < 0 || ask.UntilMs <= ask.FromMs || ask.Q is not (>= LeastQ and <= MostQ))
        {
            throw PeerRefusalException.Malformed(FormattableString.Invariant(
                $"the window is empty, or q is not {LeastQ} to {MostQ}"));
        }

        if (inputs.Cohort.IsKeyed && Epochs.At(ask.FromMs) != Epochs.At(ask.UntilMs - 1))
        {
            throw chain.Refuse(
                StoreCodes.WindowOverEpochs, "the window lies in two epochs; ask for a part in one of them",
                StatusCodes.Status409Conflict);
        }

        var days = publisher.DaysOf(ask);
        return (inputs.Lists.Find(ask.AllowList) ?? throw chain.Refuse(
            StoreCodes.AllowListUnknown, "the allow-list of that digest is not held here; send it, then ask again",
            StatusCodes.Status412PreconditionFailed), days);
    }

    /// <summary>What was kept, or a run that is kept before it goes.</summary>
    private async Task<Comparison> PublishAsync(
        PeerCall call, CompareAsk ask, HeldAllowList held, PublishedDays days, CancellationToken cancel)
    {
        if (publisher.FindKept(days, ask.K) is { } kept)
        {
            return await GiveAsync(call, ask, kept with { WasKept = true }, cancel);
        }

        using var noise = await publisher.NoiseAsync(days, cancel);
        var fresh = await RunAsync(ask, held, new(
            exact => publisher.IsBaseMet(exact, noise, ask.K), exact => publisher.Shape(exact, days, noise, ask.K)),
                cancel);
        publisher.Keep(days, fresh, ask.K);
        return await GiveAsync(call, ask, fresh, cancel);
    }

    /// <summary>On the chain, then away.</summary>
    private async Task<Comparison> GiveAsync(
        PeerCall call, CompareAsk ask, Comparison answer, CancellationToken cancel)
    {
        var entry = ReleaseChain.EntryOf(call, ask.Number, AuditActions.Compare) with
        {
            PredicateDigest = ReleaseChain.Digest(JsonSerializer.SerializeToUtf8Bytes(
                ask, StoreJson.Default.CompareAsk)),
            Rows = answer.Figures.Candidates.Count,
            ResultDigest = answer.Digest,
            Permuted = answer.WasKept ? null : answer.Figures.Family.PermutedDiscoveries,
            Result = answer.WasKept ? AuditActions.Again : "",
            Reason = answer.WasKept ? "kept" : "",
        };
        return answer with { Entry = await chain.RecordAsync(call, entry, cancel) };
    }

    /// <summary>Computes one; it stands on no chain yet.</summary>
    private async Task<Comparison> RunAsync(
        CompareAsk ask, HeldAllowList held, Shaping shaping, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var window = new PairWindow(ask.FromMs, ask.UntilMs, ask.TwoWayOnly);
        var store = engine.Store;
        var pairs = new PairCounts(store.Client, options.Networks.Lines);
        var input = new PairComparisonInput
        {
            Window = window,
            Standing = await StoredSightings.StandingAsync(store, window, held.Lists, cancel),
            Allowed = held.Networks,
            Networks = options.Networks,
            Options = new ComparingOptions { Q = ask.Q, Strict = ask.Strict, TimeOrder = ask.TimeOrder },
            Seed = ask.Seed,
            Cohort = await CohortAsync(ask, cancel),
            WithPeers = ReferenceEquals(shaping, Shaping.InClear),
        };
        var exact = await PairComparison.ComputeAsync(pairs, input, cancel);
        var isBigEnough = shaping.IsBaseMet(exact);
        var followed = isBigEnough ? await known.FollowAsync(pairs, input, exact, cancel) : exact;
        var (figures, withheld) = shaping.Shape(followed);
        figures = isBigEnough ? figures with { Coverage = await CoverageAsync(store, ask, cancel) } : figures;
        return new(
            figures, withheld, time.GetElapsedTime(began).TotalSeconds, PairComparison.PeakMemory(store),
            ReleaseChain.Digest(JsonSerializer.SerializeToUtf8Bytes(figures, StoreJson.Default.ComparedFigures)), 0)
        {
            Upheld = followed.Upheld,
        };
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
            return await inputs.Cohort.GetAsync(Epochs.At(ask.FromMs), cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw chain.Refuse(
                StoreCodes.NoCohortKey, $"the key of the cohort's draw cannot be had: {fault.Message}; ask again",
                StatusCodes.Status503ServiceUnavailable);
        }
    }
}
