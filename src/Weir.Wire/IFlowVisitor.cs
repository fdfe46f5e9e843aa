// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire;

/// <summary>The header of one export message.</summary>
/// <param name="Protocol">Which protocol.</param>
/// <param name="Domain">Observation domain (IPFIX), source id (v9), engine type × 256 + engine id (v5),
/// sub-agent id (sFlow).</param>
/// <param name="Sequence">As sent: v5 counts flows, v9 and sFlow count messages, IPFIX counts data records.</param>
/// <param name="ExportedAtMs">The exporter's clock, milliseconds since the UNIX epoch; 0 where the protocol
/// has none (sFlow).</param>
/// <param name="UptimeMs">Exporter's uptime in milliseconds; 0 where the protocol has none (IPFIX).</param>
public readonly record struct ExportHeader(
    ExportProtocol Protocol, uint Domain, uint Sequence, long ExportedAtMs, uint UptimeMs);

/// <summary>A sampling rate told by options data (RFC 3954 §6.1, RFC 5476 §6.5) or by a header.</summary>
/// <param name="Domain">Observation domain it belongs to.</param>
/// <param name="Selector">Sampler or selector id; 0 = the whole domain.</param>
/// <param name="Interface">SNMP index when the scope is an interface; 0 = all.</param>
/// <param name="Interval">One in so many packets, at least 1.</param>
public readonly record struct SamplingAnnouncement(uint Domain, uint Selector, uint Interface, uint Interval)
{
    /// <summary>A number of what else the options speak of (a cache, an observation point, a direction); 0 = nothing.
    /// No flow says that it belongs to it.</summary>
    public uint Other { get; init; }
}

/// <summary>Why a well-formed part of a message carries no flow for Weir.</summary>
public enum IgnoredReason : byte
{
    /// <summary>A data record without both addresses: counters, events, inventories.</summary>
    NotAFlow,

    /// <summary>An options data record that tells no sampling rate.</summary>
    Options,

    /// <summary>An sFlow counter sample.</summary>
    Counters,

    /// <summary>An sFlow sample or record of a format Weir has no use for, skipped by its length.</summary>
    OtherSample,

    /// <summary>A sampled packet that is not IP.</summary>
    NotIp,
}

/// <summary>How one packet carries another.</summary>
public enum TunnelForm : byte
{
    None,

    /// <summary>IP in IP: protocol 4 or 41 (RFC 2003, RFC 2473, RFC 4213), segment routing over IPv6
    /// (RFC 8986) and Ethernet in it (143) among them.</summary>
    IpInIp,

    /// <summary>RFC 2784, RFC 2890.</summary>
    Gre,

    /// <summary>UDP port 4789 (RFC 7348).</summary>
    Vxlan,

    /// <summary>UDP port 2152 (3GPP TS 29.281).</summary>
    GtpU,

    /// <summary>A record that tells two headers by the same elements, the outer first (RFC 7011 §8).</summary>
    Record,
}

/// <summary>Takes what a decoder finds, in wire order. A struct, so the calls are direct and
/// nothing is boxed.</summary>
public interface IFlowVisitor
{
    /// <summary>A message begins; what follows belongs to it.</summary>
    void OnMessage(in ExportHeader header);

    void OnFlow(in FlowRecord flow);

    void OnSampling(in SamplingAnnouncement sampling);

    /// <summary>A data set whose template has not been seen.</summary>
    /// <param name="domain">Observation domain or source id.</param>
    /// <param name="templateId">The set's id.</param>
    /// <param name="set">What follows the set's header; gone after the call. <see cref="Exports.ExportReader.ReadSet"/>
    /// reads it once the template is known.</param>
    void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set);

    /// <summary>A packet carries another: whether the flow is told by the inner one. Asked only where the inner header
    /// is whole.</summary>
    /// <param name="form">How it is carried.</param>
    /// <param name="source">Source of the outer packet.</param>
    /// <param name="destination">Destination of the outer packet.</param>
    bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination);

    void OnIgnored(IgnoredReason what);

    void OnMalformed(in Malformed fault);

    /// <summary>The message is over; <paramref name="sequenceUnits"/> is what it adds to the sequence number.</summary>
    void OnMessageEnd(uint sequenceUnits);
}
