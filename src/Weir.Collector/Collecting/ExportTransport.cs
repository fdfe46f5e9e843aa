// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Collecting;

/// <summary>How exports come.</summary>
public enum ExportTransport : byte
{
    /// <summary>Datagrams, which anybody may send in anybody's name.</summary>
    Udp,

    /// <summary>IPFIX over TCP (RFC 7011 §10.4): whoever sends hears what is sent back to its address.</summary>
    Tcp,

    /// <summary>IPFIX over TLS with a client certificate (RFC 7011 §11.3): the sender is proven.</summary>
    Tls,
}
