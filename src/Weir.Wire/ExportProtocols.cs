// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Weir.Wire;

/// <summary>Tells export protocols apart by how they begin.</summary>
public static class ExportProtocols
{
    /// <summary>Looks at the first four octets.</summary>
    public static ExportProtocol Detect(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 4)
        {
            return ExportProtocol.Unknown;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(datagram) switch
        {
            5 => ExportProtocol.NetFlow5,
            9 => ExportProtocol.NetFlow9,
            10 => ExportProtocol.Ipfix,
            0 when BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) == 5 => ExportProtocol.SFlow5,
            _ => ExportProtocol.Unknown,
        };
    }
}
