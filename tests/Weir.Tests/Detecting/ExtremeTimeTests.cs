// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Contracts.Flows;
using Weir.Wire;
using static Weir.Tests.Detecting.DetectorHarness;

namespace Weir.Tests.Detecting;

/// <summary>Times that nobody can have make no event: what was never sent is in none.</summary>
public sealed class ExtremeTimeTests
{
    private const long Minute = 60_000;
    private static readonly long[] _edges =
    [
        0, 1, 4_999, 5_000, 29_999, 30_000, 59_999, Minute, 119_999, 2 * Minute, 300_000, Start - 1, Start,
        Start + Minute, FlowCalendar.LatestMs - Minute, FlowCalendar.LatestMs,
    ];

    [Property(MaxTest = 300, Replay = "743,1")]
    public void One_remote_is_no_scan_whatever_its_times_are(int seed)
    {
        var random = new Random(seed);
        using var watched = new DetectorHarness();
        var sent = random.Next(20, 600);
        for (var i = 0; i < sent; i++)
        {
            var start = Time(random);
            var port = (ushort)(seed % 2 == 0 ? 23 : 25);
            watched.Add(At(start, Math.Min(FlowCalendar.LatestMs, start + random.Next(2_000)), port, random.Next(4) == 0));
        }

        Assert.Empty(watched.Finish());
    }

    [Fact]
    public void Tries_of_another_minute_are_no_remotes_of_this_one()
    {
        // One flow of the calendar's last minute, and everything after it is older than its subject's minute.
        using var watched = new DetectorHarness();
        watched.Add(At(FlowCalendar.LatestMs, FlowCalendar.LatestMs));
        for (var i = 0; i < 742; i++)
        {
            watched.Add(At(Start + (i * 5_000), Start + (i * 5_000)));
        }

        Assert.Empty(watched.Finish());
    }

    /// <summary>Who tries a dead server again and again, and then another port of it, tried two ports.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Tries_at_one_port_are_no_tries_at_others(int others)
    {
        using var watched = new DetectorHarness();
        for (var i = 0; i < 220; i++)
        {
            watched.Add(At(Start + (i * 100), Start + (i * 100), 443));
        }

        for (var i = 0; i < others; i++)
        {
            watched.Add(At(Start + 25_000 + i, Start + 25_000 + i, (ushort)(80 + i)));
        }

        watched.Until(300);
        Assert.Empty(watched.Finish());
    }

    private static Flow At(long start, long end, ushort port = 23, bool isAnswered = false) =>
        Out(0, 0, 1, 60, Protocols.Tcp, port, Syn, answered: isAnswered ? 1 : 0) with { StartMs = start, EndMs = end };

    private static long Time(Random random) => random.Next(3) switch
    {
        0 => _edges[random.Next(_edges.Length)],
        1 => Start + random.Next(120_000),
        _ => Math.Clamp(_edges[random.Next(_edges.Length)] + random.Next(-3_000, 3_000), 0, FlowCalendar.LatestMs),
    };
}
