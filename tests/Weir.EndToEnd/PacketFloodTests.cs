// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>
/// Attacks that others recorded as packets, exported by softflowd and read by the way. The recordings are clippings of
/// a fraction of a second or thinned out, down to 40 packets a second when spread over a bin, so the floors are lowered
/// with them and one bin is enough; one is made to last instead.
/// </summary>
public sealed class PacketFloodTests : IDisposable
{
    private const string Victim = "10.10.10.10/32";
    private static readonly DetectingOptions Clipped = new() { Floors = new Floors { In = 20 }, Bins = 1 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private sealed class RecordingSinks : IQualityEventSink, IDigestSink, ISightingSink
    {
        public Dictionary<ulong, QualityEvent> Events { get; } = [];

        public void Handle(QualityEvent quality) => Events[quality.Number] = quality;

        public void Write(ReadOnlySpan<PairDigest> rows)
        {
        }

        public void Write(IReadOnlyList<Sighting> sightings)
        {
        }
    }

    [Theory]
    [InlineData("amp.UDP.snmp.src161.pcapng.xz", "SNMP amplification", "in udp rport=161 raddr=any")]
    [InlineData("amp.UDP.isakmp.pcap.xz", "ISAKMP amplification", "in udp rport=4500 raddr=any")]
    [InlineData("amp.dns.RRSIG.fragmented.pcap.xz", "DNS amplification", "in udp rport=53 raddr=any")]
    [InlineData("amp.TCP.reflection.SYNACK.pcap.xz", "", "in tcp ")]
    [InlineData("pkt.TCP.synflood.spoofed.pcap.xz", "", "in tcp ")]
    public async Task A_flood_received_is_told_by_its_victims_line_and_named_where_an_amplifier_sends_it(
        string capture, string name, string traffic)
    {
        var events = await EventsAsync(capture, Victim, Clipped);
        var told = Assert.Single(events);
        Assert.Equal((RuleId.FloodIn, name, "10.10.10.10"), (
            told.Rule, told.Detail, new IpKey(told.Subject.Pseudonym).ToString()));
        Assert.StartsWith(traffic, told.Class!.ToString(), StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", told.Exporter.ToString());
    }

    /// <summary>The one clipping that is dense enough and small enough: its packets again and again, at the rate they
    /// were recorded at.</summary>
    [Fact]
    public async Task A_reflection_that_lasts_is_told_at_the_usual_thresholds()
    {
        var events = await EventsAsync(
            "amp.TCP.reflection.SYNACK.pcap.xz", Victim, new DetectingOptions(), lasting: TimeSpan.FromSeconds(50));
        var told = Assert.Single(events);
        Assert.Equal((RuleId.FloodIn, "10.10.10.10", 20_000d), (
            told.Rule, new IpKey(told.Subject.Pseudonym).ToString(), told.Threshold));
        Assert.InRange(told.Measured, 40_000, 60_000);
    }

    [Fact]
    public async Task A_SYN_scan_is_told_by_its_target_at_the_usual_thresholds()
    {
        var events = await EventsAsync("synscan.pcapng.xz", "172.16.0.8/32", new DetectingOptions());
        var told = Assert.Single(events);
        Assert.Equal((RuleId.Scan, "vertical", "out tcp rport=any raddr=64.13.134.52 trait=unanswered"), (
            told.Rule, told.Detail, told.Class!.ToString()));
    }

    private async Task<IReadOnlyList<QualityEvent>> EventsAsync(
        string capture, string networks, DetectingOptions options, TimeSpan lasting = default)
    {
        var packed = SharedData.Path($"packets/{capture}");
        Need.Programs("softflowd");
        var kept = new RecordingSinks();
        using var pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = new NetworkTable([new Network(Prefix.Parse(networks))]),
            Watchlist = new CurrentWatchlist(Watchlist.From([], DateTimeOffset.UnixEpoch)),
            Digesting = DigestOptions.ForPairs(100_000),
            Names = EpochPseudonymizer.InClear,
            Digests = kept,
            Sightings = kept,
            Detecting = new DetectingDependencies(options, kept),
            Shards = 1,
        });
        var lane = pipeline.AddLane();
        pipeline.Start();
        foreach (var datagram in await ExportedAsync(packed, lasting))
        {
            lane.Handle(datagram, IpKey.Parse("127.0.0.1"), 9_995, 0);
        }

        lane.Flush();
        pipeline.Finish();
        Assert.True(lane.Attributor.Counts.Attributed > 0);
        Assert.Equal(
            lane.Attributor.Counts.Attributed, pipeline.Shards[0].Detected.Counted + pipeline.Shards[0].Detected.Late);
        return [.. kept.Events.Values];
    }

    private async Task<List<byte[]>> ExportedAsync(string packed, TimeSpan lasting)
    {
        var capture = _folder.At("packets");
        await Tool.RunAsync("sh", "-c", $"xz -dc '{packed}' > '{capture}'");
        if (lasting > TimeSpan.Zero)
        {
            await File.WriteAllBytesAsync(capture, Lasting(await File.ReadAllBytesAsync(capture), lasting));
        }

        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Client.ReceiveBufferSize = 16 << 20;
        var heard = new List<byte[]>();
        var hearing = Task.Run(async () =>
        {
            while (await socket.ReceiveAsync() is { Buffer: { Length: > 0 } datagram })
            {
                heard.Add(datagram);
            }
        });
        var port = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        await Tool.RunAsync("softflowd", "-r", capture, "-v", "9", "-m", "100000", "-n", $"127.0.0.1:{port}");
        // softflowd has ended, so nothing of its comes after this.
        using var last = new UdpClient(AddressFamily.InterNetwork);
        await last.SendAsync(Array.Empty<byte>(), new IPEndPoint(IPAddress.Loopback, port));
        await hearing;
        return heard;
    }

    /// <summary>A recording's packets over and over, each round where the one before ended (pcap: 24 octets of header,
    /// then seconds, microseconds, lengths and the packet).</summary>
    private static byte[] Lasting(byte[] pcap, TimeSpan length)
    {
        Assert.Equal(0xA1B2C3D4u, BinaryPrimitives.ReadUInt32LittleEndian(pcap));
        var packets = new List<(int At, int Octets, long Micros)>();
        for (var at = 24; at < pcap.Length;)
        {
            var octets = 16 + BinaryPrimitives.ReadInt32LittleEndian(pcap.AsSpan(at + 8));
            packets.Add((at, octets, (BinaryPrimitives.ReadUInt32LittleEndian(pcap.AsSpan(at)) * 1_000_000L)
                + BinaryPrimitives.ReadUInt32LittleEndian(pcap.AsSpan(at + 4))));
            at += octets;
        }

        var (first, last) = (packets.Min(p => p.Micros), packets.Max(p => p.Micros));
        var round = last - first + ((last - first) / packets.Count);
        using var written = new MemoryStream();
        Span<byte> stamp = stackalloc byte[8];
        written.Write(pcap.AsSpan(0, 24));
        for (long shift = 0; shift < length.TotalMicroseconds; shift += round)
        {
            foreach (var (at, octets, micros) in packets)
            {
                var (seconds, rest) = Math.DivRem(micros + shift, 1_000_000);
                BinaryPrimitives.WriteUInt32LittleEndian(stamp, (uint)seconds);
                BinaryPrimitives.WriteUInt32LittleEndian(stamp[4..], (uint)rest);
                written.Write(stamp);
                written.Write(pcap.AsSpan(at + 8, octets - 8));
            }
        }

        return written.ToArray();
    }
}
