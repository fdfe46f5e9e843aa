// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Collector.Collecting;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Collecting;

public class FaultLogTests
{
    private static readonly IpKey Exporter = IpKey.Parse("192.0.2.1");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly Lines _lines = new();

    [Fact]
    public void A_pair_is_told_once_in_30_seconds_and_counted_always()
    {
        var faults = new FaultLog(_time, _lines);
        for (var i = 0; i < 1_000; i++)
        {
            faults.Count(Exporter, Fault("rule a"));
        }

        faults.Count(Exporter, Fault("rule b"));
        Assert.Equal(2, _lines.Written.Count);
        Assert.Equal("exporter 192.0.2.1 sent something malformed: rule a, octet 4, costs SkipSet; 1 "
            + "times since the last such line", _lines.Written[0]);

        _time.Advance(TimeSpan.FromSeconds(30));
        faults.Count(Exporter, Fault("rule a"));

        Assert.Equal("exporter 192.0.2.1 sent something malformed: rule a, octet 4, costs SkipSet; 1000 "
            + "times since the last such line", _lines.Written[2]);
        Assert.Equal(
            [(Exporter, "rule a", 1_001L), (Exporter, "rule b", 1L)],
            faults.Counts.Select(c => (c.Exporter!.Value, c.Rule, c.Times)));
    }

    [Fact]
    public void Forged_exporters_fill_neither_the_table_nor_the_log()
    {
        var faults = new FaultLog(_time, _lines, pairs: 64);
        for (var i = 0U; i < 10_000; i++)
        {
            faults.Count(IpKey.FromV4(i), Fault("rule"));
        }

        Assert.Equal(20, _lines.Written.Count);
        Assert.Equal(65, faults.Counts.Count);
        Assert.Equal(10_000, faults.Total);

        _time.Advance(TimeSpan.FromSeconds(31));
        faults.Count(IpKey.FromV4(1), Fault("rule"));
        Assert.Contains("9980 faults were only counted in the last 30 s", _lines.Written[20], StringComparison.Ordinal);
    }

    [Fact]
    public void Idle_pairs_give_way_and_their_counts_stay()
    {
        var faults = new FaultLog(_time, _lines, pairs: 2);
        faults.Count(IpKey.FromV4(1), Fault("rule"));
        faults.Count(IpKey.FromV4(2), Fault("rule"));
        _time.Advance(TimeSpan.FromMinutes(9));
        faults.Count(IpKey.FromV4(2), Fault("rule"));
        _time.Advance(TimeSpan.FromMinutes(2));

        faults.Count(IpKey.FromV4(3), Fault("rule"));

        Assert.Equal([(IpKey.FromV4(2), 2L), (IpKey.FromV4(3), 1L), (null, 1L)], faults.Counts
            .OrderBy(c => c.Exporter is null).ThenBy(c => c.Exporter).Select(c => (c.Exporter, c.Times)));
        Assert.Equal(4, faults.Total);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_known_pair()
    {
        var faults = new FaultLog(_time, _lines);
        var fault = Fault("rule");
        faults.Count(Exporter, fault);
        faults.Count(Exporter, fault);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            faults.Count(Exporter, fault);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Malformed Fault(string rule) => new(Damage.SkipSet, 4, rule);

    private sealed class Lines : ILogger<FaultLog>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
                Written.Add(formatter(state, exception));
    }
}
