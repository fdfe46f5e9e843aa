// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collecting;

/// <summary>Takes datagrams as they arrive, from a socket or a file. Implement it as a struct, so that the calls are direct.</summary>
public interface IDatagramTaker
{
    /// <summary>Takes one datagram.</summary>
    /// <param name="payload">UDP payload; valid until the call returns.</param>
    /// <param name="exporter">Source address of the datagram.</param>
    /// <param name="exporterPort">Source port of the datagram.</param>
    /// <param name="arrivedAtMs">Our clock at arrival (the capture's for files), milliseconds since the UNIX epoch, UTC.</param>
    void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs);
}
