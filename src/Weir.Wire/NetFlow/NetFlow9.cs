// SPDX-License-Identifier: Apache-2.0
//
// NetFlow version 9 (RFC 3954). A datagram is a header and a run of FlowSets. A data FlowSet cannot be read without
// the template that its exporter sent earlier, perhaps before we started; until it comes again, the set is counted as
// "template unknown" and skipped. The count of records in the header is not relied on: exporters disagree on what it
// counts.
//
// What may be wrong and what it costs: header short → datagram; the rest see SetWalker.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>Reads NetFlow v9.</summary>
public static class NetFlow9
{
    public const int HeaderOctets = 20;
    internal const string HeaderRule = "RFC 3954 §5.1 header";

    /// <inheritdoc cref="NetFlow5.Read"/>
    public static Damage Read<TVisitor>(
        ReadOnlySpan<byte> octets, int offset, TemplateTable templates, ref TVisitor visitor, out int length)
        where TVisitor : struct, IFlowVisitor
    {
        length = octets.Length;
        if (octets.Length < HeaderOctets)
        {
            visitor.OnMalformed(new Malformed(Damage.DropDatagram, offset, HeaderRule));
            return Damage.DropDatagram;
        }

        var header = new ExportHeader(
            ExportProtocol.NetFlow9,
            BinaryPrimitives.ReadUInt32BigEndian(octets[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(octets[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(octets[8..]) * 1000L,
            BinaryPrimitives.ReadUInt32BigEndian(octets[4..]));
        templates.BootMs = header.UptimeMs == 0 ? null : (uint)header.ExportedAtMs - header.UptimeMs;
        visitor.OnMessage(in header);
        var body = new MessageBody(octets[HeaderOctets..], offset + HeaderOctets, in header, templates);
        var damage = SetWalker.Walk(in body, ref visitor, out length, out _);
        length += HeaderOctets;
        visitor.OnMessageEnd(1);
        return damage;
    }
}
