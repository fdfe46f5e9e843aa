// SPDX-License-Identifier: Apache-2.0
//
// Which fields of a template Weir takes: the allow-list of rules.md R7, by enterprise and element number. Several
// fields may tell the same thing (a delta and a total, a port by either of two names); the rank says which is asked
// first, and the first that is not zero wins.
//
// Standards: IANA IPFIX registry (RFC 7012), RFC 5103 (reverse elements under enterprise 29305), RFC 3954 §8 and §6.1
// (scopes), RFC 5477 and 7014 (sampling of packets and of flows). Vendor elements: Cisco NSEL 40005, Cisco AVC client
// and server (enterprise 9, or in v9 with the top bit set), CERT (enterprise 6871) TCP flags, Nokia (enterprise 637)
// NAT logs.
namespace Weir.Wire.NetFlow;

/// <summary>From a field's number to its meaning and rank.</summary>
internal static class FieldCatalogue
{
    private const uint Reverse = 29305;
    private const uint Cert = 6871;
    private const uint Cisco = 9;
    private const uint Nokia = 637;

    /// <summary>Tells which packets a record speaks of: an address, a port, a protocol. Where it comes twice there are
    /// two headers.</summary>
    public static bool IsOfHeader(FieldKind kind) =>
        kind is >= FieldKind.SourceV4 and <= FieldKind.IcmpCode and not FieldKind.ReverseTcpFlags;

    public static (FieldKind Kind, byte Rank) Find(in TemplateField field, ExportProtocol protocol, bool scope)
    {
        if (scope && protocol == ExportProtocol.NetFlow9 && field.Id <= 5)
        {
            return (
                field.Id switch
                {
                    2 => FieldKind.InputInterface,
                    3 => FieldKind.ScopeCard,
                    5 => FieldKind.ScopeTemplate,
                    _ => FieldKind.ScopeOther,
                }, 0);
        }

        if (scope && field is { Enterprise: 0, Id: 141 or 145 or 149 })
        {
            return (
                field.Id == 149 ? FieldKind.ScopeDomain
                    : field.Id == 145 ? FieldKind.ScopeTemplate : FieldKind.ScopeCard, 0);
        }

        var found = Any(in field, protocol);
        return !scope || found.Kind is FieldKind.Selector or FieldKind.InputInterface or FieldKind.OutputInterface
            || found.Kind is >= FieldKind.SamplingInterval and <= FieldKind.SelectorAlgorithm
                ? found : (FieldKind.ScopeOther, (byte)0);
    }

    private static (FieldKind Kind, byte Rank) Any(in TemplateField field, ExportProtocol protocol) =>
        field.Enterprise switch
        {
            0 => Registered(field.Id, protocol),
            Reverse => Reversed(field.Id),
            Cert => OfCert(field.Id),
            Cisco => OfCisco(field.Id),
            Nokia => (field.Id is >= 91 and <= 93 ? FieldKind.EventMark : FieldKind.Skip, 0),
            _ => (FieldKind.Skip, 0),
        };

    private static (FieldKind Kind, byte Rank) Registered(ushort id, ExportProtocol protocol) => id switch
    {
        1 => (FieldKind.Octets, 0),
        231 => (FieldKind.Octets, 1),
        85 => (FieldKind.Octets, 2),
        352 or 353 => (FieldKind.Octets, 3),
        23 or 171 => (FieldKind.Octets, 4),
        2 => (FieldKind.Packets, 0),
        298 => (FieldKind.Packets, 1),
        86 => (FieldKind.Packets, 2),
        24 or 172 => (FieldKind.Packets, 4),
        232 => (FieldKind.ReverseOctets, 0),
        299 => (FieldKind.ReversePackets, 0),
        4 => (FieldKind.Protocol, 0),
        6 => (FieldKind.TcpFlags, 0),
        7 => (FieldKind.SourcePort, 0),
        180 or 182 => (FieldKind.SourcePort, 1),
        11 => (FieldKind.DestinationPort, 0),
        181 or 183 => (FieldKind.DestinationPort, 1),
        8 => (FieldKind.SourceV4, 0),
        12 => (FieldKind.DestinationV4, 0),
        27 => (FieldKind.SourceV6, 0),
        28 => (FieldKind.DestinationV6, 0),
        60 => (FieldKind.IpVersion, 0),
        10 => (FieldKind.InputInterface, 0),
        252 => (FieldKind.InputInterface, 1),
        14 => (FieldKind.OutputInterface, 0),
        253 => (FieldKind.OutputInterface, 1),
        61 => (FieldKind.Direction, 0),
        239 => (FieldKind.BiflowDirection, 0),
        32 or 139 => (FieldKind.IcmpTypeAndCode, 0),
        176 or 178 => (FieldKind.IcmpType, 0),
        177 or 179 => (FieldKind.IcmpCode, 0),
        230 => (FieldKind.EventMark, 0),
        233 => (FieldKind.FirewallEvent, 0),
        89 => (FieldKind.ForwardingStatus, 0),
        132 => (FieldKind.DroppedOctets, 0),
        134 => (FieldKind.DroppedOctets, 1),
        133 => (FieldKind.DroppedPackets, 0),
        135 => (FieldKind.DroppedPackets, 1),
        315 or 104 => (FieldKind.FrameSection, 0),
        313 => (FieldKind.PacketSection, 0),
        302 => (FieldKind.Selector, 0),
        48 => (FieldKind.Selector, 1),
        34 => (FieldKind.SamplingInterval, 0),
        50 => (FieldKind.SamplingInterval, 1),
        304 => (FieldKind.SelectorAlgorithm, 0),
        305 => (FieldKind.SamplingPacketInterval, 0),
        306 => (FieldKind.SamplingPacketSpace, 0),
        396 => (FieldKind.SamplingPacketInterval, 1),
        397 => (FieldKind.SamplingPacketSpace, 1),
        307 => (FieldKind.SamplingTimeInterval, 0),
        308 => (FieldKind.SamplingTimeSpace, 0),
        398 => (FieldKind.SamplingTimeInterval, 1),
        399 => (FieldKind.SamplingTimeSpace, 1),
        329 => (FieldKind.HashRangeMin, 0),
        330 => (FieldKind.HashRangeMax, 0),
        331 => (FieldKind.HashSelectedMin, 0),
        332 => (FieldKind.HashSelectedMax, 0),
        309 => (FieldKind.SamplingSize, 0),
        310 => (FieldKind.SamplingPopulation, 0),
        311 => (FieldKind.SamplingProbability, 0),
        40005 when protocol == ExportProtocol.NetFlow9 => (FieldKind.EventMark, 0),
        >= 0x8000 when protocol == ExportProtocol.NetFlow9 => OfCisco((ushort)(id & 0x7FFF)),
        _ => Time(id),
    };

    private static (FieldKind Kind, byte Rank) Time(ushort id) => id switch
    {
        152 => (FieldKind.StartMs, 0),
        153 => (FieldKind.EndMs, 0),
        156 => (FieldKind.StartNanoseconds, 1),
        157 => (FieldKind.EndNanoseconds, 1),
        154 => (FieldKind.StartMicroseconds, 2),
        155 => (FieldKind.EndMicroseconds, 2),
        150 => (FieldKind.StartSeconds, 3),
        151 => (FieldKind.EndSeconds, 3),
        158 => (FieldKind.StartDelta, 4),
        159 => (FieldKind.EndDelta, 4),
        22 => (FieldKind.StartUptime, 5),
        21 => (FieldKind.EndUptime, 5),
        160 => (FieldKind.SystemInit, 0),
        161 => (FieldKind.DurationMs, 0),
        162 => (FieldKind.DurationMicroseconds, 1),
        323 => (FieldKind.EventMs, 0),
        325 => (FieldKind.EventNanoseconds, 1),
        324 => (FieldKind.EventMicroseconds, 2),
        322 => (FieldKind.EventSeconds, 3),
        _ => (FieldKind.Skip, 0),
    };

    private static (FieldKind Kind, byte Rank) Reversed(ushort id) => id switch
    {
        1 => (FieldKind.ReverseOctets, 0),
        85 => (FieldKind.ReverseOctets, 2),
        352 or 353 => (FieldKind.ReverseOctets, 3),
        23 or 171 => (FieldKind.ReverseOctets, 4),
        2 => (FieldKind.ReversePackets, 0),
        86 => (FieldKind.ReversePackets, 2),
        24 or 172 => (FieldKind.ReversePackets, 4),
        6 => (FieldKind.ReverseTcpFlags, 0),
        _ => (FieldKind.Skip, 0),
    };

    private static (FieldKind Kind, byte Rank) OfCert(ushort id) => id switch
    {
        14 or 15 => (FieldKind.TcpFlags, 0),
        0x4000 + 14 or 0x4000 + 15 => (FieldKind.ReverseTcpFlags, 0),
        _ => (FieldKind.Skip, 0),
    };

    private static (FieldKind Kind, byte Rank) OfCisco(ushort id) => id switch
    {
        12236 => (FieldKind.SourceV4, 1),
        12237 => (FieldKind.DestinationV4, 1),
        12238 => (FieldKind.SourceV6, 1),
        12239 => (FieldKind.DestinationV6, 1),
        12240 => (FieldKind.SourcePort, 2),
        12241 => (FieldKind.DestinationPort, 2),
        _ => (FieldKind.Skip, 0),
    };
}
