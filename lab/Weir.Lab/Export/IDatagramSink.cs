// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>A simulated router that exports.</summary>
/// <param name="Address">Source address of its datagrams and sFlow agent address.</param>
/// <param name="Domain">Observation domain (IPFIX), source id (v9), engine (v5, 16 bits), sub-agent (sFlow).</param>
/// <param name="BootMs">When it started, milliseconds since the UNIX epoch; system uptime counts from here.</param>
public readonly record struct Exporter(IpKey Address, uint Domain, long BootMs)
{
    public uint UptimeMs(long atMs) => unchecked((uint)(atMs - BootMs));
}

/// <summary>Takes finished export datagrams.</summary>
public interface IDatagramSink
{
    /// <summary>One UDP payload; <paramref name="atMs"/> is the exporter's clock, milliseconds since
    /// the UNIX epoch.</summary>
    void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload);
}

/// <summary>Keeps datagrams in memory: for tests, benchmarks and the blaster's ring.</summary>
public sealed class DatagramBuffer : IDatagramSink
{
    public List<byte[]> Payloads { get; } = [];

    public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload) => Payloads.Add(payload.ToArray());
}
