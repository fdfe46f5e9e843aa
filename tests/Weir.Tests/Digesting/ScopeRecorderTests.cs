// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Tests.Support;

namespace Weir.Tests.Digesting;

/// <summary>One shard's evidence against every flow looked at by hand: whenever a scope opens, each flow inside counts
/// once and nothing else does.</summary>
public sealed class ScopeRecorderTests : IDisposable
{
    private const long Minute = 60_000;
    private const long Noon = RandomFlows.Noon;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-recorder-").FullName;
    private readonly InMemoryEvidenceSink _kept = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Property(MaxTest = 60)]
    public void Evidence_is_every_flow_inside_a_scope_once_whenever_the_scope_opened(int seed)
    {
        var (rows, scopes, flows, reach) = Play(seed, ringOctets: 64 << 20);

        Assert.All(scopes, scope => Assert.Equal(scope.FromMs, reach[scope.Scope]));
        Assert.Equal(RandomFlows.Sorted(RandomFlows.Expected(scopes, flows)), RandomFlows.Sorted(rows));
    }

    [Property(MaxTest = 40)]
    public void A_ring_too_small_says_from_when_evidence_is_whole_and_adds_nothing(int seed)
    {
        var (rows, scopes, flows, reach) = Play(seed, ringOctets: 1, flowCount: 30_000);

        var expected = RandomFlows.Expected(scopes, flows);
        Assert.Equal(
            RandomFlows.Sorted(expected.Where(row => row.StartMs >= reach[row.Scope])),
            RandomFlows.Sorted(rows.Where(row => row.StartMs >= reach[row.Scope])));
        var before = expected.GroupBy(row => row).ToDictionary(same => same.Key, same => same.Count());
        Assert.All(rows.GroupBy(row => row), same =>
            Assert.True(before.GetValueOrDefault(same.Key) >= same.Count(), "a row that no flow made, or made twice"));
        Assert.Contains(scopes, scope => reach[scope.Scope] > scope.FromMs);
    }

    [Fact]
    public async Task A_flow_that_began_before_the_scope_is_outside_though_it_reaches_in()
    {
        using var recorder = Recorder();
        var scope = Flood(1);
        await recorder.Watch([scope]);
        recorder.Add([
            Flow(scope.FromMs - 1, Minute), Flow(scope.FromMs, 0), Flow(scope.UntilMs - 1, Minute),
            Flow(scope.UntilMs, 0)]);
        await recorder.FlushBeside(0);

        Assert.Equal([scope.FromMs, scope.UntilMs - 1], _kept.Rows.Select(row => row.StartMs).Order());
    }

    [Theory]
    [InlineData(Direction.Out, 9, 0)]
    [InlineData(Direction.In, 0, 4)]
    [InlineData(Direction.Both, 9, 4)]
    public async Task Of_a_flow_both_ways_only_the_half_that_the_scope_means_is_kept(
        Direction direction, int packetsOut, int packetsIn)
    {
        using var recorder = Recorder();
        await recorder.Watch([Flood(1, direction)]);
        recorder.Add([Flow(Noon, 5) with { PacketsIn = 4, OctetsIn = 400, FlagsIn = 0x12, FlagsOut = 0x1A }]);
        await recorder.FlushBeside(0);

        var row = Assert.Single(_kept.Rows);
        Assert.Equal(((ulong)packetsOut, (ulong)packetsIn), (row.PacketsOut, row.PacketsIn));
        Assert.Equal((packetsOut > 0 ? 0x1A : 0, packetsIn > 0 ? 0x12 : 0), (row.FlagsOut, row.FlagsIn));
        Assert.Equal(packetsOut > 0, row.OctetsOut > 0);
        Assert.Equal(packetsIn > 0, row.OctetsIn > 0);
    }

    [Fact]
    public async Task Two_scopes_of_one_subject_stay_two()
    {
        using var recorder = Recorder();
        await recorder.Watch([Flood(1), Flood(2) with { FromMs = Noon + 10 }]);
        recorder.Add([Flow(Noon, 5), Flow(Noon + 10, 5)]);
        await recorder.FlushBeside(0);

        Assert.Equal([1UL, 1UL, 2UL], _kept.Rows.Select(row => row.Scope.Number).Order());
    }

    [Fact]
    public async Task A_scope_that_is_over_takes_late_flows_until_every_exporter_has_passed_its_end()
    {
        using var recorder = Recorder();
        var scope = Flood(1);
        await recorder.Watch([scope]);
        recorder.End([scope.Scope, new ScopeId(999)]);
        await recorder.FlushBeside(scope.UntilMs - 1);
        recorder.Add([Flow(Noon, 5)]);
        Assert.Equal(1, recorder.State.Scopes);

        await recorder.FlushBeside(scope.UntilMs);
        recorder.Add([Flow(Noon, 5)]);
        await recorder.FlushBeside(scope.UntilMs);
        Assert.Equal(0, recorder.State.Scopes);
        Assert.Single(_kept.Rows);
    }

    /// <summary>The desk was away for longer than anybody watched, and orders what was recorded meanwhile.</summary>
    [Fact]
    public async Task A_scope_that_comes_back_after_its_end_goes_on_there_and_no_flow_is_written_twice()
    {
        using var recorder = Recorder();
        var scope = Flood(1);
        var since = (await recorder.Watch([scope]))[scope.Scope];
        recorder.Add([Flow(Noon, 5)]);
        recorder.End([scope.Scope]);
        await recorder.FlushBeside(scope.UntilMs);
        recorder.Add([Flow(scope.UntilMs + 5, 5)]);
        Assert.Equal(0, recorder.State.Scopes);

        var again = await recorder.Watch([scope with { UntilMs = scope.UntilMs + Minute }]);
        await recorder.FlushBeside(0);
        Assert.Equal(since, again[scope.Scope]);
        Assert.Equal([Noon, scope.UntilMs + 5], _kept.Rows.Select(row => row.StartMs).Order());
    }

    /// <summary>The desk works off what came while it was away: its orders reach less far at first than was recorded.
    /// </summary>
    [Fact]
    public async Task A_backlog_of_orders_for_a_scope_that_was_over_writes_no_flow_twice()
    {
        using var recorder = Recorder();
        var scope = Flood(1);
        await recorder.Watch([scope]);
        recorder.Add([Flow(scope.UntilMs - 5, 5)]);
        recorder.End([scope.Scope]);
        await recorder.FlushBeside(scope.UntilMs);
        recorder.Add([Flow(scope.UntilMs + 5, 5)]);
        foreach (var untilMs in (long[])[scope.UntilMs - 1_000, scope.UntilMs - 1, scope.UntilMs + Minute])
        {
            await recorder.Watch([scope with { UntilMs = untilMs }]);
        }

        await recorder.FlushBeside(0);
        Assert.Equal([scope.UntilMs - 5, scope.UntilMs + 5], _kept.Rows.Select(row => row.StartMs).Order());
    }

    [Fact]
    public async Task What_is_not_corroborated_is_in_a_scope_while_its_grounds_are_not_either()
    {
        using var recorder = Recorder();
        var doubtful = Flow(Noon, 5) with { Standing = FlowStanding.Doubtful };
        await recorder.Watch([Flood(1) with { IsSealed = true }]);
        recorder.Add([doubtful]);
        await recorder.Watch([Flood(1)]);
        recorder.Add([doubtful with { StartMs = Noon + 1 }]);
        await recorder.Watch([Flood(1) with { IsSealed = true }]);
        recorder.Add([doubtful with { StartMs = Noon + 2 }]);
        await recorder.FlushBeside(0);
        Assert.Equal([Noon, Noon + 2], _kept.Rows.Select(row => row.StartMs).Order());
    }

    [Fact]
    public async Task A_scope_that_was_not_ended_stays_however_late_it_is()
    {
        using var recorder = Recorder();
        var scope = Flood(1);
        await recorder.Watch([scope]);
        await recorder.FlushBeside(long.MaxValue);
        Assert.Equal(1, recorder.State.Scopes);

        await recorder.Watch([scope with { UntilMs = scope.UntilMs + Minute }]);
        recorder.Add([Flow(scope.UntilMs, 5)]);
        await recorder.FlushBeside(0);
        Assert.Single(_kept.Rows);
    }

    [Fact]
    public async Task A_watch_that_would_change_its_scope_is_refused_and_changes_nothing()
    {
        using var recorder = Recorder();
        await recorder.Watch([Flood(1)]);
        var wider =
            Flood(1) with { Class = TrafficClass.Create(Direction.Both, Protocols.Udp, [7703, 53], []).Predicate };

        Assert.Contains(
            "open a new one",
            (await Assert.ThrowsAsync<ArgumentException>(() => recorder.Watch([Flood(2), wider]))).Message,
            StringComparison.Ordinal);
        recorder.Add([Flow(Noon, 5) with { RemotePort = 53 }, Flow(Noon, 5)]);
        await recorder.FlushBeside(0);
        Assert.Equal([1UL], _kept.Rows.Select(row => row.Scope.Number));
    }

    [Fact]
    public async Task The_reach_of_a_scope_is_that_of_its_opening_though_the_ring_has_moved_on()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        using var recorder = Recorder(clock);
        recorder.Add([Flow(Noon, 5)]);
        var scope = Flood(1);
        Assert.Equal(scope.FromMs, (await recorder.Watch([scope]))[scope.Scope]);
        recorder.Add([Flow(Noon + Minute, 5)]);
        await recorder.FlushBeside(0);
        clock.Advance(TimeSpan.FromHours(3));
        await recorder.FlushBeside(0);
        await recorder.FlushBeside(0);

        Assert.Equal(
            scope.FromMs, (await recorder.Watch([scope with { UntilMs = scope.UntilMs + Minute }]))[scope.Scope]);
        Assert.Equal(2, _kept.Rows.Length);
    }

    [Fact]
    public async Task A_sink_that_breaks_is_heard_of_at_the_flush_whichever_way_the_row_went()
    {
        _kept.Broken = new IOException("the disk is full");
        using var live = Recorder();
        await live.Watch([Flood(1)]);
        live.Add([Flow(Noon, 5)]);
        Assert.Equal("the disk is full", (await Assert.ThrowsAsync<IOException>(() => live.FlushBeside(0))).Message);

        using var past = Recorder();
        past.Add([Flow(Noon, 5)]);
        await past.Watch([Flood(1)]);
        Assert.Equal("the disk is full", (await Assert.ThrowsAsync<IOException>(() => past.FlushBeside(0))).Message);
    }

    [Fact]
    public async Task Ten_thousand_scopes_opened_one_by_one_share_passes()
    {
        using var recorder = Recorder();
        var random = new Random(3);
        for (var batch = 0; batch < 50; batch++)
        {
            recorder.Add(
                Enumerable.Range(0, 1_000).Select(_ => RandomFlows.One(random, Noon, Noon + Minute, 20_000)).ToArray());
        }

        var opened = Enumerable.Range(0, 10_000)
            .Select(i => recorder.Watch([RandomFlows.Watch(random, (ulong)i, Noon, Noon + Minute, 20_000)])).ToArray();
        await Task.WhenAll(opened);
        await recorder.FlushBeside(0);
        Assert.Equal(10_000, recorder.State.Scopes);
        Assert.InRange(recorder.State.Passes, 1, 5_000);
        Assert.NotEmpty(_kept.Rows);
    }

    [Fact]
    public void Taking_flows_allocates_nothing_with_many_scopes_open()
    {
        using var recorder = new ScopeRecorder(new EvidenceDependencies { Sink = _kept }, 1);
        var random = new Random(4);
        _ = recorder.Watch([.. Enumerable.Range(0, 10_000)
            .Select(i => RandomFlows.Watch(random, (ulong)i, Noon - Minute, Noon, 20_000))]);
        var flows = Enumerable.Range(0, 1_000)
            .Select(_ => RandomFlows.One(random, Noon, Noon + Minute, 20_000)).ToArray();
        recorder.Add(flows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            recorder.Add(flows);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>A day at one shard: batches of flows, scopes that open, slide and end in between, all
    /// from the seed.</summary>
    private (EvidenceRow[] Rows, List<ScopeWatch> Scopes, List<Flow> Flows, Dictionary<ScopeId, long> Reach) Play(
        int seed, long ringOctets, int flowCount = 4_000)
    {
        var random = new Random(seed);
        var kept = new InMemoryEvidenceSink();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(TimeSpan.FromMilliseconds(Noon + (60 * Minute)));
        using var recorder = new ScopeRecorder(new EvidenceDependencies
        {
            Sink = kept,
            Time = clock,
            Ring = new RingOptions { Directory = _folder, Size = ringOctets }
        }, 1);
        var (flows, scopes) = (new List<Flow>(), new List<ScopeWatch>());
        var told = new List<Task<IReadOnlyDictionary<ScopeId, long>>>();
        while (flows.Count < flowCount)
        {
            var batch = Enumerable.Range(0, random.Next(1, flowCount / 8))
                .Select(_ => RandomFlows.One(random, Noon, Noon + (20 * Minute))).ToArray();
            flows.AddRange(batch);
            recorder.Add(batch);
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(2_000)));
            var from = Noon + random.NextInt64(0, 10 * Minute);
            List<ScopeWatch> now = [.. Enumerable.Range(0, random.Next(3)).Select(i => RandomFlows.Watch(
                random, (ulong)((scopes.Count * 10) + i), from, from + random.NextInt64(1, 10 * Minute)))];
            scopes.AddRange(now);
            if (scopes.Count > 0 && random.Next(2) == 0)
            {
                var at = random.Next(scopes.Count);
                scopes[at] = scopes[at] with { UntilMs = scopes[at].UntilMs + random.NextInt64(0, 3 * Minute) };
                now = [.. now.Where(scope => scope.Scope != scopes[at].Scope), scopes[at]];
            }

            told.Add(recorder.Watch(now));
            if (random.Next(3) == 0)
            {
                recorder.FlushBeside(Noon).Wait();
            }
        }

        recorder.FlushBeside(Noon).Wait();
        var reach = told.SelectMany(task => task.Result)
            .GroupBy(pair => pair.Key).ToDictionary(same => same.Key, same => same.Max(pair => pair.Value));
        if (scopes.Count == 0 || ringOctets == 1)
        {
            // The last scope asks for everything when most has left a small ring.
            var late = RandomFlows.Watch(random, 1_000_000, Noon, Noon + (20 * Minute));
            scopes.Add(late);
            reach[late.Scope] = recorder.Watch([late]).Result[late.Scope];
            recorder.FlushBeside(Noon).Wait();
        }

        return (kept.Rows, scopes, flows, reach);
    }

    private ScopeRecorder Recorder(TimeProvider? time = null) =>
        new(new EvidenceDependencies
        {
            Sink = _kept,
            Time = time ?? TimeProvider.System,
            Ring = new RingOptions { Directory = _folder, Size = 64 << 20 }
        }, 1);

    private static ScopeWatch Flood(ulong number, Direction direction = Direction.Out) =>
        new(
            new ScopeId(number), RandomFlows.Subject(1),
            TrafficClass.Create(direction, Protocols.Udp, [7703], []).Predicate,
            Noon - (5 * Minute), Noon + (15 * Minute));

    private static Flow Flow(long startMs, long lasts) => new()
    {
        Subject = RandomFlows.Subject(1),
        Remote = RandomFlows.Remote(1),
        RemotePort = 7703,
        Protocol = Protocols.Udp,
        PacketsOut = 9,
        OctetsOut = 900,
        SamplingInterval = 1,
        StartMs = startMs,
        EndMs = startMs + lasts,
    };
}
