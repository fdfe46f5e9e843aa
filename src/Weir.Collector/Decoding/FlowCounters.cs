// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Octets without packets are a flow: firewalls tell no packets. As many as full packets would be, and at
/// least one; a TCP connection that carried anything took two.</summary>
internal static class FlowCounters
{
    private const ulong FullPacket = 1_500;

    /// <summary>The longest IPv4 header and TCP header alone, a bare SYN with all its options.</summary>
    private const ulong LongestSyn = 80;

    public static void Complete(ref FlowRecord flow)
    {
        flow.Packets = flow.Packets != 0 ? flow.Packets : AtLeast(flow.Octets, flow.Protocol);
        flow.ReversePackets =
            flow.ReversePackets != 0 ? flow.ReversePackets : AtLeast(flow.ReverseOctets, flow.Protocol);
    }

    private static ulong AtLeast(ulong octets, byte protocol) =>
        octets == 0 ? 0
        : Math.Max(((octets - 1) / FullPacket) + 1, protocol == Protocols.Tcp && octets > LongestSyn ? 2u : 1u);
}
