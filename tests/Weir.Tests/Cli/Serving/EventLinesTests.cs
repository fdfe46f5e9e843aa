// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Cli.Serving;
using Weir.Detecting;
using Weir.Flows;
using Weir.Wire;

namespace Weir.Tests.Cli.Serving;

/// <summary>The log tells that a rule fired and by how much, and never about whom.</summary>
public sealed class EventLinesTests
{
    private sealed class Kept : ILogger<EventLines>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }

    [Fact]
    public void An_event_is_told_when_it_opens_and_closes_without_subject_or_remote()
    {
        var kept = new Kept();
        var lines = new EventLines(kept);
        var subject = IpKey.Parse("10.20.30.40");
        var quality = new QualityEvent
        {
            Number = 0xabc,
            Phase = EventPhase.Opened,
            Subject = new SubjectKey(subject.Bits),
            Rule = RuleNames.FloodOut,
            RuleVersion = 1,
            Class = TrafficClass.Of(Direction.Out, Protocols.Udp, [7_703], [IpKey.Parse("203.0.113.9")]),
            FromMs = 0,
            UntilMs = 60_000,
            TriggeredMs = 30_000,
            Measured = 80_000,
            Threshold = 20_000,
            Unit = "packets/s",
            WindowSeconds = 30,
            SamplingInterval = 1,
            Exporter = IpKey.Parse("192.0.2.1"),
        };
        foreach (var phase in Enum.GetValues<EventPhase>())
        {
            lines.Take(new EventSigner().Sign(quality with { Phase = phase }));
        }

        Assert.Equal(
            ["event 0000000000000abc opened by flood-out/1: 80000 packets/s, threshold 20000", "event 0000000000000abc of flood-out/1 closed after 60 s: at most 80000 packets/s"],
            kept.Lines);
    }
}
