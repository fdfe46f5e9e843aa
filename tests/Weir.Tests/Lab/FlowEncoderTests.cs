// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Wire;

namespace Weir.Tests.Lab;

public sealed class FlowEncoderTests
{
    private const long Boot = 1_767_000_000_000;

    public static TheoryData<ExportProtocol> Protocols =>
        [ExportProtocol.NetFlow5, ExportProtocol.NetFlow9, ExportProtocol.Ipfix, ExportProtocol.SFlow5];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void What_goes_in_comes_out_whole(ExportProtocol protocol)
    {
        var flows = Flows(2_000, protocol);
        var shelf = Encode(protocol, flows, new EncoderOptions { SamplingInterval = 100 });
        var read = ReadBack.From(shelf.Payloads);

        // Pages are per template, so records of one family keep their order among themselves.
        foreach (var v4 in new[] { true, false })
        {
            var sent = flows.Where(flow => flow.Source.IsV4 == v4).ToArray();
            var got = read.Flows.Where(flow => flow.Source.IsV4 == v4).ToArray();
            Assert.Equal(sent.Length, got.Length);
            for (var i = 0; i < sent.Length; i++)
            {
                Same(protocol, sent[i], got[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void No_datagram_is_longer_than_asked(ExportProtocol protocol)
    {
        var shelf = Encode(protocol, Flows(3_000, protocol), new EncoderOptions { DatagramOctets = 1_400 });
        Assert.InRange(shelf.Payloads.Max(payload => payload.Length), 1_200, 1_400);
        Assert.All(
            shelf.Payloads, payload => Assert.Equal(0, payload.Length % (protocol == ExportProtocol.Ipfix ? 1 : 4)));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void The_sampling_rate_is_told(ExportProtocol protocol)
    {
        var read = ReadBack.From(
            Encode(protocol, Flows(500, protocol), new EncoderOptions { SamplingInterval = 1_000 }).Payloads);
        Assert.NotEmpty(read.Intervals);
        Assert.All(read.Intervals, interval => Assert.Equal(1_000u, interval));
    }

    [Theory]
    [InlineData(ExportProtocol.NetFlow5, "records")]
    [InlineData(ExportProtocol.NetFlow9, "datagrams")]
    [InlineData(ExportProtocol.Ipfix, "records")]
    [InlineData(ExportProtocol.SFlow5, "datagrams")]
    public void Sequence_numbers_count_what_the_standard_says(ExportProtocol protocol, string unit)
    {
        var read = ReadBack.From(
            Encode(protocol, Flows(3_000, protocol), new EncoderOptions { TemplateEvery = 10 }).Payloads);
        for (var i = 1; i < read.Headers.Count; i++)
        {
            var (sequence, records, templates) = read.Headers[i - 1];
            // a template message holds one options data record
            var step = unit == "datagrams" ? 1 : templates ? 1 : records;
            Assert.Equal(sequence + (uint)step, read.Headers[i].Sequence);
        }
    }

    [Theory]
    [InlineData(ExportProtocol.NetFlow9)]
    [InlineData(ExportProtocol.Ipfix)]
    public void Templates_come_first_and_again_every_so_many_datagrams(ExportProtocol protocol)
    {
        var read = ReadBack.From(
            Encode(protocol, Flows(3_000, protocol), new EncoderOptions { TemplateEvery = 8 }).Payloads);
        Assert.True(read.Headers[0].Templates);
        for (var i = 0; i < read.Headers.Count; i++)
        {
            Assert.Equal(i % 9 == 0, read.Headers[i].Templates);
        }
    }

    [Fact]
    public void NetFlow_5_counts_the_IPv6_records_it_cannot_tell()
    {
        var flows = Flows(400, ExportProtocol.NetFlow9);
        var encoder = FlowEncoder.For(ExportProtocol.NetFlow5, Router(), new EncoderOptions(), new DatagramBuffer());
        foreach (var flow in flows)
        {
            encoder.Add(flow, flow.EndMs);
        }

        encoder.Flush(Boot + 10_000_000);
        Assert.Equal(flows.Count(flow => !flow.Source.IsV4), encoder.Untellable);
        Assert.Equal(flows.Length, encoder.Untellable + encoder.Flows);
    }

    [Fact]
    public void Two_way_records_carry_both_directions()
    {
        var flows = Flows(300, ExportProtocol.Ipfix);
        foreach (ref var flow in flows.AsSpan())
        {
            (flow.Traits, flow.ReversePackets, flow.ReverseOctets, flow.ReverseTcpFlags) =
                (flow.Traits | FlowTraits.Biflow, flow.Packets + 1, flow.Octets + 2, 0x12);
        }

        var read = ReadBack.From(Encode(ExportProtocol.Ipfix, flows, new EncoderOptions()).Payloads);
        Assert.Equal(flows.Length, read.Flows.Count);
        Assert.All(read.Flows, flow => Assert.Equal((flow.Packets + 1, flow.Octets + 2, (byte)0x12), (
            flow.ReversePackets, flow.ReverseOctets, flow.ReverseTcpFlags)));
    }

    [Fact]
    public void A_datagram_that_is_not_full_leaves_after_its_linger_time()
    {
        var shelf = new DatagramBuffer();
        var encoder = FlowEncoder.For(
            ExportProtocol.NetFlow9, Router(), new EncoderOptions { LingerMs = 1_000 }, shelf);
        encoder.Add(Flows(1, ExportProtocol.NetFlow5)[0], Boot + 5_000);
        encoder.FlushStale(Boot + 5_999);
        Assert.Empty(shelf.Payloads);
        encoder.FlushStale(Boot + 6_000);
        Assert.Equal(2, shelf.Payloads.Count);
    }

    private static Exporter Router() => new(IpKey.Parse("192.0.2.10"), 7, Boot);

    private static DatagramBuffer Encode(ExportProtocol protocol, FlowRecord[] flows, EncoderOptions options)
    {
        var shelf = new DatagramBuffer();
        var encoder = FlowEncoder.For(protocol, Router(), options, shelf);
        foreach (var flow in flows)
        {
            encoder.Add(flow, Boot + 9_000_000);
        }

        encoder.Flush(Boot + 9_000_000);
        Assert.Equal(flows.Length, encoder.Flows);
        Assert.Equal(shelf.Payloads.Count, encoder.Datagrams);
        return shelf;
    }

    private static FlowRecord[] Flows(int count, ExportProtocol protocol)
    {
        var dice = new Dice(42);
        var flows = new FlowRecord[count];
        foreach (ref var flow in flows.AsSpan())
        {
            var v6 = protocol != ExportProtocol.NetFlow5 && dice.Chance(0.4);
            flow.Source = Address(v6, dice);
            flow.Destination = Address(v6, dice);
            flow.SourcePort = (ushort)dice.Next();
            flow.DestinationPort = (ushort)dice.Next();
            flow.Protocol = dice.Chance(0.6) ? (byte)6 : (byte)17;
            flow.TcpFlags = flow.Protocol == 6 ? (byte)dice.Below(32) : (byte)0;
            flow.Packets = protocol == ExportProtocol.SFlow5 ? 1 : (ulong)dice.Next() & 0xFFFF_FFFF;
            flow.Octets =
                protocol == ExportProtocol.SFlow5 ? (ulong)(60 + dice.Below(1_400)) : (ulong)dice.Next() & 0xFFFF_FFFF;
            flow.StartMs = Boot + dice.Below(4_000_000);
            flow.EndMs = flow.StartMs + dice.Below(60_000);
            flow.InputInterface = (uint)dice.Below(60_000);
            flow.OutputInterface = (uint)dice.Below(60_000);
        }

        return flows;
    }

    private static IpKey Address(bool v6, Dice dice) =>
        v6 ? new IpKey(new UInt128(dice.Next() | (1UL << 63), dice.Next())) : IpKey.FromV4((uint)dice.Next());

    private static void Same(ExportProtocol protocol, in FlowRecord sent, in FlowRecord got)
    {
        Assert.Equal(
            (sent.Source, sent.Destination, sent.SourcePort, sent.DestinationPort, sent.Protocol, sent.TcpFlags),
            (got.Source, got.Destination, got.SourcePort, got.DestinationPort, got.Protocol, got.TcpFlags));
        Assert.Equal((sent.Packets, sent.Octets, sent.InputInterface, sent.OutputInterface), (
            got.Packets, got.Octets, got.InputInterface, got.OutputInterface));
        if (protocol != ExportProtocol.SFlow5)
        {
            Assert.Equal((sent.StartMs, sent.EndMs), (got.StartMs, got.EndMs));
        }
    }
}
