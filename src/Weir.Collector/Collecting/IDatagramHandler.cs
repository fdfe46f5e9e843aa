// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Collecting;

/// <summary>Takes what a capture or a socket yields. A struct, so the calls are direct and nothing is boxed.</summary>
public interface IDatagramHandler
{
    /// <summary>One UDP payload; the span is gone after the call.</summary>
    /// <param name="payload">From its first octet, at most 65,535.</param>
    /// <param name="exporter">Who sent it; 0.0.0.0 where a file does not say.</param>
    /// <param name="exporterPort">Its UDP source port; 0 where a file does not say.</param>
    /// <param name="arrivedAtMs">When it was received, milliseconds since the UNIX epoch; 0 where a
    /// file does not say.</param>
    void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs);
}
