// SPDX-License-Identifier: Apache-2.0
//
// The one catalogue of export protocols: how each begins, and what those before and behind its decoder need to know of
// it. Nobody else asks for a protocol by name; what reads one is its folder, called by Exports/ExportReader and
// Exports/ExportFraming.
using System.Buffers.Binary;

namespace Weir.Wire;

/// <summary>The flow export protocols Weir reads.</summary>
public enum ExportProtocol : byte
{
    Unknown,
    NetFlow5,
    NetFlow9,
    Ipfix,
    SFlow5,
}

/// <summary>What is known of a protocol without reading a message.</summary>
/// <param name="Protocol">Which.</param>
/// <param name="UsualPorts">UDP ports its exporters use by habit or by IANA's registry.</param>
/// <param name="NumbersRecords">Its sequence numbers count records; false = messages.</param>
/// <param name="HasTemplates">Its records are laid out by templates sent before them.</param>
/// <param name="RateInHeader">A rate told with its records stands in a header and holds for all under it.</param>
public sealed record ExportProtocolTraits(
    ExportProtocol Protocol, IReadOnlyList<int> UsualPorts, bool NumbersRecords, bool HasTemplates, bool RateInHeader);

/// <summary>The catalogue, and telling protocols apart by how they begin.</summary>
public static class ExportProtocols
{
    private static readonly ExportProtocolTraits[] Rows =
    [
        new(ExportProtocol.Unknown, [], false, false, false),
        new(ExportProtocol.NetFlow5, [2055], true, false, true),
        new(ExportProtocol.NetFlow9, [2055, 9995], false, true, false),
        new(ExportProtocol.Ipfix, [4739], true, true, false),
        new(ExportProtocol.SFlow5, [6343], false, false, true),
    ];

    /// <summary>Every protocol, without <see cref="ExportProtocol.Unknown"/>.</summary>
    public static IReadOnlyList<ExportProtocolTraits> All { get; } = Rows[1..];

    /// <summary>What is known of one.</summary>
    public static ExportProtocolTraits Traits(ExportProtocol protocol) => Rows[(int)protocol];

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
