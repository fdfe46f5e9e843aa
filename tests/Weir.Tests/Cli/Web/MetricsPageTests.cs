// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Web;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sockets;
using Weir.Hosting.Metrics;
using Weir.Tests.Collecting.Sockets;
using Weir.Tests.Support;
using Weir.Vault.Identity.Intake;
using Weir.Wire;

namespace Weir.Tests.Cli.Web;

public sealed class MetricsPageTests : IDisposable
{
    private readonly Meters _meters = new();
    private readonly Meter _meter;

    public MetricsPageTests() => _meter = _meters.Factory.Create("Weir.Test");

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void Every_kind_of_instrument_has_its_text()
    {
        using var registry = new MetricsRegistry(_meters.Factory);
        var counter = _meter.CreateCounter<long>("weir.test.flows", "{flow}", "Flows \\ seen\nhere.");
        counter.Add(2, new KeyValuePair<string, object?>("exporter", "a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("exporter", "a\"b\\c\nd"));
        var open = _meter.CreateUpDownCounter<int>("weir.test.open", "1", "Open.");
        open.Add(5);
        open.Add(-2);
        _meter.CreateGauge<double>("weir.test.level", "By", "Level.").Record(1.5);
        _meter.CreateObservableGauge("weir.test.seen", () => 7, "s", "Seen.");
        var times = _meter.CreateHistogram<double>(
            "weir.test.took", "s", "Took.", null, new() { HistogramBucketBoundaries = [1, 2] });
        times.Record(1, new KeyValuePair<string, object?>("lane", 0));
        times.Record(5, new KeyValuePair<string, object?>("lane", 0));

        Assert.Equal(
            """
            # HELP weir_test_flows_total Flows \\ seen\nhere.
            # TYPE weir_test_flows_total counter
            weir_test_flows_total{exporter="a\"b\\c\nd"} 5
            # HELP weir_test_level_bytes Level.
            # TYPE weir_test_level_bytes gauge
            weir_test_level_bytes 1.5
            # HELP weir_test_open Open.
            # TYPE weir_test_open gauge
            weir_test_open 3
            # HELP weir_test_seen_seconds Seen.
            # TYPE weir_test_seen_seconds gauge
            weir_test_seen_seconds 7
            # HELP weir_test_took_seconds Took.
            # TYPE weir_test_took_seconds histogram
            weir_test_took_seconds_bucket{lane="0",le="1"} 1
            weir_test_took_seconds_bucket{lane="0",le="2"} 1
            weir_test_took_seconds_bucket{lane="0",le="+Inf"} 2
            weir_test_took_seconds_sum{lane="0"} 6
            weir_test_took_seconds_count{lane="0"} 2

            """, MetricsPage.Render(registry));
        Assert.Equal(MetricsPage.Render(registry), MetricsPage.Render(registry));
    }

    [Fact]
    public void A_label_outside_the_list_never_shows_and_its_values_are_summed_up()
    {
        using var registry = new MetricsRegistry(_meters.Factory);
        var counter = _meter.CreateCounter<long>("weir.test.flows", "{flow}", "Flows.");
        counter.Add(2, new KeyValuePair<string, object?>("subject", "10.0.0.7"));
        counter.Add(3, new KeyValuePair<string, object?>("subject", "10.0.0.8"));

        Assert.EndsWith("\nweir_test_flows_total 5\n", MetricsPage.Render(registry), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_are_bounded_and_the_total_stays_right()
    {
        using var registry = new MetricsRegistry(_meters.Factory, seriesPerInstrument: 3);
        var counter = _meter.CreateCounter<long>("weir.test.flows", "{flow}", "Flows.");
        for (var exporter = 0; exporter < 100; exporter++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("exporter", exporter));
        }

        var lines = MetricsPage.Render(registry)
            .Split('\n').Where(line => line.StartsWith("weir_test", StringComparison.Ordinal)).ToArray();

        Assert.Equal(4, lines.Length);
        Assert.Equal(100, lines.Sum(line => int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)));
        Assert.Contains("weir_test_flows_total{reason=\"too many series\"} 97", lines);
    }

    [Fact]
    public void An_observed_series_that_is_gone_is_not_told_any_more()
    {
        using var registry = new MetricsRegistry(_meters.Factory);
        var exporters = new List<string> { "a", "b" };
        _meter.CreateObservableGauge(
            "weir.test.seen",
            () => exporters.Select(e => new Measurement<int>(1, new KeyValuePair<string, object?>("exporter", e))),
            null, "Seen.");
        Assert.Contains("exporter=\"b\"", MetricsPage.Render(registry), StringComparison.Ordinal);

        exporters.Remove("b");

        Assert.DoesNotContain("exporter=\"b\"", MetricsPage.Render(registry), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sockets_and_the_faults_are_on_the_page()
    {
        using var intake = Loopback.Open(Loopback.Any());
        var faults = new FaultLog(TimeProvider.System, NullLogger<FaultLog>.Instance);
        faults.Count(IpKey.Parse("192.0.2.1"), new(Damage.SkipSet, 0, "RFC 7011 set length"));
        _ = new SocketMetrics(_meters.Factory, () => intake);
        _ = new FaultMetrics(_meters.Factory, faults, static _ => true);
        using var registry = new MetricsRegistry(_meters.Factory);
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(_ => new RecordingBatchHandler(new ReceivedDatagrams()), stop.Token);
        using var sender = Loopback.SenderTo(intake.Sockets.Single().LocalEndPoint);
        sender.Send(new byte[40]);
        Loopback.Until(() => intake.Sockets.Single().Datagrams == 1);
        await stop.CancelAsync();
        await running;

        var page = MetricsPage.Render(registry);

        var labels = $"{{lane=\"0\",listener=\"{intake.Sockets.Single().Listener}\"}}";
        Assert.Contains($"\nweir_collecting_received_datagrams_total{labels} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"\nweir_collecting_received_bytes_total{labels} 40\n", page, StringComparison.Ordinal);
        Assert.Contains(
            $"\nweir_collecting_kernel_dropped_datagrams_total{labels} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("\nweir_collecting_intake_open 1\n", page, StringComparison.Ordinal);
        Assert.Contains(
            "\nweir_collecting_malformed_faults_total{exporter=\"192.0.2.1\",reason=\"RFC 7011 set length\"} 1\n", page,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_documentation_is_fresh_and_every_metric_has_a_sentence()
    {
        using var registry = new MetricsRegistry(_meters.Factory);
        foreach (var create in AllMetrics.Creators)
        {
            create(_meters.Factory);
        }

        Assert.All(registry.Instruments, i => Assert.EndsWith(".", i.Description, StringComparison.Ordinal));
        RepositoryRoot.AssertFresh("docs/51-metrics.md", MetricsDocs.Markdown(registry));
    }

    /// <summary>A stage that has instruments and is not in the list would be missing from the documentation.</summary>
    [Fact]
    public void Every_metrics_class_is_documented()
    {
        var classes = new[]
        {
            typeof(FaultMetrics).Assembly,
            typeof(Weir.Hosting.Auditing.AuditMetrics).Assembly,
            typeof(Weir.Store.Engine.EngineMetrics).Assembly,
            typeof(Weir.Desk.Cases.CaseMetrics).Assembly,
            typeof(Weir.Vault.Identity.Intake.IdentityMetrics).Assembly,
            typeof(AllMetrics).Assembly,
        }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Metrics", StringComparison.Ordinal) && type.GetConstructors()
                .Any(c => c.GetParameters().Any(p => p.ParameterType == typeof(IMeterFactory))))
            .Select(type => type.Name);

        Assert.Equal(classes.Distinct().Order(), AllMetrics.Names.Order());
    }
}
