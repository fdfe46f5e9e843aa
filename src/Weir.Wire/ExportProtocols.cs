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
public sealed record ExportProtocolTraits
{
    public required ExportProtocol Protocol { get; init; }

    /// <summary>UDP ports its exporters use by habit or by IANA's registry.</summary>
    public IReadOnlyList<int> UsualPorts { get; init; } = [];

    /// <summary>Its sequence numbers count records; false = messages.</summary>
    public bool NumbersRecords { get; init; }

    /// <summary>Its records are laid out by templates sent before them.</summary>
    public bool HasTemplates { get; init; }

    /// <summary>A rate told with its records stands in a header and holds for all under it.</summary>
    public bool RateInHeader { get; init; }

    /// <summary>A message says how long it is, so that one cut off at the end of a file is known.</summary>
    public bool TellsLength { get; init; }

    /// <summary>A message says when it was exported, by the exporter's clock.</summary>
    public bool TellsClock { get; init; }
}

/// <summary>The catalogue, and telling protocols apart by how they begin.</summary>
public static class ExportProtocols
{
    private static readonly ExportProtocolTraits[] Rows =
    [
        new() { Protocol = ExportProtocol.Unknown },
        new()
        {
            Protocol = ExportProtocol.NetFlow5, UsualPorts = [2055], NumbersRecords = true, RateInHeader = true,
            TellsClock = true,
        },
        new() { Protocol = ExportProtocol.NetFlow9, UsualPorts = [2055, 9995], HasTemplates = true, TellsClock = true },
        new()
        {
            Protocol = ExportProtocol.Ipfix, UsualPorts = [4739], NumbersRecords = true, HasTemplates = true,
            TellsLength = true, TellsClock = true,
        },
        new() { Protocol = ExportProtocol.SFlow5, UsualPorts = [6343], RateInHeader = true },
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
