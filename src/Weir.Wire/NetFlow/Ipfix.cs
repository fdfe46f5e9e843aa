// SPDX-License-Identifier: Apache-2.0
//
// IPFIX (RFC 7011, STD 77). A message is a 16-octet header with its own length and a run of sets; several may follow
// each other in one payload or file. The sequence number counts data records, so a message with a set whose template
// is unknown leaves the next number unknown too.
//
// What may be wrong and what it costs: header short or length below 16 → datagram; a length beyond the payload → what
// is missing; the rest see SetWalker.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>Reads IPFIX messages.</summary>
public static class Ipfix
{
    public const int HeaderOctets = 16;
    internal const string HeaderRule = "RFC 7011 §3.1 header";
    internal const string LengthRule = "RFC 7011 §3.1 message length";

    /// <inheritdoc cref="NetFlow5.Read"/>
    public static Damage Read<TVisitor>(
        ReadOnlySpan<byte> octets, int offset, TemplateTable templates, ref TVisitor visitor, out int length)
        where TVisitor : struct, IFlowVisitor
    {
        length = octets.Length;
        var told = octets.Length < HeaderOctets ? 0 : BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        if (told < HeaderOctets)
        {
            visitor.OnMalformed(
                new Malformed(Damage.DropDatagram, offset, octets.Length < HeaderOctets ? HeaderRule : LengthRule));
            return Damage.DropDatagram;
        }

        var header = new ExportHeader(
            ExportProtocol.Ipfix,
            BinaryPrimitives.ReadUInt32BigEndian(octets[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(octets[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(octets[4..]) * 1000L,
            0);
        templates.BootMs = null;
        visitor.OnMessage(in header);
        var damage = Damage.None;
        if (told > octets.Length)
        {
            damage = Damage.SkipSet;
            visitor.OnMalformed(new Malformed(damage, offset + 2, LengthRule));
        }

        length = Math.Min(told, octets.Length);
        var body = new MessageBody(octets[HeaderOctets..length], offset + HeaderOctets, in header, templates);
        damage = SetWalker.Worse(damage, SetWalker.Walk(in body, ref visitor, out _, out var records));
        visitor.OnMessageEnd(records);
        return damage;
    }
}
