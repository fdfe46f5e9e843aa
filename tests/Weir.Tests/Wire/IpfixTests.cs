// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Wire;

public class IpfixTests
{
    private static readonly byte[] _ends = Join(Ip("10.0.0.1"), Ip("192.0.2.7"));

    [Fact]
    public void Reduced_sizes_are_read_as_numbers()
    {
        var flow = One(
            "8/4 12/4 2/3 1/5 7/2 11/2 4/1 6/2 10/1 14/2", _ends, Hex("01 00 02"), Hex("01 00 00 00 03"),
            U16(1_234, 53), U8(17), U16(0x112), U8(9), U16(300));
        Assert.Equal((0x10002UL, 0x1_0000_0003UL), (flow.Packets, flow.Octets));
        Assert.Equal((1_234, 53, 17, 0x12), (flow.SourcePort, flow.DestinationPort, flow.Protocol, flow.TcpFlags));
        Assert.Equal((9U, 300U), (flow.InputInterface, flow.OutputInterface));
    }

    [Fact]
    public void Fields_of_unknown_enterprises_are_stepped_over() =>
        Assert.Equal(
            5UL,
            One("8/4 5951:2/7 12/4 64000:8/4 2/4", Ip("10.0.0.1"), new byte[7], Ip("192.0.2.7"), U32(77, 5)).Packets);

    [Fact]
    public void Variable_length_fields_move_what_follows()
    {
        var fields = "8/4 371/65535 12/4 95/65535 2/4";
        var found = PayloadSequence.Decode(Ipfix(
            Set(2, Template(256, fields)),
            Set(
                256,
                Join(Ip("10.0.0.1"), U8(3), new byte[3], Ip("192.0.2.7"), U8(0), U32(5)),
                Join(Ip("10.0.0.2"), U8(255), U16(300), new byte[300], Ip("192.0.2.8"), U8(1, 1), U32(6)))));
        Assert.Equal([5UL, 6UL], found.Flows.Select(static flow => flow.Packets));
        Assert.Equal(IpKey.Parse("192.0.2.8"), found.Flows[1].Destination);
        Assert.Empty(found.Faults);
    }

    [Fact]
    public void A_variable_length_beyond_its_set_costs_the_record()
    {
        var found = PayloadSequence.Decode(
            Ipfix(Set(2, Template(256, "8/4 12/4 371/65535")), Set(256, _ends, U8(9, 1))));
        Assert.Equal(Damage.SkipRecord, Assert.Single(found.Faults).Damage);
        Assert.Empty(found.Flows);
    }

    [Fact]
    public void A_biflow_carries_both_directions()
    {
        var flow = One("8/4 12/4 2/4 1/4 29305:2/4 29305:1/4 29305:6/1", _ends, U32(5, 500, 7, 700), U8(0x12));
        Assert.True(flow.Is(FlowTraits.Biflow));
        Assert.Equal((7UL, 700UL, 0x12), (flow.ReversePackets, flow.ReverseOctets, flow.ReverseTcpFlags));
    }

    [Fact]
    public void A_biflow_whose_source_answered_is_turned()
    {
        var flow = One("8/4 12/4 7/2 11/2 239/1 2/4 29305:2/4", _ends, U16(443, 40_000), U8(2), U32(5, 7));
        Assert.Equal((IpKey.Parse("192.0.2.7"), 40_000, 443), (flow.Source, flow.SourcePort, flow.DestinationPort));
        Assert.Equal((7UL, 5UL), (flow.Packets, flow.ReversePackets));
    }

    [Fact]
    public void Initiator_and_responder_counters_are_a_biflow_and_a_responder_alone_is_not()
    {
        Assert.True(One("8/4 12/4 231/4 232/4", _ends, U32(81, 763)).Is(FlowTraits.Biflow));
        var plain = One("8/4 12/4 1/4 232/4", _ends, U32(81, 763));
        Assert.Equal((false, 81UL, 0UL), (plain.Is(FlowTraits.Biflow), plain.Octets, plain.ReverseOctets));
    }

    [Fact]
    public void Of_two_counters_the_total_stands_beside_what_is_new()
    {
        var flow = One("86/4 2/4 8/4 12/4", U32(9, 5), _ends);
        Assert.Equal((5UL, 9UL, true), (flow.Packets, flow.ReversePackets, flow.Is(FlowTraits.TotalsBeside)));
        Assert.True(One("86/4 8/4 12/4", U32(9), _ends).Is(FlowTraits.RunningTotals));
    }

    [Theory]
    [InlineData("0A000001 C0000207 00000000000000000000000000000000 00000000000000000000000000000000", "10.0.0.1")]
    [InlineData("00000000 00000000 20010DB8000000000000000000000001 20010DB8000000000000000000000002", "2001:db8::1")]
    public void Of_two_address_families_the_one_that_is_not_zero_is_taken(string ends, string source) =>
        Assert.Equal(IpKey.Parse(source), One("8/4 12/4 27/16 28/16", Hex(ends)).Source);

    [Fact]
    public void Icmp_type_and_code_stand_in_the_destination_port()
    {
        Assert.Equal(0x0800, One("8/4 12/4 4/1 11/2 32/2", _ends, U8(1), U16(0, 0x0800)).DestinationPort);
        Assert.Equal(0x0301, One("8/4 12/4 4/1 176/1 177/1", _ends, U8(1, 3, 1)).DestinationPort);
        Assert.Equal(443, One("8/4 12/4 4/1 11/2 32/2", _ends, U8(6), U16(443, 0x0800)).DestinationPort);
    }

    [Fact]
    public void A_record_without_two_ends_is_no_flow()
    {
        var found = PayloadSequence.Decode(Ipfix(
            Set(2, Template(256, "8/4 2/4"), Template(257, "8/4 12/4")), Set(256, new byte[16]),
            Set(257, new byte[8])));
        Assert.Equal([IgnoredReason.NotAFlow, IgnoredReason.NotAFlow, IgnoredReason.NotAFlow], found.Ignored);
    }

    [Fact]
    public void A_nat_event_is_a_flow_only_with_counters()
    {
        Assert.Empty(
            PayloadSequence.Decode(Ipfix(Set(2, Template(256, "8/4 12/4 230/1")), Set(256, _ends, U8(4)))).Flows);
        Assert.Equal(9UL, One("8/4 12/4 230/1 1/4", _ends, U8(5), U32(9)).Octets);
    }

    [Fact]
    public void Several_messages_and_sets_stand_in_one_payload()
    {
        var teach = Set(2, Template(256, "8/4 12/4"));
        var found = PayloadSequence.Decode(
            Join(Ipfix(teach, Set(256, _ends, _ends)), IpfixOf(7, 2, Set(256, _ends), Set(256, _ends)), new byte[3]));
        Assert.Equal((4, 2), (found.Flows.Count, found.Messages.Count));
        Assert.Equal([2U, 2U], found.Units);
        Assert.Empty(found.Faults);
    }

    [Fact]
    public void Padding_shorter_than_a_record_is_no_fault() =>
        Assert.Empty(
            PayloadSequence.Decode(Ipfix(Set(2, Template(256, "8/4 12/4")), Set(256, _ends, new byte[3]))).Faults);

    [Fact]
    public void A_set_beyond_its_message_gives_its_whole_records()
    {
        var message = Ipfix(Set(2, Template(256, "8/4 12/4")), Set(256, _ends, _ends))[..^3];
        message[3] -= 3;
        var found = PayloadSequence.Decode(message);
        Assert.Single(found.Flows);
        Assert.Equal("RFC 7011 §3.3.2 set goes beyond its message", Assert.Single(found.Faults).Rule);
    }

    [Fact]
    public void A_set_shorter_than_its_header_ends_the_message_with_a_fault() =>
        Assert.Equal(Damage.SkipSet, Assert.Single(PayloadSequence.Decode(Ipfix(U16(256, 3, 1, 1))).Faults).Damage);

    [Fact]
    public void A_reserved_set_id_is_a_fault_and_the_next_set_is_read()
    {
        var found = PayloadSequence.Decode(
            Ipfix(Set(4, new byte[4]), Set(2, Template(256, "8/4 12/4")), Set(256, _ends)));
        Assert.Equal("RFC 7011 §3.3.2 reserved set id", Assert.Single(found.Faults).Rule);
        Assert.Single(found.Flows);
    }

    private static FlowRecord One(string fields, params byte[][] record)
    {
        var found = PayloadSequence.Decode(Ipfix(Set(2, Template(256, fields)), Set(256, record)));
        Assert.Empty(found.Faults);
        return Assert.Single(found.Flows);
    }
}
