// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sockets;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>One sender thread and one lane on loopback: datagrams per second, and what a datagram costs the
/// lane's thread.</summary>
public static class SocketBench
{
    private const int Octets = 1_432;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        Measure(scores, batched: true, pace: 0);
        Measure(scores, batched: true, pace: 40_000);
        Measure(scores, batched: false, pace: 0);
        Measure(scores, batched: false, pace: 40_000);
    }

    private static void Measure(Scores scores, bool batched, int pace)
    {
        var options = new UdpOptions { Listen = [new(IPAddress.Loopback, 0)], Batched = batched };
        using var intake = UdpIntake.Open(
            options, new IntakeGate(), TimeProvider.System, NullLogger<UdpIntake>.Instance);
        var socket = intake.Sockets.Single();
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(_ => default(Dropping), stop.Token);
        var (sent, seconds) = Send(socket.LocalEndPoint, pace);
        while (socket.Datagrams + (socket.KernelDropped ?? 0) < sent && !running.IsCompleted)
        {
            Thread.Sleep(1);
        }

        stop.Cancel();
        running.GetAwaiter().GetResult();
        var name = $"{(batched ? "recvmmsg" : "plain")}{(pace == 0 ? ", as fast as it goes" : $", {pace:N0}/s")}";
        scores.AtLeast("socket", $"{name}, {Octets} octets: taken a second", socket.Datagrams / seconds, "datagrams");
        scores.AtLeast(
            "socket", $"{name}: the lane's processor time a datagram",
            intake.Lanes[0].CpuTime.TotalMicroseconds / socket.Datagrams, "µs");
        if (pace > 0)
        {
            scores.AtMost("socket", $"{name}: lost of {sent:N0}", sent - socket.Datagrams, "datagrams", 0);
        }
    }

    /// <summary>Sends for a while; a pace of 0 is without pause, else so many a second in bursts of a
    /// millisecond.</summary>
    private static (long Sent, double Seconds) Send(IPEndPoint target, int pace)
    {
        using var sender = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(target);
        var payload = new byte[Octets];
        var sent = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Length)
        {
            if (pace > 0 && sent >= clock.Elapsed.TotalSeconds * pace)
            {
                Thread.Sleep(1);
                continue;
            }

            sender.Send(payload);
            sent++;
        }

        return (sent, clock.Elapsed.TotalSeconds);
    }

    private readonly struct Dropping : IDatagramBatchHandler
    {
        public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
        {
        }

        public void OnBatchEnd()
        {
        }
    }
}
