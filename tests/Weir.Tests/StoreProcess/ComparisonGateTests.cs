// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli.Analysis;
using Weir.Cli.Reporting;
using Weir.Contracts.Clients;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Networks;
using Weir.Contracts.Noise;
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Sections;
using Weir.Hosting.StoreClient;
using Weir.Store.Comparing;
using Weir.Store.Runs;
using Weir.Tests.Support;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Tests.StoreProcess;

/// <summary>A comparison over the wire is the one that was made in one process, made coarse before it leaves.</summary>
public sealed class ComparisonGateTests
{
    private const ulong Seed = 5;

    [Fact]
    public async Task The_store_answers_what_one_process_would_report_and_remembers_what_it_found()
    {
        await using var house = await StoreHouse.OpenAsync();
        await ComparedData.FillAsync(house);
        var expected = new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(await InProcessAsync(house, "us-provider"));

        var ask = Ask();
        var compared = await new StoreComparisons(house.Requests).RunAsync(
            ask, StoreComparisons.AllowedBy(ComparedData.Lists()), default);

        Assert.Equal(Json(expected.Figures with { Withholdings = expected.Withholdings, IsBaseMet = true }), Json(
            compared.Figures));
        var shown = Assert.Single(compared.Figures.Candidates);
        Assert.Equal(("192.0.2.80", "20-49"), (shown.Remote, shown.Cases.ToString()));
        Assert.Empty(compared.Figures.Infected);
        var withheld = Assert.Single(compared.Withheld);
        Assert.Equal(ComparedData.Few.ToString(), withheld.Endpoint);
        Assert.StartsWith("1e-", withheld.P);
        Assert.DoesNotContain(compared.Figures.Sightings, s => s.Remote == ComparedData.Allowed.Address.ToString());
        Assert.True(compared.PeakMemoryBytes > 0);

        var found = house.Get<FoundEndpoints>();
        Assert.True(found.Has(ComparedData.Shared) && found.Has(ComparedData.Few));
        Assert.False(found.Has(ComparedData.Control));
        var entry = (await house.ChainAsync()).Single(e => e.Act == AuditActions.Compare);
        Assert.Equal(house.LastNumber(), entry.Request);
        Assert.NotNull(entry.Permuted);
        Assert.Equal(compared.Digest, entry.ResultDigest);
    }

    [Fact]
    public async Task What_one_day_found_the_next_day_confirms_and_a_run_over_the_same_day_does_not()
    {
        const long Day = 86_400_000;
        await using var house = await StoreHouse.OpenAsync();
        await ComparedData.FillAsync(house, days: -1);
        await ComparedData.FillAsync(house);
        var runs = new StoreComparisons(house.Requests);
        var allowed = StoreComparisons.AllowedBy(ComparedData.Lists());
        var before = Ask() with { FromMs = ComparedData.FromMs - Day, UntilMs = ComparedData.UntilMs - Day };

        foreach (var again in new[] { before, before with { Number = RequestNumber.Create() } })
        {
            var first = await runs.RunAsync(again, allowed, default);
            Assert.Equal("candidate", Assert.Single(first.Figures.Candidates).State);
            Assert.Null(first.Figures.Family.Replication);
        }

        var later = await runs.RunAsync(Ask(), allowed, default);

        Assert.Equal("replicated", Assert.Single(later.Figures.Candidates).State);
        Assert.Equal(new ReportReplication(2, 2, ""), later.Figures.Family.Replication);
        Assert.Equal(CandidateState.Replicated, house.Get<FrozenCandidates>().StateOf(ComparedData.Few));
    }

    [Fact]
    public async Task A_second_comparison_while_one_runs_is_told_to_come_again()
    {
        var (begun, key) = (new TaskCompletionSource(), new TaskCompletionSource<ulong>());
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Cohort = (_, _) =>
            {
                begun.TrySetResult();
                return key.Task;
            },
        });
        await ComparedData.FillAsync(house);
        var runs = new StoreComparisons(house.Requests);
        var allowed = StoreComparisons.AllowedBy(ComparedData.Lists());
        var first = runs.RunAsync(Ask(), allowed, default);
        await begun.Task.WaitAsync(Until.Patience);

        var away = await Assert.ThrowsAsync<StoreException>(() => runs.RunAsync(Ask(), allowed, default));

        Assert.Equal(
            (StoreCodes.CompareRunning, true), (((PeerRefusedException)away.InnerException!).Code, away.Retryable));
        key.SetResult(5);
        Assert.NotNull(await first);
    }

    [Fact]
    public async Task Without_the_key_of_the_cohorts_draw_nothing_is_compared_and_the_same_may_be_asked_again()
    {
        var isAway = true;
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Cohort = (_, _) => isAway ? throw new IOException("the vault is away") : Task.FromResult(5UL),
        });
        await ComparedData.FillAsync(house);
        var runs = new StoreComparisons(house.Requests);
        var allowed = StoreComparisons.AllowedBy(ComparedData.Lists());

        var away = await Assert.ThrowsAsync<StoreException>(() => runs.RunAsync(Ask(), allowed, default));
        isAway = false;

        Assert.Equal(
            (StoreCodes.NoCohortKey, true), (((PeerRefusedException)away.InnerException!).Code, away.Retryable));
        Assert.Contains("the vault is away; ask again", away.Message);
        Assert.NotNull(await runs.RunAsync(Ask(), allowed, default));
    }

    [Fact]
    public async Task In_the_lab_it_is_exact_and_no_request_makes_another_store_a_lab()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with { Profile = Profile.Lab },
        });
        await ComparedData.FillAsync(house);
        var expected = await InProcessAsync(house, ReportAnonymizer.LabProfile);
        var compared = await new StoreComparisons(house.Requests).RunAsync(
            Ask() with { K = 100 }, StoreComparisons.AllowedBy(ComparedData.Lists()), default);
        Assert.Equal(Json(expected.Figures), Json(compared.Figures));
        Assert.Equal(40, compared.Figures.Infected.Count);
    }

    [Fact]
    public async Task A_store_withholds_a_small_population_and_a_larger_k_makes_coarser()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with { Comparing = new() { MinimumBase = 1_000 } },
        });
        await ComparedData.FillAsync(house);
        var comparisons = new StoreComparisons(house.Requests);
        var allowed = StoreComparisons.AllowedBy(ComparedData.Lists());
        var small = await comparisons.RunAsync(Ask() with { K = 0 }, allowed, default);
        Assert.False(small.Figures.IsBaseMet);
        Assert.Empty(small.Figures.Candidates);
        Assert.Empty(small.Figures.Sightings);
        Assert.Empty(small.Figures.Coverage);
        Assert.Empty(small.Withheld);
        Assert.Equal((0, 0, 0), (small.Figures.Family.Endpoints, small.Figures.Withheld, small.Figures.Family.Permutations));
        Assert.False(house.Get<FoundEndpoints>().Has(ComparedData.Shared));
        await house.StartAgainAsync();
        var again = await new StoreComparisons(house.Requests).RunAsync(Ask() with { K = 0 }, allowed, default);
        Assert.Equal((small.Seconds, small.Digest, true), (again.Seconds, again.Digest, again.WasKept));
        var entries = (await house.ChainAsync()).Where(e => e.Act == AuditActions.Compare).ToList();
        Assert.Equal(["", "kept"], entries.Select(e => e.Reason));
        Assert.Equal(["", AuditActions.Again], entries.Select(e => e.Result));
        Assert.Single(entries.Select(e => e.ResultDigest).Distinct());
    }

    [Fact]
    public async Task A_window_over_two_epochs_a_list_not_held_and_a_bad_q_are_refused()
    {
        await using var house = await StoreHouse.OpenAsync();
        var allowed = StoreComparisons.AllowedBy(ComparedData.Lists());
        var comparisons = new StoreComparisons(house.Requests);
        var edge = Epochs.BeginOf(Epochs.At(ComparedData.FromMs)).ToUnixTimeMilliseconds();
        Assert.Equal(StoreCodes.WindowOverEpochs, await CodeAsync(() => comparisons.RunAsync(
            Ask() with { FromMs = edge - 1, UntilMs = edge + 1 }, allowed, default)));
        Assert.Equal("malformed", await CodeAsync(() => comparisons.RunAsync(
            Ask() with { Q = 0.9 }, allowed, default)));
        Assert.Equal("malformed", await CodeAsync(() => house.Desk.PostAsync(
            StoreRoutes.Compare, Ask() with { Number = "1" }, StoreJson.Default.CompareAsk,
            StoreJson.Default.Comparison)));
        Assert.Equal(StoreCodes.AllowListUnknown, await CodeAsync(() => house.Desk.PostAsync(
            StoreRoutes.Compare, Ask(), StoreJson.Default.CompareAsk, StoreJson.Default.Comparison)));
    }

    [Fact]
    public async Task A_window_is_told_of_once_after_a_restart_with_other_rows_under_another_question_and_without_its_key()
    {
        var key = new NoiseKey(System.Security.Cryptography.SHA256.HashData("window"u8));
        var isErased = false;
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Noise = (_, _, _) => isErased
                ? throw new EpochKeyException("it was erased") : Task.FromResult<IFigureNoise>(new SharedKey(key)),
        });
        await ComparedData.FillAsync(house);
        var allowed = StoreComparisons.AllowedBy(ComparedData.Lists());
        var first = await new StoreComparisons(house.Requests).RunAsync(Ask(), allowed, default);
        Assert.NotEmpty(first.Figures.Candidates);

        await ComparedData.FillAsync(house);
        await house.StartAgainAsync();
        isErased = true;
        var runs = new StoreComparisons(house.Requests);
        var again = await runs.RunAsync(Ask() with { Q = 0.1, Seed = 77, TwoWayOnly = false }, allowed, default);
        Assert.Equal((first.Digest, Json(first.Figures)), (again.Digest, Json(again.Figures)));
        Assert.Equal(first.Withheld.Select(one => one.P), again.Withheld.Select(one => one.P));

        const long Day = 86_400_000;
        Assert.Equal(StoreCodes.WindowErased, await CodeAsync(() => runs.RunAsync(
            Ask() with { FromMs = ComparedData.FromMs - Day, UntilMs = ComparedData.FromMs }, allowed, default)));
        Assert.Equal(StoreCodes.WindowOverlaps, await CodeAsync(() => runs.RunAsync(
            Ask() with { FromMs = ComparedData.FromMs - Day }, allowed, default)));
        Assert.Equal(StoreCodes.WindowOpen, await CodeAsync(() => runs.RunAsync(
            Ask() with { FromMs = ComparedData.FromMs + 3_600_000 }, allowed, default)));
        Assert.Equal(StoreCodes.WindowOpen, await CodeAsync(() => runs.RunAsync(
            Ask() with { FromMs = ComparedData.UntilMs, UntilMs = ComparedData.UntilMs + Day }, allowed, default)));
        Assert.Equal(StoreCodes.BelowK, await CodeAsync(() => runs.RunAsync(Ask() with { K = 40 }, allowed, default)));

        var told = await new StorePopulation(house.Requests).QueryAsync(
            "endpoint-contacts", null, StoreHouse.Now.AddDays(-1).ToString("yyyy-MM-dd"), ComparedData.Shared, default);
        Assert.Equal(PopulationRefusal.FiguresSpent, told.Refusal);
    }

    [Fact]
    public async Task While_the_key_of_the_noise_cannot_be_had_nothing_is_told_and_the_same_may_be_asked_again()
    {
        var isAway = true;
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Noise = (_, _, _) => isAway
                ? throw new VaultDownException("the vault is away") : Task.FromResult<IFigureNoise>(new NoNoise()),
        });
        await ComparedData.FillAsync(house);
        var (runs, population) = (new StoreComparisons(house.Requests), new StorePopulation(house.Requests));
        var allowed = StoreComparisons.AllowedBy(ComparedData.Lists());

        var away = await Assert.ThrowsAsync<StoreException>(() => runs.RunAsync(Ask(), allowed, default));
        Assert.Equal((StoreCodes.NoNoiseKey, true), (((PeerRefusedException)away.InnerException!).Code, away.Retryable));
        away = await Assert.ThrowsAsync<StoreException>(
            () => population.QueryAsync("protocols", null, null, null, default));
        Assert.Contains("the vault is away; ask again", away.Message, StringComparison.Ordinal);
        isAway = false;

        Assert.NotEmpty((await runs.RunAsync(Ask(), allowed, default)).Figures.Candidates);
        Assert.NotNull((await population.QueryAsync("protocols", null, null, null, default)).View);
    }

    private sealed class SharedKey(NoiseKey key) : IFigureNoise
    {
        public long Draw(string cell) => key.Draw(cell);

        public void Dispose()
        {
        }
    }

    [Fact]
    public async Task Whom_a_block_would_hit_and_what_was_met_come_as_counts_and_bands()
    {
        await using var house = await StoreHouse.OpenAsync();
        await ComparedData.FillAsync(house);
        var target = MitigationTarget.Endpoint(
            Prefix.From(ComparedData.Shared.Address, 128), ComparedData.Shared.Protocol, [ComparedData.Shared.Port]);
        var counts = new StoreCounts(house.Requests);
        var hit = (await counts.CountAsync(target, [], default)).NonCaseSubjects;
        Assert.InRange(hit, 6, 60);
        Assert.Equal(hit, (await counts.CountAsync(
            target, [ComparedData.Line(1), ComparedData.Line(2), ComparedData.Line(100)], default)).NonCaseSubjects);

        Assert.All(await counts.SightedAsync(StoreHouse.Now.AddDays(-2), 10, default), row => Assert.Equal(0, row.LinesFrom));
        _ = await new StoreComparisons(house.Requests).RunAsync(
            Ask(), StoreComparisons.AllowedBy(ComparedData.Lists()), default);
        var sighted = await counts.SightedAsync(StoreHouse.Now.AddDays(-2), 10, default);
        Assert.Equal(
            [(ComparedData.Control.ToString(), 20L), (ComparedData.Allowed.ToString(), 0L)],
            sighted.Select(row => (row.Endpoint, row.LinesFrom)));
        var chain = await house.ChainAsync();
        Assert.Equal(2, chain.Count(e => e.Act == AuditActions.CountCollateral));
        Assert.Contains(chain, e => e.Act == AuditActions.CountCollateral && e.Reason.Contains("without 3 subjects"));
    }

    internal static CompareAsk Ask() => new(
        RequestNumber.Create(), ComparedData.FromMs, ComparedData.UntilMs, TwoWayOnly: true, "", Seed, 0.01,
        Strict: false, K: 10);

    private static async Task<string> CodeAsync(Func<Task> ask) =>
        (await Assert.ThrowsAsync<PeerRefusedException>(ask)).Code;

    private static string Json(ComparedFigures figures) =>
        JsonSerializer.Serialize(figures, StoreJson.Default.ComparedFigures);

    /// <summary>As one process did it: the report of the same rows, in clear.</summary>
    private static async Task<Report> InProcessAsync(StoreHouse house, string profile)
    {
        var window = new PairWindow(ComparedData.FromMs, ComparedData.UntilMs);
        var lists = ComparedData.Lists();
        return await RunReport.MakeAsync(
            new PairCounts(house.Store.Client, StoreHouse.Networks.Lines),
            new RunResults
            {
                Profile = profile,
                Window = new ReportWindow(StoreHouse.Now.AddDays(-1), StoreHouse.Now),
                Compared = window,
                Inputs = [],
                Exporters = [],
                Flows = new ReportFlows(),
                Networks = StoreHouse.Networks,
                Lists = lists,
                Watchlists = [],
                Standing = await StoredSightings.StandingAsync(house.Store, window, lists, default),
                Seed = Seed,
                Cohort = 0x5EED,
                Elapsed = () => TimeSpan.FromSeconds(1),
            },
            default);
    }
}
