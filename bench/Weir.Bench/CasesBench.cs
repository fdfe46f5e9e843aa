// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>A worm: from ten thousand signed events in the inbox to ten thousand scopes that are audited,
/// recorded and in force.</summary>
public static class CasesBench
{
    private const int Worm = 10_000;
    private const long Noon = 1_700_049_600_000;

    /// <summary>The desk that a worm meets has run for long: what the first two cost is compiling.</summary>
    public static void Run(Scores scores)
    {
        for (var i = 0; i < 2; i++)
        {
            RunAsync(new Scores(TextWriter.Null)).GetAwaiter().GetResult();
        }

        RunAsync(scores).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var folder = Directory.CreateTempSubdirectory("weir-bench-cases-").FullName;
        try
        {
            await using var place = await BenchDesk.OpenAsync(
                folder, new FixedClock(DateTimeOffset.FromUnixTimeMilliseconds(Noon)));
            var desk = place.Desk;
            var events = Enumerable.Range(1, Worm).Select(i => place.Sign(Event(i))).ToArray();

            var watch = Stopwatch.StartNew();
            await place.HandleAsync(events);
            var seconds = watch.Elapsed.TotalSeconds;
            var inForce = desk.Orders.Count;
            if (desk.Taken != Worm || inForce != Worm || desk.Fault.Length > 0)
            {
                throw new InvalidOperationException($"of {Worm} events {desk.Taken} were taken and {inForce} scopes "
                    + $"are in force: {desk.Fault}");
            }

            scores.AtMost(
                "cases", $"{Worm:N0} events to as many scopes, audited, recorded and in force", seconds, "s", 10);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static QualityEvent Event(int number) => new()
    {
        Number = (ulong)number,
        Phase = EventPhase.Opened,
        Subject = new(IpKey.FromV4(0x0A00_0000 + (uint)number).Bits),
        Rule = RuleId.Scan,
        RuleVersion = 1,
        Class = TrafficClass.Create(Direction.Out, Protocols.Tcp, [445], []),
        FromMs = Noon,
        UntilMs = Noon + 60_000,
        TriggeredMs = Noon + 30_000,
        Measured = 900,
        Threshold = 100,
        Unit = "remotes/min",
        WindowSeconds = 60,
        SamplingInterval = 1,
        Exporter = IpKey.FromV4(0xC000_0201),
    };

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
