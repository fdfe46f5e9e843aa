// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Tests.Files;
using Weir.Wire.Files;

namespace Weir.Tests.Collecting;

public sealed class ReplayerTests
{
    /// <summary>A clock on which every wait is over at once, and which remembers how long they were.</summary>
    private sealed class HastyTime : TimeProvider
    {
        private long _ticks;

        public TimeSpan Passed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return TimeProvider.System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private static byte[] Capture(int count) =>
        Bytes.Pcap(LinkType.Raw, true, false, [
            .. Enumerable.Range(0, count).Select(i => Bytes.V4(Bytes.Udp(Bytes.V5(1, (byte)i))))]);

    private static async Task<(ReplayResult Result, List<byte[]> Received, TimeSpan Passed)> Replay(
        byte[] content, double? pace = null, Func<ReplayOptions, ReplayOptions>? with = null)
    {
        using var scratch = new Scratch(content);
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        receiver.Client.ReceiveBufferSize = 1 << 20;
        var time = new HastyTime();
        var options =
            new ReplayOptions(scratch.Path, (IPEndPoint)receiver.Client.LocalEndPoint!) { PacketsPerSecond = pace };
        var result = await Replayer.RunAsync(with?.Invoke(options) ?? options, time, CancellationToken.None);
        var received = new List<byte[]>();
        while (received.Count < result.Sent)
        {
            received.Add(
                (await receiver.ReceiveAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token)).Buffer);
        }

        return (result, received, time.Passed);
    }

    [Fact]
    public async Task Every_datagram_arrives_as_it_was_at_the_pace_asked()
    {
        var (result, received, passed) = await Replay(Capture(20), pace: 10);

        Assert.Equal((20L, 20L * 72, 0L, true, "pcap"), (
            result.Sent, result.Octets, result.Failed, result.Complete, result.Format));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => Bytes.V5(1, (byte)i)), received);
        Assert.Equal(1.9, passed.TotalSeconds, 3);
    }

    [Fact]
    public async Task Without_a_pace_the_gaps_of_the_file_hold_up_to_the_longest_pause()
    {
        Assert.Equal(4, (await Replay(Capture(5))).Passed.TotalSeconds, 3);
        Assert.Equal(0.4, (await Replay(Capture(5), with: options => options with
        {
            LongestPause = TimeSpan.FromMilliseconds(100)
        })).Passed.TotalSeconds, 3);
        Assert.Equal(
            0.029,
            (await Replay(Bytes.Join([.. Enumerable.Range(0, 300).Select(i => Bytes.V5(1))]))).Passed.TotalSeconds, 2);
    }

    [Fact]
    public async Task Exporters_of_the_file_keep_apart_by_source_port()
    {
        using var scratch = new Scratch(Bytes.Pcap(
            LinkType.Raw, true, false, Bytes.V4(Bytes.Udp(Bytes.V5(1))), Bytes.V6(Bytes.Udp(Bytes.V5(1))),
            Bytes.V4(Bytes.Udp(Bytes.V5(1)))));
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        _ = await Replayer.RunAsync(
            new(scratch.Path, (IPEndPoint)receiver.Client.LocalEndPoint!), new HastyTime(), CancellationToken.None);
        int[] ports =
        [
            (await receiver.ReceiveAsync()).RemoteEndPoint.Port,
            (await receiver.ReceiveAsync()).RemoteEndPoint.Port,
            (await receiver.ReceiveAsync()).RemoteEndPoint.Port
        ];

        Assert.True(ports[0] == ports[2] && ports[0] != ports[1]);
    }

    [Fact]
    public async Task Datagrams_too_large_for_the_network_are_counted_and_the_rest_is_sent()
    {
        var large = Bytes.Ipfix(65_500);
        var (result, received, _) = await Replay(Bytes.Join(Bytes.Ipfix(10), large, Bytes.Ipfix(20)), pace: 1000);

        Assert.Equal((2L, 1L, 2), (result.Sent, result.Failed, received.Count));
        Assert.NotEmpty(result.FirstFailure);
    }

    [Fact]
    public async Task Cancelling_ends_with_what_was_sent()
    {
        using var scratch = new Scratch(Capture(5));
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        var result = await Replayer.RunAsync(
            new(scratch.Path, new(IPAddress.Loopback, 9)), new HastyTime(), cancel.Token);
        Assert.Equal((0L, false), (result.Sent, result.Complete));
    }

    [Fact]
    public async Task A_flow_table_and_a_senseless_pace_are_refused()
    {
        using var table = new Scratch("src,dst\n");
        using var capture = new Scratch(Capture(1));
        var target = new IPEndPoint(IPAddress.Loopback, 9);
        Assert.Contains("flow table", (await Assert.ThrowsAsync<InputException>(() => Replayer.RunAsync(
            new(table.Path, target), TimeProvider.System, default))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "--pps",
            (await Assert.ThrowsAsync<InputException>(() => Replayer.RunAsync(
                new(capture.Path, target) { PacketsPerSecond = 0 }, TimeProvider.System, default))).Message,
            StringComparison.Ordinal);
    }
}
