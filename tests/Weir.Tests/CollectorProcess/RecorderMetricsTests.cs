// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Digesting;
using Weir.Collector.Status;
using Weir.Hosting.Metrics;
using Weir.Tests.Cli.Web;
using Weir.Tests.Support;

namespace Weir.Tests.CollectorProcess;

public sealed class RecorderMetricsTests
{
    [Fact]
    public void Shards_are_added_up_and_the_reach_is_that_of_the_shortest_ring()
    {
        using var meters = new Meters();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(TimeSpan.FromSeconds(1_000));
        using var registry = new MetricsRegistry(meters.Factory);
        RecorderState[] shards =
        [
            new(10, 2, 1, new RingState(3, 30, 300, 1, 0, 700_000, "")),
            new(5, 1, 1, new RingState(2, 20, 200, 4, 0, 900_000, "")),
            new(1, 0, 0, null),
        ];
        _ = new RecorderMetrics(meters.Factory, () => shards, clock);
        Assert.Contains("weir_evidence_rows_total 0\n", MetricsPage.Render(registry), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Contains("weir_evidence_rows_total 0\n", MetricsPage.Render(registry), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(1));
        var page = MetricsPage.Render(registry);

        Assert.Contains("weir_evidence_rows_total 100\n", page, StringComparison.Ordinal);
        Assert.Contains("weir_evidence_scopes 3\n", page, StringComparison.Ordinal);
        Assert.Contains("weir_ring_blocks 5\n", page, StringComparison.Ordinal);
        Assert.Contains("weir_ring_lost_flows_total 5\n", page, StringComparison.Ordinal);
        Assert.Contains("weir_ring_reach_seconds 160\n", page, StringComparison.Ordinal);
    }
}
