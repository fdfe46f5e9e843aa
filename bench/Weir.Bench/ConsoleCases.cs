// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>Fills the records of a desk with cases, for bench/compare/console.sh: lines out of a million, three rules,
/// a few hundred endpoints.</summary>
internal static class ConsoleCases
{
    private const uint Lines = 1_000_000;

    /// <summary>Without a divisor in common with <see cref="Lines"/>, so that each line comes once.</summary>
    private const uint Stride = 7_919;

    private const int Endpoints = 300;

    /// <summary>Over which events came, milliseconds: less than what nobody touched closes after.</summary>
    private const long Span = 13L * 24 * 3_600_000;

    /// <param name="folder">Where <c>records.sqlite</c> is made.</param>
    /// <param name="count">Cases.</param>
    /// <returns>How many there are.</returns>
    public static async Task<int> FillAsync(string folder, int count)
    {
        _ = Directory.CreateDirectory(folder);
        await using var place = await BenchDesk.OpenAsync(folder, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await place.HandleAsync(Enumerable.Range(1, count).Select(i => place.Sign(Event(i, now))));
        return place.Desk.Files.Count();
    }

    private static QualityEvent Event(int number, long now)
    {
        var far = $"198.51.{100 + (number % Endpoints / 250)}.{1 + (number % Endpoints % 250)}";
        var (rule, named) = (number % 3) switch
        {
            0 => (RuleId.Scan, TrafficClass.Create(Direction.Out, Protocols.Tcp, [445], [])),
            1 => (RuleId.FloodOut, TrafficClass.Create(Direction.Out, Protocols.Udp, [7703], [IpKey.Parse(far)])),
            _ => (RuleId.CncContact, TrafficClass.Create(Direction.Both, Protocols.Tcp, [8443], [IpKey.Parse(far)])),
        };
        var at = now - (number * (long)Stride * 1_000 % Span);
        return new()
        {
            Number = (ulong)number, Phase = EventPhase.Opened,
            Subject = new(IpKey.FromV4(0x0A00_0000 + (uint)((ulong)number * Stride % Lines)).Bits),
            Rule = rule, RuleVersion = 3,
            Class = named.Predicate.Remotes.IsEmpty
                ? new(named.Predicate with { Trait = DetectionRules.Get(rule).Trait }) : named,
            FromMs = at - 120_000, UntilMs = at - 60_000, TriggeredMs = at - 90_000,
            Measured = 900, Threshold = 100, Unit = DetectionRules.Get(rule).Units[0],
            WindowSeconds = 60, SamplingInterval = 1, Exporter = IpKey.FromV4(0xC000_0201),
        };
    }
}
