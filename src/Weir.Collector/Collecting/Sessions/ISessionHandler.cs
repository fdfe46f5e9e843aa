// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>Takes what comes over connections. A struct, so the calls are direct.</summary>
public interface ISessionHandler
{
    /// <summary>One message; the span is gone after the call.</summary>
    /// <param name="message">A whole IPFIX message.</param>
    /// <param name="exporter">Who sent it.</param>
    /// <param name="session">Which connection: templates and sequence are its own.</param>
    /// <param name="arrivedAtMs">When it was taken, milliseconds since the UNIX epoch.</param>
    /// <returns>Why the connection cannot go on behind it; null where it can.</returns>
    string? OnMessage(ReadOnlySpan<byte> message, IpKey exporter, ushort session, long arrivedAtMs);

    /// <summary>A connection is over, and what it taught with it.</summary>
    void OnSessionEnd(IpKey exporter, ushort session);

    /// <summary>After each batch, and at least every tenth of a second while nothing comes.</summary>
    void OnBatchEnd();
}
