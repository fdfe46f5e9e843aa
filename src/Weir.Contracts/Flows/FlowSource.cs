// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>Who told of a flow.</summary>
/// <param name="Exporter">Address of the exporter.</param>
/// <param name="Domain">Its observation domain (IPFIX), source id (v9), engine (v5) or sub-agent (sFlow).</param>
/// <param name="Interface">SNMP index of the interface that the packets came in by; 0 = not told.</param>
public readonly record struct FlowSource(IpKey Exporter, uint Domain = 0, uint Interface = 0);

/// <summary>What a flow is worth as grounds, by the stream of datagrams that it came in (rules.md R21).</summary>
public enum FlowStanding : byte
{
    /// <summary>Its stream is corroborated, or nobody asks: a file, a lab.</summary>
    Corroborated,

    /// <summary>Its stream is not corroborated: what it gives is sealed.</summary>
    Doubtful,

    /// <summary>Its datagram continues no stream: it gives no grounds.</summary>
    Stray,

    /// <summary>Two streams go on with its stream's sequence: what it gives is sealed.</summary>
    Contested,
}
