// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.Digesting;

public class DigesterTests
{
    private const long Noon = 1_700_049_600_000;

    [Fact]
    public void Both_directions_of_a_pair_make_one_row_with_scaled_sums()
    {
        var rows = Digest(
            Flow(Noon + 5_000, packetsOut: 3, octetsOut: 300, sampling: 10),
            Flow(Noon + 1_000, packetsIn: 2, octetsIn: 2_000, sampling: 10));

        var row = Assert.Single(rows);
        Assert.Equal((2u, 30UL, 20UL, 3_000UL, 20_000UL), (
            row.Flows, row.PacketsOut, row.PacketsIn, row.OctetsOut, row.OctetsIn));
        Assert.Equal((Noon + 1_000, Noon + 6_000, (uint)(Noon / 1_000)), (row.FirstMs, row.LastMs, row.HourSeconds));
    }

    [Fact]
    public void Hours_endpoints_and_roles_are_kept_apart()
    {
        var rows = Digest(
            Flow(Noon), Flow(Noon + 3_600_000), Flow(Noon, port: 80), Flow(Noon, protocol: Protocols.Udp),
            Flow(Noon, remote: 8), Flow(Noon, subject: 2), Flow(Noon, role: 1), Flow(Noon));

        Assert.Equal(7, rows.Count);
        Assert.Equal(8u, rows.Aggregate(0u, (sum, row) => sum + row.Flows));
    }

    [Theory]
    [InlineData(0x02, 0x00, 1, 0, true, 0)]
    [InlineData(0x02, 0x14, 1, 1, true, 0)]
    [InlineData(0x1b, 0x14, 4, 1, true, 0)]
    [InlineData(0x1b, 0x1b, 4, 4, true, 1)]
    [InlineData(0x02, 0x12, 1, 1, true, 0)]
    [InlineData(0x00, 0x1b, 0, 5, true, 1)]
    [InlineData(0x00, 0x12, 0, 5, true, 0)]
    [InlineData(0x00, 0x1b, 0, 2, true, 0)]
    [InlineData(0x00, 0x00, 1, 1, false, 0)]
    [InlineData(0x00, 0x00, 2, 2, false, 1)]
    public void Contact_needs_speech_and_an_answer(
        byte flagsOut, byte flagsIn, int packetsOut, int packetsIn, bool known, byte expected)
    {
        var sent = Flow(Noon, packetsOut: (ulong)packetsOut, flagsOut: flagsOut, known: known);
        var received = Flow(Noon, packetsIn: (ulong)packetsIn, flagsIn: flagsIn, known: known);

        Assert.Equal(expected, Assert.Single(Digest(sent, received)).TwoWay);
    }

    [Fact]
    public void UDP_both_ways_is_contact_with_one_packet_each()
    {
        var row = Assert.Single(Digest(
            Flow(Noon, packetsOut: 1, protocol: Protocols.Udp), Flow(Noon, packetsIn: 1, protocol: Protocols.Udp)));

        Assert.Equal(1, row.TwoWay);
    }

    [Fact]
    public void Rows_handed_to_the_sink_lie_in_one_day()
    {
        var sink = new RecordingDigestSink();
        using (var digester = new Digester(new DigestOptions(), EpochPseudonymizer.InClear(), sink))
        {
            digester.Add([Flow(Noon), Flow(Noon + 86_400_000), Flow(Noon + 1), Flow(Noon + 86_400_001)]);
            digester.Flush();
        }

        Assert.Equal(2, sink.Calls.Count);
        Assert.All(sink.Calls, call => Assert.Single(call.Select(r => r.HourSeconds / 86_400).Distinct()));
    }

    [Fact]
    public void Subjects_leave_memory_as_pseudonyms()
    {
        var names = EpochPseudonymizer.UnderKey(new byte[32]);
        var sink = new RecordingDigestSink();
        using var digester = new Digester(new DigestOptions(), names, sink);
        digester.Add([Flow(Noon, subject: 77)]);
        digester.Flush();

        Assert.Equal(names.Pseudonymize(IpKey.FromV4(77), Noon), sink.Calls[0][0].Subject);
    }

    [Fact]
    public void A_bound_smaller_than_the_traffic_loses_nothing()
    {
        var sink = new RecordingDigestSink();
        var random = new Random(5);
        using var digester = new Digester(
            DigestOptions.ForPairs(4_096), EpochPseudonymizer.InClear(), sink);
        var expected = new Dictionary<(uint, uint), ulong>();
        for (var batch = 0; batch < 40; batch++)
        {
            var flows = new Flow[1_000];
            for (var i = 0; i < flows.Length; i++)
            {
                var (subject, remote) = ((uint)random.Next(300), (uint)random.Next(300));
                flows[i] = Flow(Noon, subject: subject, remote: remote, packetsOut: 1);
                expected[(subject, remote)] = expected.GetValueOrDefault((subject, remote)) + 1;
            }

            digester.Add(flows);
            Assert.True(digester.PairsHeld <= 4_096);
        }

        digester.Flush();
        var got = sink.Calls.SelectMany(c => c).GroupBy(r => ((uint)r.Subject.Pseudonym, r.Endpoint.Address.V4))
            .ToDictionary(g => g.Key, g => g.Aggregate(0UL, (sum, r) => sum + r.PacketsOut));
        Assert.Equal(expected.Count, got.Count);
        Assert.All(expected, pair => Assert.Equal(pair.Value, got[pair.Key]));
        Assert.True(sink.Calls.Count > 1, "the bound was never reached");
    }

    [Fact]
    public void Adding_allocates_nothing()
    {
        using var digester = new Digester(
            DigestOptions.ForPairs(100_000), EpochPseudonymizer.InClear(), new RecordingDigestSink());
        var flows = Enumerable.Range(0, 1_000).Select(i => Flow(Noon, subject: (uint)i)).ToArray();
        digester.Add(flows);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            digester.Add(flows);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static List<PairDigest> Digest(params Flow[] flows)
    {
        var sink = new RecordingDigestSink();
        using var digester = new Digester(new DigestOptions(), EpochPseudonymizer.InClear(), sink);
        digester.Add(flows);
        digester.Flush();
        return [.. sink.Calls.SelectMany(c => c)];
    }

    private static Flow Flow(
        long start, uint subject = 1, uint remote = 7, ushort port = 443, byte protocol = Protocols.Tcp, byte role = 0,
        ulong packetsOut = 0, ulong packetsIn = 0, ulong octetsOut = 0, ulong octetsIn = 0, byte flagsOut = 0,
        byte flagsIn = 0, bool known = false, uint sampling = 1) => new()
        {
            Subject = IpKey.FromV4(subject),
            Remote = IpKey.FromV4(remote),
            StartMs = start,
            EndMs = start + 1_000,
            RemotePort = port,
            SubjectPort = 50_000,
            Protocol = protocol,
            Role = role,
            PacketsOut = packetsOut,
            PacketsIn = packetsIn,
            OctetsOut = octetsOut,
            OctetsIn = octetsIn,
            FlagsOut = flagsOut,
            FlagsIn = flagsIn,
            Traits = known ? FlowTraits.FlagsKnown : FlowTraits.None,
            SamplingInterval = sampling,
            Place = FlowAttribution.Attributed,
        };

    private sealed class RecordingDigestSink : IDigestSink
    {
        public List<PairDigest[]> Calls { get; } = [];

        public void Write(ReadOnlySpan<PairDigest> rows) => Calls.Add(rows.ToArray());
    }
}
