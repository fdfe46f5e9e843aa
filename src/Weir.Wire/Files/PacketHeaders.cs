// SPDX-License-Identifier: Apache-2.0
//
// A captured frame as one packet of a flow: down to ports and TCP flags, read as sampled headers are. Nothing behind
// them is looked at.
//
// Standards: LINKTYPE_ numbers of the tcpdump registry; the headers see SampledPacket.
using System.Buffers.Binary;
using Weir.Wire.SFlow;

namespace Weir.Wire.Files;

/// <summary>Reads the headers of captured packets; never throws.</summary>
public static class PacketHeaders
{
    private const int FirstWithoutLength = 14;
    private const uint NotRead = uint.MaxValue;

    /// <summary>Reads one frame.</summary>
    /// <param name="frame">As captured, from its link layer on.</param>
    /// <param name="link">The capture's link layer.</param>
    /// <param name="flow">One packet: addresses, ports, protocol, flags, octets of the IP packet. No times.</param>
    /// <param name="why">Where it is none: not IP, cut inside its IP header, of a link layer not read.</param>
    /// <param name="visitor">Asked which of two headers it wants.</param>
    public static bool TryRead<TVisitor>(
        ReadOnlySpan<byte> frame, LinkType link, ref TVisitor visitor, out FlowRecord flow, out PacketKind why)
        where TVisitor : struct, IFlowVisitor
    {
        flow = new FlowRecord { Packets = 1 };
        why = PacketKind.NotIp;
        var (protocol, at) = link switch
        {
            LinkType.Ethernet => (SampledPacket.Ethernet, 0),
            LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.IPv4 or LinkType.IPv6 => (Ip(frame), 0),
            LinkType.Null or LinkType.Loop => (frame.Length > 4 ? Ip(frame[4..]) : 0, 4),

            // A cooked capture's protocol field stands where an Ethernet type would (two octets before the packet), so
            // the last fourteen octets in front are read as an Ethernet header.
            LinkType.LinuxSll => (SampledPacket.Ethernet, 2),
            LinkType.LinuxSll2 when frame.Length >= 20 => (Ip(frame[20..]), 20),
            LinkType.LinuxSll2 => (0u, 0),
            LinkType.Ppp => (SampledPacket.Ppp, 0),
            LinkType.PppHdlc when frame is [0xFF, ..] => (SampledPacket.Ppp, 0),

            // Version and code, session, length; then as PPP (RFC 2516 §4).
            LinkType.PppEther => (SampledPacket.Ppp, 6),
            LinkType.PppHdlc or LinkType.CiscoHdlc => (frame.Length > 4 ? Ip(frame[4..]) : 0, 4),
            _ => (NotRead, 0),
        };
        if (protocol is 0 or NotRead)
        {
            why = protocol == 0 ? why : PacketKind.OtherLink;
            return false;
        }

        var linkOctets = 0;
        var finding = frame.Length < at + FirstWithoutLength ? PacketFinding.Cut
            : SampledPacket.ReadThrough(protocol, frame[at..], ref flow, ref visitor, out linkOctets);
        if (finding != PacketFinding.Header)
        {
            why = finding == PacketFinding.Cut ? PacketKind.Damaged : why;
            return false;
        }

        flow.Octets = flow.Octets != 0 ? flow.Octets : (ulong)Math.Max(0, frame.Length - at - linkOctets);
        return true;
    }

    private static uint Ip(ReadOnlySpan<byte> packet) => packet.IsEmpty ? 0 : (packet[0] >> 4) switch
    {
        4 => SampledPacket.IPv4,
        6 => SampledPacket.IPv6,
        _ => 0,
    };
}
