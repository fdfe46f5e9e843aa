// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire;

/// <summary>What a record says about itself beyond its numbers.</summary>
[Flags]
public enum FlowTraits : byte
{
    None = 0,

    /// <summary>Both directions in one record, the source being the initiator (RFC 5103); the
    /// reverse fields count.</summary>
    Biflow = 1,

    /// <summary>TCP flags were exported; without it zero flags mean "not known".</summary>
    FlagsKnown = 2,

    /// <summary>Packets and octets are estimates already scaled by the exporter.</summary>
    Scaled = 4,

    /// <summary>The record was observed leaving the interface (IPFIX element 61 flowDirection = 1).</summary>
    Egress = 8,

    /// <summary>The record was observed entering the interface (flowDirection = 0). Neither: the record
    /// does not say.</summary>
    Ingress = 16,

    /// <summary>The exporter did not forward the packets: forwardingStatus of the class 0x80 (RFC 7270 §4.12), a
    /// firewall's denial (233 = 3), sFlow output "discarded".</summary>
    Dropped = 32,

    /// <summary>Packets and octets are totals since the exporter began to count the flow (IPFIX elements 85, 86 and
    /// their like), not since its last report.</summary>
    RunningTotals = 64,

    /// <summary>Packets and octets are what came since the last report, and the totals stand beside them, in the
    /// reverse counters: only between decoding and <c>ExporterState</c>, which knows the totals before.</summary>
    TotalsBeside = 128,
}

/// <summary>One flow as an exporter or a file tells it: the allow-list of fields Weir ever takes
/// (rules.md R7).</summary>
public struct FlowRecord
{
    public IpKey Source;
    public IpKey Destination;

    /// <summary>Flow start and end, milliseconds since the UNIX epoch, UTC; 0 where the record does not say.</summary>
    public long StartMs;
    public long EndMs;

    /// <summary>As exported, not multiplied by the sampling interval.</summary>
    public ulong Packets;
    public ulong Octets;

    /// <summary>Destination to source; only with <see cref="FlowTraits.Biflow"/>.</summary>
    public ulong ReversePackets;
    public ulong ReverseOctets;

    /// <summary>One packet in so many was looked at, as the record or its header says; 0 = not said here.</summary>
    public uint SamplingInterval;

    /// <summary>selectorId (302) or samplerId (48) of the record, by which options data tell its
    /// rate; 0 = none.</summary>
    public uint Selector;

    /// <summary>SNMP indices; 0 = not said.</summary>
    public uint InputInterface;
    public uint OutputInterface;

    public ushort SourcePort;

    /// <summary>Transport port; for ICMP type × 256 + code.</summary>
    public ushort DestinationPort;

    /// <summary>IANA protocol number.</summary>
    public byte Protocol;

    /// <summary>Union of the TCP control bits seen, low octet (RFC 9293 §3.1: FIN 1, SYN 2, RST 4,
    /// PSH 8, ACK 16).</summary>
    public byte TcpFlags;
    public byte ReverseTcpFlags;
    public FlowTraits Traits;

    public readonly bool Is(FlowTraits trait) => (Traits & trait) == trait;
}
