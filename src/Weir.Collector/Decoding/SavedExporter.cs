// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>A template's definition, as it is listed and saved.</summary>
/// <param name="Key">Protocol, domain and id.</param>
/// <param name="IsOptions">Describes options data.</param>
/// <param name="ScopeCount">Leading fields that are scopes.</param>
/// <param name="Fields">As the exporter wrote them.</param>
/// <param name="LearntAtMs">When it was last heard, milliseconds since the UNIX epoch.</param>
/// <param name="Records">Data records read with it since it was learnt.</param>
public sealed record KnownTemplate(
    TemplateKey Key, bool IsOptions, int ScopeCount, IReadOnlyList<TemplateField> Fields,
    long LearntAtMs, long Records);

/// <summary>A rate from options data, as it is saved.</summary>
/// <param name="Protocol">NetFlow v9 or IPFIX.</param>
/// <param name="Said">The rate and whom it is for.</param>
/// <param name="Port">UDP source port it came from.</param>
public readonly record struct KnownRate(ExportProtocol Protocol, SamplingAnnouncement Said, ushort Port = 0);

/// <summary>When a domain said it started (IPFIX element 160), as it is saved.</summary>
public readonly record struct KnownStart(ExportProtocol Protocol, uint Domain, long SystemInitMs);

/// <summary>What an exporter taught us and what outlives a restart of ours.</summary>
/// <param name="Address">Whom it came from.</param>
/// <param name="Templates">With the port of their session.</param>
/// <param name="Rates">Sampling rates from options data.</param>
/// <param name="Starts">When domains were initialised.</param>
/// <param name="IngressInterfaces">Where it tells what comes in (element 61).</param>
public sealed record SavedExporter(
    IpKey Address, IReadOnlyList<KnownTemplate> Templates, IReadOnlyList<KnownRate> Rates,
    IReadOnlyList<KnownStart> Starts, IReadOnlyList<uint> IngressInterfaces);
