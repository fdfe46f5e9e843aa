// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>What a template field means to Weir. Everything that is not named here is stepped over
/// by its length.</summary>
internal enum FieldKind : byte
{
    Skip,
    SourceV4,
    DestinationV4,
    SourceV6,
    DestinationV6,
    IpVersion,
    SourcePort,
    DestinationPort,
    Protocol,
    TcpFlags,
    ReverseTcpFlags,
    IcmpTypeAndCode,
    IcmpType,
    IcmpCode,
    Packets,
    Octets,
    ReversePackets,
    ReverseOctets,

    /// <summary>Totals in a template that tells what is new as well.</summary>
    TotalPackets,
    TotalOctets,
    StartUptime,
    EndUptime,
    StartSeconds,
    EndSeconds,
    StartMs,
    EndMs,
    StartMicroseconds,
    EndMicroseconds,
    StartNanoseconds,
    EndNanoseconds,
    StartDelta,
    EndDelta,
    DurationMs,
    DurationMicroseconds,
    EventSeconds,
    EventMs,
    EventMicroseconds,
    EventNanoseconds,
    SystemInit,
    InputInterface,
    OutputInterface,
    Direction,
    BiflowDirection,
    Selector,
    SamplingInterval,
    SamplingPacketInterval,
    SamplingPacketSpace,
    SamplingSize,
    SamplingPopulation,
    SamplingProbability,
    SamplingTimeInterval,
    SamplingTimeSpace,
    HashRangeMin,
    HashRangeMax,
    HashSelectedMin,
    HashSelectedMax,
    SelectorAlgorithm,

    /// <summary>forwardingStatus (89): whether the packets went on.</summary>
    ForwardingStatus,

    /// <summary>Packets and octets that went nowhere (132 to 135).</summary>
    DroppedPackets,
    DroppedOctets,

    /// <summary>The first octets of a frame, Ethernet (315, 104).</summary>
    FrameSection,

    /// <summary>The first octets of an IP packet (313).</summary>
    PacketSection,

    /// <summary>What a firewall did (233).</summary>
    FirewallEvent,

    /// <summary>A NAT or firewall event (elements 230, 40005 …): without counters the record is an
    /// event, not a flow.</summary>
    EventMark,

    /// <summary>What options data speak of: an observation domain (149), a template (145), a line card (141).</summary>
    ScopeDomain,
    ScopeTemplate,
    ScopeCard,

    /// <summary>Whatever else options data speak of: no record says that it belongs to it.</summary>
    ScopeOther,
}
