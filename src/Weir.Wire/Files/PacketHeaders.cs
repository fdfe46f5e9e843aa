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

    /// <summary>Reads one frame.</summary>
    /// <param name="frame">As captured, from its link layer on.</param>
    /// <param name="link">The capture's link layer.</param>
    /// <param name="flow">One packet: addresses, ports, protocol, flags, octets of the IP packet. No times.</param>
    /// <returns>False where it is not IP, or cut inside its IP header.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, LinkType link, out FlowRecord flow)
    {
        flow = new FlowRecord { Packets = 1 };
        var (protocol, at) = link switch
        {
            LinkType.Ethernet => (SampledPacket.Ethernet, 0),
            LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.IPv4 or LinkType.IPv6 => (Ip(frame), 0),
            LinkType.Null or LinkType.Loop => (frame.Length > 4 ? Ip(frame[4..]) : 0, 4),

            // A cooked capture's protocol field stands where an Ethernet type would (two octets before the packet), so
            // the last fourteen octets in front are read as an Ethernet header.
            LinkType.LinuxSll => (SampledPacket.Ethernet, 2),
            LinkType.LinuxSll2 when frame.Length >= 20 => (Ip(frame[20..]), 20),
            _ => (0u, 0),
        };
        var shape = default(PacketShape);
        if (protocol == 0 || frame.Length < at + FirstWithoutLength
            || SampledPacket.Read(protocol, frame[at..], ref flow, ref shape) != PacketFinding.Header)
        {
            return false;
        }

        flow.Octets = flow.Octets != 0 ? flow.Octets : (ulong)Math.Max(0, shape.FromIp);
        return true;
    }

    private static uint Ip(ReadOnlySpan<byte> packet) => packet.IsEmpty ? 0 : (packet[0] >> 4) switch
    {
        4 => SampledPacket.IPv4,
        6 => SampledPacket.IPv6,
        _ => 0,
    };
}
