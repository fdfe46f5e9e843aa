// SPDX-License-Identifier: Apache-2.0
//
// NetFlow v9 and IPFIX messages are a header and a run of sets (FlowSets). They are walked twice: first what teaches
// (templates, then options data by them), then data, so that a template behind its data in one message still serves it.
//
// What may be wrong and what it costs: a set longer than what is left → its last record, and a set shorter than its
// own header → the rest of the message. Zeros behind the last set are padding, not a set.
//
// Standards: RFC 7011 §3.3, §3.4, §8; RFC 3954 §5.2–5.4, §6.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>What follows the header of a message, as far as it goes.</summary>
/// <param name="sets">The octets.</param>
/// <param name="offset">Where they lie in the datagram.</param>
/// <param name="header">The message's header.</param>
/// <param name="templates">Learns and is asked.</param>
internal readonly ref struct MessageBody(
    ReadOnlySpan<byte> sets, int offset, in ExportHeader header, TemplateTable templates)
{
    public readonly ReadOnlySpan<byte> Sets = sets;
    public readonly ref readonly ExportHeader Header = ref header;
    public readonly TemplateTable Templates = templates;
    public readonly int Offset = offset;

    public ExportClock Clock => new(
        Header.ExportedAtMs, Header.UptimeMs, Header.Protocol == ExportProtocol.NetFlow9,
        Templates.SystemInit(Header.Protocol, Header.Domain));

    public MessageBody First(int octets) => new(Sets[..octets], Offset, in Header, Templates);
}

/// <summary>The sets of one message.</summary>
internal static class SetWalker
{
    private const int SetHeaderOctets = 4;
    private const int FirstDataSet = 256;
    internal const string SetLengthRule = "RFC 7011 §3.3.2 set length";
    internal const string SetCutRule = "RFC 7011 §3.3.2 set goes beyond its message";
    internal const string ReservedRule = "RFC 7011 §3.3.2 reserved set id";

    /// <summary>Walks the sets of one message.</summary>
    /// <param name="body">What follows the header.</param>
    /// <param name="visitor">Gets what is found.</param>
    /// <param name="length">Octets taken: less than all where another v9 message follows in the same payload.</param>
    /// <param name="records">Data records read, options data among them.</param>
    public static Damage Walk<TVisitor>(
        in MessageBody body, ref TVisitor visitor, out int length, out uint records)
        where TVisitor : struct, IFlowVisitor
    {
        records = 0;
        var damage = Learn(in body, ref visitor, out length, out var hasOptionsData);
        var sets = body.First(length);
        if (hasOptionsData)
        {
            damage = Worse(damage, Read(in sets, sets.Clock, options: true, ref visitor, ref records));
        }

        return Worse(damage, Read(in sets, sets.Clock, options: false, ref visitor, ref records));
    }

    /// <summary>Reads a data set that had to wait for its template; false where that has not come.</summary>
    public static bool TryReadSet<TVisitor>(
        ReadOnlySpan<byte> set, ushort id, in ExportHeader header, TemplateTable templates, ref TVisitor visitor,
        out uint records)
        where TVisitor : struct, IFlowVisitor
    {
        records = 0;
        if (!templates.TryGet(templates.KeyOf(in header, id), out var template))
        {
            return false;
        }

        var clock = new MessageBody(set, 0, in header, templates).Clock;
        var data = new DataSet(set, 0, template);
        _ = template.IsOptions
            ? RecordReader.ReadOptions(in data, in clock, templates, ref visitor, ref records)
            : RecordReader.ReadFlows(in data, in clock, ref visitor, ref records);
        return true;
    }

    public static Damage Worse(Damage left, Damage right) => left > right ? left : right;

    /// <summary>Takes templates, finds the end of the message and tells every fault of framing, once.</summary>
    private static Damage Learn<TVisitor>(
        in MessageBody body, ref TVisitor visitor, out int length, out bool hasOptionsData)
        where TVisitor : struct, IFlowVisitor
    {
        ref readonly var header = ref body.Header;
        var (templates, offset) = (body.Templates, body.Offset);
        var isV9 = header.Protocol == ExportProtocol.NetFlow9;
        var damage = Damage.None;
        var at = 0;
        hasOptionsData = false;
        while (TryNext(body.Sets, at, isV9, out var id, out var set, out var fault))
        {
            if (fault is not null)
            {
                damage = Worse(damage, Damage.SkipRecord);
                visitor.OnMalformed(new Malformed(Damage.SkipRecord, offset + at, fault));
            }

            var inside = offset + at + SetHeaderOctets;
            if (id >= FirstDataSet)
            {
                hasOptionsData |= templates.TryGet(templates.KeyOf(in header, id), out var template)
                    && template.IsOptions;
            }
            else if (TemplateReader.IsTemplateSet(header.Protocol, id, out var isOptions))
            {
                hasOptionsData |= isOptions;
                damage = Worse(damage, TemplateReader.Read(set, inside, in header, isOptions, templates, ref visitor));
            }
            else
            {
                damage = Worse(damage, Damage.SkipSet);
                visitor.OnMalformed(new Malformed(Damage.SkipSet, offset + at, ReservedRule));
            }

            at += SetHeaderOctets + set.Length;
        }

        length = at;
        var rest = body.Sets[at..];
        if (isV9 && StartsMessage(rest))
        {
            return damage;
        }

        length = body.Sets.Length;
        if (rest.ContainsAnyExcept((byte)0))
        {
            damage = Worse(damage, Damage.SkipSet);
            visitor.OnMalformed(new Malformed(Damage.SkipSet, offset + at, SetLengthRule));
        }

        return damage;
    }

    private static Damage Read<TVisitor>(
        in MessageBody body, in ExportClock clock, bool options, ref TVisitor visitor, ref uint records)
        where TVisitor : struct, IFlowVisitor
    {
        ref readonly var header = ref body.Header;
        var templates = body.Templates;
        var isV9 = header.Protocol == ExportProtocol.NetFlow9;
        var damage = Damage.None;
        var at = 0;
        while (TryNext(body.Sets, at, isV9, out var id, out var set, out var fault))
        {
            if (id >= FirstDataSet)
            {
                if (!templates.TryGet(templates.KeyOf(in header, id), out var template))
                {
                    if (!options)
                    {
                        visitor.OnTemplateUnknown(header.Domain, id, set);
                    }
                }
                else if (template.IsOptions == options)
                {
                    var data = new DataSet(set, body.Offset + at + SetHeaderOctets, template, fault is not null);
                    damage = Worse(damage, options
                        ? RecordReader.ReadOptions(in data, in clock, templates, ref visitor, ref records)
                        : RecordReader.ReadFlows(in data, in clock, ref visitor, ref records));
                }
            }

            at += SetHeaderOctets + set.Length;
        }

        return damage;
    }

    /// <summary>Cuts the next set; one that is longer than what is left is cut there and named as a fault.</summary>
    private static bool TryNext(
        ReadOnlySpan<byte> body, int at, bool isV9, out ushort id, out ReadOnlySpan<byte> set, out string? fault)
    {
        id = 0;
        set = default;
        fault = null;
        var rest = body[at..];
        if (rest.Length < SetHeaderOctets)
        {
            return false;
        }

        id = BinaryPrimitives.ReadUInt16BigEndian(rest);
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (length < SetHeaderOctets || (isV9 && StartsMessage(rest)))
        {
            return false;
        }

        if (length > rest.Length)
        {
            fault = SetCutRule;
            length = rest.Length;
        }

        set = rest[SetHeaderOctets..length];
        return true;
    }

    /// <summary>A v9 message has no length: where its sets end, the next may begin. The versions are
    /// reserved set ids.</summary>
    private static bool StartsMessage(ReadOnlySpan<byte> rest) =>
        rest.Length >= 16 && rest[0] == 0 && rest[1] is 5 or 9 or 10
        && ExportProtocols.Detect(rest) != ExportProtocol.Unknown;
}
