// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Tests.Attributing;

public class AttributorTests
{
    private static readonly IpKey Exporter = IpKey.Parse("192.0.2.1");

    private readonly Attributor _attributor = new(new NetworkTable(
    [
        new Network(Prefix.Parse("10.0.0.0/8"), AccessType: 3),
        new Network(Prefix.Parse("10.9.9.9/32"), Excluded: true),
        new Network(Prefix.Parse("2001:db8::/32"), SubjectLength: 56),
    ]));

    [Fact]
    public void The_subject_stands_on_the_left_whichever_way_the_flow_went()
    {
        var record = Record("10.0.0.7", 50_000, "198.51.100.7", 443);
        record.Packets = 5;
        record.TcpFlags = 0x1b;
        var back = Record("198.51.100.7", 443, "10.0.0.7", 50_000);
        back.Packets = 9;
        back.TcpFlags = 0x1a;

        var sent = Attributed(record);
        var received = Attributed(back);

        Assert.Equal((5UL, 0UL, (byte)0x1b), (sent.PacketsOut, sent.PacketsIn, sent.FlagsOut));
        Assert.Equal((0UL, 9UL, (byte)0x1a), (received.PacketsOut, received.PacketsIn, received.FlagsIn));
        Assert.Equal(sent.Subject, received.Subject);
        Assert.Equal("198.51.100.7:443/tcp", sent.Endpoint.ToString());
        Assert.Equal(sent.Endpoint, received.Endpoint);
        Assert.Equal(3, sent.AccessType);
    }

    [Fact]
    public void An_IPv6_subject_is_a_prefix_of_the_configured_length()
    {
        var flow = Attributed(Record("2001:db8:1:2ff:aaaa::1", 50_000, "2001:470::1", 443));

        Assert.Equal("2001:db8:1:200::", flow.Subject.ToString());
    }

    [Fact]
    public void Flows_without_a_subject_are_counted_by_kind_and_go_no_further()
    {
        Assert.False(Try(Record("10.0.0.7", 1, "10.0.0.8", 2), out _));
        Assert.False(Try(Record("192.0.2.9", 1, "198.51.100.7", 2), out _));
        Assert.False(Try(Record("10.9.9.9", 1, "198.51.100.7", 2), out _));

        Assert.Equal((0L, 1L, 1L, 0L, 1L), (
            _attributor.Counts.Attributed, _attributor.Counts.Internal, _attributor.Counts.Foreign,
            _attributor.Counts.Spoofed, _attributor.Counts.Excluded));
    }

    [Fact]
    public void A_foreign_source_behind_a_subscriber_interface_is_spoofed()
    {
        var attributor = new Attributor(_attributor.Networks, new FacesOn(7));
        var record = Record("192.0.2.9", 1, "198.51.100.7", 2);
        record.InputInterface = 7;
        var flow = default(Flow);

        Assert.True(attributor.Attribute(record, Exporter, 0, ref flow));
        Assert.Equal((FlowAttribution.Spoofed, "100::c000:201:0:7", "198.51.100.7"), (
            flow.Place, flow.Subject.ToString(), flow.Remote.ToString()));
        record.InputInterface = 8;
        Assert.False(attributor.Attribute(record, Exporter, 0, ref flow));

        Assert.Equal((1L, 1L), (attributor.Counts.Spoofed, attributor.Counts.Foreign));
    }

    [Fact]
    public void A_remote_client_of_the_subjects_own_server_has_no_service_port()
    {
        Assert.Equal(FlowInitiator.Remote, Attributed(Record("198.51.100.7", 51_000, "10.0.0.7", 22)).Opener);
        Assert.Equal(0, Attributed(Record("198.51.100.7", 51_000, "10.0.0.7", 22)).Endpoint.Port);
        Assert.Equal(0, Attributed(Record("10.0.0.7", 22, "198.51.100.7", 51_000)).Endpoint.Port);
        Assert.Equal(48_101, Attributed(Record("10.0.0.7", 5_000, "198.51.100.7", 48_101)).Endpoint.Port);
    }

    [Fact]
    public void A_bare_SYN_and_a_biflow_say_who_opened()
    {
        var syn = Record("198.51.100.7", 51_000, "10.0.0.7", 5_555);
        syn.TcpFlags = 0x02;
        syn.Traits = FlowTraits.FlagsKnown;
        var biflow = Record("10.0.0.7", 80, "198.51.100.7", 51_000);
        biflow.Traits = FlowTraits.Biflow;

        Assert.Equal(FlowInitiator.Remote, Attributed(syn).Opener);
        Assert.Equal(FlowInitiator.Subject, Attributed(biflow).Opener);
    }

    [Fact]
    public void ICMP_type_and_code_are_not_taken_for_ports()
    {
        var ping = Record("10.0.0.7", 0, "198.51.100.7", 0x0800);
        ping.Protocol = Protocols.Icmp;

        Assert.Equal(0, Attributed(ping).Endpoint.Port);
    }

    [Fact]
    public void A_flow_of_an_epoch_whose_key_is_not_at_hand_is_nobodys_and_counted()
    {
        var keys = new OneEpoch();
        var attributor = new Attributor(_attributor.Networks, null, keys);
        var record = Record("10.0.0.7", 1, "198.51.100.7", 2);
        record.StartMs = 100 * Epochs.Ms;
        var flow = default(Flow);

        Assert.False(attributor.Attribute(record, Exporter, 0, ref flow));
        keys.Held = 100;
        Assert.True(attributor.Attribute(record, Exporter, 0, ref flow));
        record.StartMs--;
        Assert.False(attributor.Attribute(record, Exporter, 0, ref flow));

        Assert.Equal((1L, 2L), (attributor.Counts.Attributed, attributor.Counts.Unattributed));
    }

    [Fact]
    public void Where_addresses_change_hands_the_subject_is_the_line_and_without_a_lease_nobody()
    {
        var line = SubscriberLineId.From(new byte[14]);
        var intake = new CurrentIntakeTable();
        intake.Swap(
            IntakeTable.From([
                new AddressAssignment(Prefix.Parse("10.1.0.7/32"), 0, ushort.MaxValue, 1_000, 2_000, line),
                new AddressAssignment(Prefix.Parse("10.2.0.1/32"), 1_024, 2_047, 0, long.MaxValue, line)]),
            long.MaxValue);
        var attributor = new Attributor(
            new NetworkTable([
                new Network(Prefix.Parse("10.1.0.0/16"), Attribution: SubscriberMapping.Leased),
                new Network(Prefix.Parse("10.2.0.0/16"), Attribution: SubscriberMapping.Cgnat)]),
            intake: intake);

        Assert.Equal(line, SubjectOf(attributor, Record("10.1.0.7", 5_000, "198.51.100.7", 443)));
        Assert.Equal(line, SubjectOf(attributor, Record("198.51.100.7", 443, "10.1.0.7", 5_000)));
        Assert.Equal(line, SubjectOf(attributor, Record("10.2.0.1", 1_500, "198.51.100.7", 443)));
        Assert.Equal(line, SubjectOf(attributor, Record("198.51.100.7", 1, "10.2.0.1", 2_047)));
        Assert.Null(SubjectOf(attributor, Record("10.2.0.1", 2_048, "198.51.100.7", 1_500)));
        Assert.Null(SubjectOf(attributor, Record("10.1.0.8", 1, "198.51.100.7", 443)));
        var late = Record("10.1.0.7", 1, "198.51.100.7", 443);
        late.StartMs = 2_000;
        Assert.Null(SubjectOf(attributor, late));
        var ping = Record("10.2.0.1", 1_500, "198.51.100.7", 1_500);
        ping.Protocol = Protocols.Icmp;
        Assert.Null(SubjectOf(attributor, ping));
        Assert.Equal((4L, 4L), (attributor.Counts.Attributed, attributor.Counts.Unattributed));
    }

    private static IpKey? SubjectOf(Attributor attributor, in FlowRecord record)
    {
        var flow = default(Flow);
        return attributor.Attribute(record, Exporter, 0, ref flow) ? flow.Subject : null;
    }

    private sealed class OneEpoch : IEpochKeySource
    {
        public uint? Held { get; set; }

        public bool Has(uint epoch) => epoch == Held;

        public byte[] GetKey(uint epoch) => new byte[32];

        public ulong CohortOf(uint epoch) => 0;
    }

    private static FlowRecord Record(string source, ushort sourcePort, string destination, ushort destinationPort) =>
        new()
        {
            Source = IpKey.Parse(source),
            SourcePort = sourcePort,
            Destination = IpKey.Parse(destination),
            DestinationPort = destinationPort,
            Protocol = Protocols.Tcp,
            Packets = 1,
            Octets = 60,
            StartMs = 1_000,
            EndMs = 2_000,
        };

    private bool Try(in FlowRecord record, out Flow flow)
    {
        flow = default;
        return _attributor.Attribute(record, Exporter, 0, ref flow);
    }

    private Flow Attributed(in FlowRecord record)
    {
        Assert.True(Try(record, out var flow));
        return flow;
    }

    private sealed class FacesOn(uint index) : IInterfaceRoles
    {
        public int Version => 1;

        public IReadOnlySet<uint> FacingSubscribers(IpKey exporter) => new HashSet<uint> { index };
    }
}
