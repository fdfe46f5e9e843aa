// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Collector.Detecting;
using Weir.Collector.Running;
using Weir.Tests.Support;

namespace Weir.Tests.CollectorProcess;

public sealed class LateFlowWatchTests : ILogger<LateFlowWatch>
{
    private readonly List<string> _said = [];

    [Fact]
    public void Many_late_flows_are_told_with_the_setting_to_mend_and_not_again_for_ten_minutes()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var late = new LateFlowWatch(TimeSpan.FromSeconds(2), clock, this);

        late.Compare(new DetectingCounts { Seen = 900, Late = 900 });
        Assert.Empty(_said);
        late.Compare(new DetectingCounts { Seen = 2_000, Late = 900 });
        late.Compare(new DetectingCounts { Seen = 4_000, Late = 1_900 });
        Assert.Contains("decoding.active-timeout", Assert.Single(_said), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromMinutes(11));
        late.Compare(new DetectingCounts { Seen = 6_000, Late = 1_910 });
        Assert.Single(_said);
        late.Compare(new DetectingCounts { Seen = 8_000, Late = 2_910 });
        Assert.Equal(2, _said.Count);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _said.Add(formatter(state, exception));
}
