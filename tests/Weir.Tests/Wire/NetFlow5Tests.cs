// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Wire;

public class NetFlow5Tests
{
    private static readonly byte[] _record = V5Record("10.0.0.1", "192.0.2.7", 40_000, 443, 5, 1_234);

    [Fact]
    public void A_record_becomes_a_flow_with_every_field()
    {
        var flow = Assert.Single(PayloadSequence.Decode(V5(0, 9, _record)).Flows);
        Assert.Equal(IpKey.Parse("10.0.0.1"), flow.Source);
        Assert.Equal(IpKey.Parse("192.0.2.7"), flow.Destination);
        Assert.Equal((40_000, 443, 6), (flow.SourcePort, flow.DestinationPort, flow.Protocol));
        Assert.Equal((5UL, 1_234UL), (flow.Packets, flow.Octets));
        Assert.Equal((3U, 4U), (flow.InputInterface, flow.OutputInterface));
        Assert.Equal(0x12, flow.TcpFlags);
        Assert.True(flow.Is(FlowTraits.FlagsKnown));
        Assert.Equal((ExportedAt * 1000L) + 500 - 2_000, flow.StartMs);
        Assert.Equal((ExportedAt * 1000L) + 500 - 1_000, flow.EndMs);
    }

    [Fact]
    public void The_header_tells_engine_sequence_and_sampling()
    {
        var found = PayloadSequence.Decode(V5(0x4064, 9, _record));
        Assert.Equal(
            new ExportHeader(ExportProtocol.NetFlow5, 0x0102, 9, (ExportedAt * 1000L) + 500, Uptime),
            Assert.Single(found.Messages));
        Assert.Equal(100U, found.Flows[0].SamplingInterval);
        Assert.Equal([1U], found.Units);
    }

    [Fact]
    public void A_start_before_the_wrap_of_the_uptime_lies_before_the_export()
    {
        var record = (byte[])_record.Clone();
        U32(uint.MaxValue - 499).CopyTo(record, 24);
        var flow = Assert.Single(PayloadSequence.Decode(V5(0, 0, record)).Flows);
        Assert.Equal((ExportedAt * 1000L) + 500 - Uptime - 500, flow.StartMs);
    }

    [Fact]
    public void A_count_beyond_the_payload_gives_what_is_there_and_one_fault()
    {
        var message = V5(0, 0, _record, _record);
        message[3] = 9;
        var found = PayloadSequence.Decode(message);
        Assert.Equal(2, found.Flows.Count);
        Assert.Equal(
            new Malformed(Damage.SkipRecord, message.Length, "NetFlow v5 record count"), Assert.Single(found.Faults));
        Assert.Equal([2U], found.Units);
    }

    [Fact]
    public void Messages_behind_each_other_are_all_read() =>
        Assert.Equal(3, PayloadSequence.Decode(Join(V5(0, 0, _record), V5(0, 1, _record, _record))).Flows.Count);

    [Fact]
    public void A_short_header_drops_the_datagram() =>
        Assert.Equal(Damage.DropDatagram, PayloadSequence.Damage(new(), U16(5, 1, 0)));
}
