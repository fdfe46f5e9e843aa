// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Desk.Remediation;
using Weir.Hosting.Health;
using Weir.Wire.Native;

namespace Weir.Tests.Remediation;

/// <summary>The alarm for exporters that fell silent.</summary>
public sealed class ExporterWatchTests : ICoverageSource
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private CoverageReply? _coverage;

    [Fact]
    public async Task A_silent_exporter_is_told_of_and_not_once_it_delivers_again()
    {
        var watch = new ExporterWatch(this, new(), new FakeTimeProvider(Now));
        _coverage = Covered(Exporter("192.0.2.1", Gap(-15, -1)), Exporter("192.0.2.2", Gap(-6, -1)));
        await watch.RunOnceAsync(default);

        Assert.Equal(1, watch.Silent);
        Assert.Equal(HealthState.Degraded, watch.Check().State);
        Assert.Contains(
            "exporter 192.0.2.1 has delivered nothing since 2026-11-20 07:45:00Z", watch.Check().Reason,
            StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.2", watch.Check().Reason, StringComparison.Ordinal);

        _coverage = Covered(Exporter("192.0.2.1", Gap(-15, -2)), Exporter("192.0.2.2", Gap(-6, -3)));
        await watch.RunOnceAsync(default);
        Assert.Equal((0, HealthState.Ok), (watch.Silent, watch.Check().State));
    }

    [Fact]
    public async Task Rows_that_come_no_more_and_a_store_that_is_away_are_told_of()
    {
        var time = new FakeTimeProvider(Now);
        var watch = new ExporterWatch(this, new(), time);
        _coverage = null;
        await watch.RunOnceAsync(default);
        Assert.Equal(HealthState.Ok, watch.Check().State); // both are starting
        _coverage = new(Now.AddDays(-1), Now.AddMinutes(-20), Now.AddMinutes(-20), [Exporter("192.0.2.1")]);
        await watch.RunOnceAsync(default);
        Assert.Contains("no collector has written", watch.Check().Reason, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(2));
        _coverage = null;
        await watch.RunOnceAsync(default);
        Assert.Contains("cannot be told", watch.Check().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_from_which_nothing_comes_is_told_of_once_a_start_has_had_its_time()
    {
        var time = new FakeTimeProvider(Now);
        var watch = new ExporterWatch(this, new(), time);
        foreach (var nothing in new[] { new CoverageReply(Now.AddDays(-1), Now, null, []), Covered() })
        {
            _coverage = nothing;
            await watch.RunOnceAsync(default);
            Assert.Equal(HealthState.Ok, watch.Check().State);
        }

        time.Advance(TimeSpan.FromMinutes(13));
        _coverage = new(Now.AddDays(-1), Now, null, []);
        await watch.RunOnceAsync(default);
        Assert.Equal((ExporterWatch.NoData, Now), (watch.Alarms.Single().Kind, watch.Alarms.Single().Since));
        Assert.Contains("collecting.listen", watch.Check().Reason, StringComparison.Ordinal);

        _coverage = new(
            Now.AddDays(-1), Now.AddMinutes(12), Now.AddMinutes(12), [Exporter("192.0.2.1", Gap(-1_000, 11))]);
        await watch.RunOnceAsync(default);
        Assert.Equal(HealthState.Ok, watch.Check().State);
    }

    Task<CoverageReply> ICoverageSource.ReadAsync(
        DateTimeOffset from, DateTimeOffset until, IReadOnlyCollection<string> exporters, CancellationToken cancel) =>
        Task.FromResult(_coverage ?? throw new StoreException(0, "no socket", retryable: true));

    private static CoverageReply Covered(params ExporterCoverage[] exporters) =>
        new(Now.AddDays(-1), Now.AddMinutes(-1), Now.AddMinutes(-1), exporters);

    private static ExporterCoverage Exporter(string address, params CoverageGap[] gaps) =>
        new(address, 1_439, 1_400, 10_000, 100_000, 0, 1, gaps);

    private static CoverageGap Gap(int from, int until) =>
        new(Now.AddMinutes(from), Now.AddMinutes(until), WasWatched: true);
}
