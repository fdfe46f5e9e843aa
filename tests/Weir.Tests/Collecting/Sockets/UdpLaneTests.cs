// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sockets;
using Weir.Wire;

namespace Weir.Tests.Collecting.Sockets;

public class UdpLaneTests
{
    [Theory]
    [InlineData(true, "127.0.0.1")]
    [InlineData(false, "127.0.0.1")]
    [InlineData(true, "::1")]
    [InlineData(false, "::1")]
    public async Task Every_datagram_sent_is_handed_on_with_its_source(bool batched, string address)
    {
        var at = IPAddress.Parse(address);
        using var intake = Loopback.Open(Loopback.Any() with { Listen = [new(at, 0), new(at, 0)], Batched = batched });
        Assert.Equal(batched, intake.Lanes[0].IsBatched);
        var seen = new ReceivedDatagrams { Kept = [] };
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(_ => new RecordingBatchHandler(seen), stop.Token);
        var targets = intake.Sockets.Select(s => s.LocalEndPoint).ToArray();
        using var first = Loopback.SenderTo(targets[0]);
        using var second = Loopback.SenderTo(targets[1]);
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 0; i < 1_000; i++)
        {
            first.Send(BitConverter.GetBytes(i));
            second.Send(BitConverter.GetBytes(-i));
            Loopback.Until(() => Volatile.Read(ref seen.Datagrams) >= (2 * i) - 200);
        }

        Loopback.Until(() => Volatile.Read(ref seen.Datagrams) == 2_000);
        await stop.CancelAsync();
        await running;

        var after = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.All(seen.Kept, kept => Assert.Equal(IpKey.Parse(address), kept.Exporter));
        Assert.All(seen.Kept, kept => Assert.InRange(kept.AtMs, before - 1, after));
        var ofFirst = seen.Kept.Where(kept => kept.Port == ((IPEndPoint)first.LocalEndPoint!).Port).ToList();
        Assert.Equal(Enumerable.Range(0, 1_000), ofFirst.Select(kept => BitConverter.ToInt32(kept.Payload)));
        Assert.Equal([1_000L, 1_000L], intake.Sockets.Select(s => s.Datagrams));
        Assert.Equal([4_000L, 4_000L], intake.Sockets.Select(s => s.Octets));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_burst_beyond_the_buffer_is_received_or_counted_as_dropped_exactly(bool batched)
    {
        var gate = new IntakeGate();
        gate.Close("disk full");
        using var intake = Loopback.Open(
            Loopback.Any() with { ReceiveBuffer = 64 << 10, Batched = batched }, gate);
        var socket = intake.Sockets.Single();
        var seen = new ReceivedDatagrams();
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(_ => new RecordingBatchHandler(seen), stop.Token);
        using var sender = Loopback.SenderTo(socket.LocalEndPoint);
        const int Sent = 5_000;
        for (var i = 0; i < Sent; i++)
        {
            sender.Send(new byte[600]);
        }

        Assert.Equal(0, seen.Datagrams);
        Assert.Equal(["disk full"], gate.Reasons);
        var dropped = socket.KernelDropped;
        Assert.InRange(dropped ?? 0, 1, Sent - 1);

        gate.Open("disk full");
        Loopback.Until(() => socket.Datagrams + socket.KernelDropped == Sent);
        sender.Send([7]);
        Loopback.Until(() => socket.Datagrams + socket.KernelDropped == Sent + 1);
        await stop.CancelAsync();
        await running;

        Assert.Equal(dropped, socket.KernelDropped);
        Assert.Equal(socket.Datagrams, seen.Datagrams);
        Assert.Equal(7, seen.Sum);
        Assert.True(intake.Lanes[0].Rested > TimeSpan.Zero);
        Assert.Equal(dropped, socket.Drops.FromTable());
    }

    [Fact]
    public async Task An_exporter_meets_the_same_lane_on_every_port_and_whatever_its_source_port()
    {
        using var intake = Loopback.Open(
            Loopback.Any(lanes: 3) with { Listen = [new(IPAddress.Loopback, 0), new(IPAddress.Loopback, 0)] });
        var perLane = intake.Lanes.Select(_ => new ReceivedDatagrams()).ToArray();
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(lane => new RecordingBatchHandler(perLane[lane.Number]), stop.Token);
        const int Exporters = 24;
        for (var exporter = 1; exporter <= Exporters; exporter++)
        {
            foreach (var target in intake.Lanes[0].Sockets.Select(s => s.LocalEndPoint))
            {
                for (var port = 0; port < 4; port++)
                {
                    using var sender = Loopback.SenderTo(target, new IPAddress([127, 0, 0, (byte)exporter]));
                    sender.Send([1]);
                }
            }
        }

        Loopback.Until(() => perLane.Sum(seen => Volatile.Read(ref seen.Datagrams)) == Exporters * 8);
        await stop.CancelAsync();
        await running;

        Assert.Equal(Exporters, perLane.Sum(seen => seen.Exporters.Count));
        Assert.All(perLane, seen => Assert.NotEmpty(seen.Exporters));
    }

    [Fact]
    public async Task Lanes_share_ipv6_exporters_too()
    {
        using var intake = Loopback.Open(Loopback.Any(lanes: 2) with { Listen = [new(IPAddress.IPv6Loopback, 0)] });
        var perLane = intake.Lanes.Select(_ => new ReceivedDatagrams()).ToArray();
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(lane => new RecordingBatchHandler(perLane[lane.Number]), stop.Token);
        for (var port = 0; port < 16; port++)
        {
            using var sender = Loopback.SenderTo(intake.Lanes[0].Sockets[0].LocalEndPoint);
            sender.Send([1]);
        }

        Loopback.Until(() => perLane.Sum(seen => Volatile.Read(ref seen.Datagrams)) == 16);
        await stop.CancelAsync();
        await running;

        Assert.Single(perLane, seen => seen.Datagrams == 16);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_datagram_longer_than_the_buffer_is_cut_and_counted(bool batched)
    {
        using var intake = Loopback.Open(Loopback.Any() with { MaxDatagram = 1_500, Batched = batched });
        var seen = new ReceivedDatagrams();
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(_ => new RecordingBatchHandler(seen), stop.Token);
        using var sender = Loopback.SenderTo(intake.Sockets.Single().LocalEndPoint);
        sender.Send(new byte[1_500]);
        sender.Send(new byte[1_501]);
        sender.Send(Array.Empty<byte>());

        Loopback.Until(() => intake.Sockets.Single().Datagrams == 3);
        await stop.CancelAsync();
        await running;

        Assert.Equal(1, intake.Sockets.Single().Truncated);
        Assert.Equal(3_000, seen.Octets);
    }

    [Fact]
    public async Task A_lane_stops_when_told_though_nothing_arrives_and_ticks_meanwhile()
    {
        using var intake = Loopback.Open(Loopback.Any());
        var seen = new ReceivedDatagrams();
        using var stop = new CancellationTokenSource();
        var running = intake.RunAsync(_ => new RecordingBatchHandler(seen), stop.Token);
        Loopback.Until(() => Interlocked.Read(ref seen.Ends) >= 2);

        await stop.CancelAsync();
        await running;

        Assert.Equal(0, seen.Datagrams);
    }

    [Fact]
    public async Task A_taker_that_fails_stops_every_lane_and_is_told()
    {
        using var intake = Loopback.Open(Loopback.Any(lanes: 2));
        var running = intake.RunAsync(_ => default(Failing), CancellationToken.None);
        using var sender = Loopback.SenderTo(intake.Sockets.First().LocalEndPoint);
        sender.Send([1]);

        await Assert.ThrowsAsync<InvalidDataException>(() => running);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_port_another_program_has_is_refused_by_name(int lanes)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.SetRawSocketOption(1, 15, BitConverter.GetBytes(1));
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var refused = Assert.Throws<IOException>(() =>
            Loopback.Open(Loopback.Any(lanes) with { Listen = [(IPEndPoint)other.LocalEndPoint!] }));

        Assert.Equal(
            $"UDP {other.LocalEndPoint} cannot be opened: another program has it; stop that one or choose another port",
            refused.Message);
    }

    [Fact]
    public void What_the_kernel_grants_is_told()
    {
        using var small = Loopback.Open(Loopback.Any() with { ReceiveBuffer = 64 << 10 });
        using var large = Loopback.Open(Loopback.Any() with { ReceiveBuffer = 128 << 10 });

        Assert.Equal(2 * (64 << 10), small.Sockets.Single().GrantedBufferOctets);
        Assert.Equal(2 * (128 << 10), large.Sockets.Single().GrantedBufferOctets);
    }

    [Fact]
    public void Nothing_is_allocated_per_datagram()
    {
        using var intake = Loopback.Open(Loopback.Any());
        using var sender = Loopback.SenderTo(intake.Sockets.Single().LocalEndPoint);
        using var stop = new CancellationTokenSource();
        var measure = new Measuring(intake.Lanes[0], sender, stop, new long[2]);

        intake.Lanes[0].Run(ref measure, stop.Token);

        Assert.Equal(Measuring.Datagrams, measure.State[0]);
        Assert.Equal(0, measure.State[1]);
    }

    private readonly struct Failing : IDatagramBatchHandler
    {
        public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs) =>
            throw new InvalidDataException("a fault of ours");

        public void OnBatchEnd()
        {
        }
    }

    /// <summary>
    /// Sends the next datagram from the lane's own thread and asks that thread what it allocated since the first ones.
    /// What is run for the first time may allocate once, so counting begins when the lane has asked for its processor
    /// time, which it does by the clock and not by the datagram.
    /// </summary>
    private readonly struct Measuring(UdpLane lane, Socket sender, CancellationTokenSource stop, long[] state)
        : IDatagramBatchHandler
    {
        public const int Datagrams = 3_000;
        private const int WarmUp = 200;

        /// <summary>Datagrams counted, and octets allocated at the first of them, in the end since then.</summary>
        public long[] State => state;

        public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
        {
            if (state[0] == WarmUp && lane.CpuTime == TimeSpan.Zero)
            {
                return;
            }

            if (++state[0] == WarmUp + 1)
            {
                state[1] = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (state[0] == Datagrams)
            {
                state[1] = GC.GetAllocatedBytesForCurrentThread() - state[1];
                stop.Cancel();
            }
        }

        public void OnBatchEnd()
        {
            if (state[0] < Datagrams)
            {
                sender.Send("abc"u8);
            }
        }
    }
}
