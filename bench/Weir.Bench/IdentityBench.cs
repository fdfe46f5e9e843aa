// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>Who had an address: a million leases and a million port blocks, their memory, and questions asked one
/// after the other.</summary>
public static class IdentityBench
{
    private const int Many = 1_000_000;
    private const int Questions = 1 << 20;
    private const int Block = 1 << 15;
    private const int PortsEach = 1_024;
    private const long DayMs = 86_400_000;

    public static void Run(Scores scores)
    {
        var time = new FixedClock();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var random = new Random(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new IdentityTable(new IdentityTableOptions(), time);
        var counters = new RecordCounters();
        var watch = Stopwatch.GetTimestamp();
        var leases = new DhcpLeaseTracker(table, counters);
        for (var i = 0; i < Many; i++)
        {
            var from = now - DayMs + random.Next(1_000_000);
            leases.Lease(new Prefix(Inside(i), 128), new SubscriberLineName($"mac:{i:x12}"), from, from + DayMs);
        }

        scores.AtLeast(
            "identity", "leases taken a second", Many / Stopwatch.GetElapsedTime(watch).TotalSeconds / 1e6, "M", 0);
        watch = Stopwatch.GetTimestamp();
        var blocks = new PortBlockTracker(table, counters);
        for (var i = 0; i < Many; i++)
        {
            var (outside, port) = Outside(i);
            blocks.Handle(
                new PortBlockEvent(
                    outside, port, (ushort)(port + PortsEach - 1), Inside(i), null, false, now - (DayMs / 2), 1),
                now, live: true);
        }

        scores.AtLeast(
            "identity", "port blocks taken a second", Many / Stopwatch.GetElapsedTime(watch).TotalSeconds / 1e6,
            "M", 0);
        _ = table.TakeChanges();
        scores.AtMost(
            "identity", "memory of 1 M leases with a name each and 1 M port blocks",
            (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6, "MB", 600);

        var asked = new (IpKey Address, ushort? Port)[Questions];
        for (var i = 0; i < Questions; i++)
        {
            asked[i] = (Inside(random.Next(Many)), null);
        }

        MeasureLookups(scores, table, asked, now - (DayMs / 4), "by address, random of 1 M: look-ups a second", 0.5);
        for (var i = 0; i < Questions; i++)
        {
            var (outside, port) = Outside(random.Next(Many));
            asked[i] = (outside, (ushort)(port + random.Next(PortsEach)));
        }

        MeasureLookups(
            scores, table, asked, now - (DayMs / 4),
            "by address and port, block then lease, random of 1 M: look-ups a second", 0.25);
        GC.KeepAlive(table);
    }

    private static void MeasureLookups(
        Scores scores, IdentityTable table, (IpKey Address, ushort? Port)[] asked, long at, string what, double aim)
    {
        var best = double.MaxValue;
        for (var start = 0; start < asked.Length; start += Block)
        {
            var found = 0;
            var watch = Stopwatch.GetTimestamp();
            foreach (var (address, port) in asked.AsSpan(start, Block))
            {
                found += table.WhoHad(address, port, at) is IdentityAnswer.Line ? 1 : 0;
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(watch).TotalSeconds);
            if (found != Block)
            {
                throw new InvalidOperationException($"{what}: {found} of {Block} found");
            }
        }

        scores.AtLeast("identity", what, Block / best / 1e6, "M", aim);
    }

    private static IpKey Inside(int i) => IpKey.FromV4(0x6440_0000u + (uint)i);

    /// <summary>Sixty blocks on one outside address.</summary>
    private static (IpKey Outside, ushort Port) Outside(int i) =>
        (IpKey.FromV4(0xC633_0000u + (uint)(i / 60)), (ushort)(2_048 + (i % 60 * PortsEach)));

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000);
    }
}
