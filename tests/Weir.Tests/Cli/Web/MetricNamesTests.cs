// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Cli.Web;
using Weir.Hosting.Metrics;

namespace Weir.Tests.Cli.Web;

/// <summary>A metric's name says once what is counted, and its unit as OpenTelemetry's mapping to
/// Prometheus says it.</summary>
public sealed class MetricNamesTests : IDisposable
{
    private readonly Meters _meters = new();
    private readonly MetricsRegistry _registry;

    public MetricNamesTests()
    {
        _registry = new(_meters.Factory);
        foreach (var create in AllMetrics.Creators)
        {
            create(_meters.Factory);
        }
    }

    public void Dispose()
    {
        _registry.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public void No_word_stands_twice_in_a_name() =>
        Assert.All(Names, name => Assert.Distinct(Words(name)));

    [Fact]
    public void Every_name_is_a_stage_and_what_is_counted_there() =>
        Assert.All(Names, name => Assert.Matches("^weir_[a-z]+(_[a-z0-9]+)+$", name));

    [Fact]
    public void No_two_instruments_have_one_name() =>
        Assert.Distinct(Names);

    [Fact]
    public void Counters_and_nothing_else_end_in_total() =>
        Assert.All(_registry.Instruments, i => Assert.Equal(
            MetricNames.Kind(i) == "counter",
            MetricNames.ToPrometheusName(i).EndsWith("_total", StringComparison.Ordinal)));

    [Fact]
    public void Every_unit_is_one_of_the_mapping_and_ends_the_name()
    {
        var words = new Dictionary<string, string>
        {
            ["s"] = "seconds",
            ["ms"] = "milliseconds",
            ["By"] = "bytes",
            ["1"] = "ratio"
        };
        Assert.All(_registry.Instruments, i =>
        {
            var name = MetricNames.ToPrometheusName(i);
            var bare = MetricNames.Kind(i) == "counter" ? name[..^"_total".Length] : name;
            if (string.IsNullOrEmpty(i.Unit) || i.Unit is ['{', .., '}'])
            {
                Assert.Equal(i.Name.Replace('.', '_'), bare);
                Assert.DoesNotContain(words.Values, word => bare.EndsWith($"_{word}", StringComparison.Ordinal));
            }
            else
            {
                Assert.True(words.ContainsKey(i.Unit), $"{i.Name}: the mapping has no unit '{i.Unit}'");
                Assert.EndsWith($"_{words[i.Unit]}", bare, StringComparison.Ordinal);
            }
        });
    }

    /// <summary>The mapping itself, on names no stage has.</summary>
    [Theory]
    [InlineData("weir.test.waited", "s", "weir_test_waited_seconds_total", "weir_test_waited_seconds")]
    [InlineData("weir.test.waited", "ms", "weir_test_waited_milliseconds_total", "weir_test_waited_milliseconds")]
    [InlineData("weir.test.size", "By", "weir_test_size_bytes_total", "weir_test_size_bytes")]
    [InlineData("weir.test.size_bytes", "By", "weir_test_size_bytes_total", "weir_test_size_bytes")]
    [InlineData("weir.test.share", "1", "weir_test_share_total", "weir_test_share_ratio")]
    [InlineData("weir.test.fill_ratio", "1", "weir_test_fill_ratio_total", "weir_test_fill_ratio")]
    [InlineData("weir.test.rows_held", "{row}", "weir_test_rows_held_total", "weir_test_rows_held")]
    [InlineData("weir.test.rows", null, "weir_test_rows_total", "weir_test_rows")]
    public void A_unit_becomes_a_word_and_a_remark_in_braces_none(
        string name, string? unit, string counter, string gauge)
    {
        var meter = _meters.Factory.Create("Weir.Test");

        Assert.Equal(counter, MetricNames.ToPrometheusName(meter.CreateCounter<long>(name, unit)));
        Assert.Equal(gauge, MetricNames.ToPrometheusName(meter.CreateGauge<long>(name, unit)));
    }

    [Fact]
    public void Neither_total_nor_a_unit_is_said_again()
    {
        var meter = _meters.Factory.Create("Weir.Test");

        Assert.Equal("weir_test_size_bytes_total", MetricNames.ToPrometheusName(
            meter.CreateCounter<long>("weir.test.size_bytes_total", "By")));
        Assert.Equal("weir_test_rows_total", MetricNames.ToPrometheusName(
            meter.CreateCounter<long>("weir.test.rows_total", "{row}")));
        Assert.Equal(
            "weir_test_open", MetricNames.ToPrometheusName(meter.CreateUpDownCounter<long>("weir.test.open", "1")));
    }

    private IEnumerable<string> Names => _registry.Instruments.Select(MetricNames.ToPrometheusName);

    /// <summary>Words of a name in the singular, as far as a rule can tell: cases_case has one of them twice.</summary>
    private static IEnumerable<string> Words(string name) =>
        name.Split('_')
            .Select(word => word.EndsWith("ies", StringComparison.Ordinal) ? $"{word[..^3]}y" : word.TrimEnd('s'));
}
