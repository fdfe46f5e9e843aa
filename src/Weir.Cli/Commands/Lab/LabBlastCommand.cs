// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using Weir.Lab.Export;

namespace Weir.Cli.Commands.Lab;

/// <summary><c>weir lab blast</c>: v9 datagrams at a high, even rate, for benchmarks.</summary>
internal static class LabBlastCommand
{
    private const int SmallRing = 2_048;

    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "Collector, HOST:PORT", Required = true };
        var pps = new Option<int>("--pps") { Description = "Datagrams a second", DefaultValueFactory = _ => 40_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long", DefaultValueFactory = _ => 60 };
        var ring = new Option<int>("--ring")
        {
            Description = "Different datagrams sent round and round",
            DefaultValueFactory = _ => SmallRing
        };
        var subscribers = new Option<int?>("--subscribers")
        {
            Description = "Instead of a ring: what so many lines of a simulated provider export, no datagram twice"
        };
        var seed =
            new Option<ulong>("--seed") { Description = "Same seed, same datagrams", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "blast",
            """
            Send NetFlow v9 datagrams at a high, even rate and count them exactly.

            A ring of few datagrams is made at once, and costs its receiver little: it stays in caches, and the same
            pairs come again and again. With --subscribers the provider of "weir lab --subscribers N --seconds 600" with
            the same seed is simulated ahead, a hundred flows a line; all its datagrams are sent, and then again from
            other lines, so that pairs are as many and as popular as its own.

            Example: weir lab blast --to 127.0.0.1:2055 --pps 40000 --seconds 60
            """) { to, pps, seconds, ring, subscribers, seed };
        command.SetAction((result, cancel) => Task.FromResult(Run(
            new(
                result.GetValue(to)!, result.GetValue(pps), result.GetValue(seconds), result.GetValue(ring),
                result.GetValue(subscribers), result.GetValue(seed)),
            result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, cancel)));
        return command;
    }

    private sealed record Load(string To, int Pps, int Seconds, int Ring, int? Subscribers, ulong Seed);

    private static int Run(Load load, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        var (to, pps, seconds, ring, subscribers, seed) = load;
        var fault =
            !LabCommand.TryTarget(to, out var target)
                ? $"--to '{to}' is not HOST:PORT of a known host, for example 127.0.0.1:2055"
            : pps is < 1 or > 2_000_000 ? $"--pps is {pps}, must be between 1 and 2000000"
            : seconds is < 1 or > 86_400 ? $"--seconds is {seconds}, must be between 1 and 86400"
            : ring is < 2 or > 100_000 ? $"--ring is {ring}, must be between 2 and 100000"
            : subscribers is < 2_000 or > 200_000
                ? $"--subscribers is {subscribers}, must be between 2000 and 200000"
            : subscribers is not null && ring != SmallRing ? "--ring and --subscribers are two ways to do it; take one"
            : !OperatingSystem.IsLinux() ? "blast needs Linux (sendmmsg); use weir lab --to" : null;
        if (fault is not null)
        {
            error.WriteLine($"weir lab blast: {fault}");
            return 2;
        }

        try
        {
            using var blaster = subscribers is { } lines
                ? Blaster.OfProvider(lines, seed, target, TimeProvider.System)
                : new Blaster(Blaster.Ring(ring, seed), target, TimeProvider.System);
            var before = Environment.CpuUsage.TotalTime;
            var count = blaster.Run(pps, TimeSpan.FromSeconds(seconds), cancel);
            var own = Environment.CpuUsage.TotalTime - before;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"sent {count.Datagrams} datagrams, {count.Flows} flows, {count.Octets} octets in {count.Seconds:F2} s "
                    + $"({count.Datagrams / count.Seconds:F0} datagrams/s); {count.Late} given up late"));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{blaster.Datagrams} datagrams made ahead; the sender's own processor time: {own.TotalSeconds:F2} s"));
            return 0;
        }
        catch (SocketException socketFault)
        {
            error.WriteLine($"weir lab blast: cannot send to {target}: {socketFault.Message}");
            return 3;
        }
    }
}
