// SPDX-License-Identifier: Apache-2.0
//
// What address translators log over IPFIX or NetFlow v9. The framing and the templates are those of every export; the
// records are read field by field, for the few elements that say who had which ports.
//
// What may be wrong and what it costs: header → datagram; a set longer than what is left, or a record cut off → the
// rest of the message; a field of a length that its element cannot have → itself.
//
// Standards: RFC 8158 §4, §5 (elements and events); RFC 7011 §3.3, §7; RFC 3954 §5.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>Reads translation events.</summary>
public static class NatEvents
{
    private const int SetHeaderOctets = 4;
    private const int FirstDataSet = 256;

    /// <summary>natOriginatingAddressRealm (RFC 8158 §4.2): the session came from outside.</summary>
    private const byte PublicRealm = 2;
    private const string RecordRule = "RFC 7011 §3.3.1 record goes beyond its set";

    /// <summary>Reads one datagram: an IPFIX message, or one of NetFlow v9.</summary>
    public static Damage Read<TVisitor>(ReadOnlySpan<byte> octets, TemplateTable templates, ref TVisitor visitor)
        where TVisitor : struct, INatVisitor
    {
        var version = octets.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(octets);
        var size = version == 10 ? Ipfix.HeaderOctets : NetFlow9.HeaderOctets;
        if (version is not (9 or 10) || octets.Length < size)
        {
            return Fault(Damage.DropDatagram, 0, version == 9 ? NetFlow9.HeaderRule : Ipfix.HeaderRule, ref visitor);
        }

        ExportHeader header;
        var length = octets.Length;
        if (version == 10)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
            if (length < size || length > octets.Length)
            {
                return Fault(Damage.DropDatagram, 2, Ipfix.LengthRule, ref visitor);
            }

            header = new(
                ExportProtocol.Ipfix, BinaryPrimitives.ReadUInt32BigEndian(octets[12..]),
                BinaryPrimitives.ReadUInt32BigEndian(octets[8..]),
                BinaryPrimitives.ReadUInt32BigEndian(octets[4..]) * 1000L, 0);
        }
        else
        {
            header = new(
                ExportProtocol.NetFlow9, BinaryPrimitives.ReadUInt32BigEndian(octets[16..]),
                BinaryPrimitives.ReadUInt32BigEndian(octets[12..]),
                BinaryPrimitives.ReadUInt32BigEndian(octets[8..]) * 1000L,
                BinaryPrimitives.ReadUInt32BigEndian(octets[4..]));
        }

        var learnt = Walk(octets[size..length], size, in header, templates, teach: true, ref visitor);
        return SetWalker.Worse(
            learnt, Walk(octets[size..length], size, in header, templates, teach: false, ref visitor));
    }

    private static Damage Walk<TVisitor>(
        ReadOnlySpan<byte> body, int offset, in ExportHeader header, TemplateTable templates, bool teach,
        ref TVisitor visitor)
        where TVisitor : struct, INatVisitor
    {
        var damage = Damage.None;
        var at = 0;
        while (body.Length - at >= SetHeaderOctets)
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(body[(at + 2)..]);
            if (length < SetHeaderOctets || at + length > body.Length)
            {
                return teach && body[at..].ContainsAnyExcept((byte)0)
                    ? SetWalker.Worse(damage, Fault(Damage.SkipSet, offset + at, SetWalker.SetLengthRule, ref visitor))
                    : damage;
            }

            var set = body.Slice(at + SetHeaderOctets, length - SetHeaderOctets);
            if (teach && TemplateReader.IsTemplateSet(header.Protocol, id, out var isOptions))
            {
                var faults = new Faults();
                damage = SetWalker.Worse(damage, TemplateReader.Read(
                    set, offset + at + SetHeaderOctets, in header, isOptions, templates, ref faults));
                if (faults.Last is { } fault)
                {
                    visitor.OnMalformed(in fault);
                }
            }
            else if (!teach && id >= FirstDataSet)
            {
                if (templates.TryGet(templates.KeyOf(in header, id), out var template))
                {
                    damage = SetWalker.Worse(
                        damage, Records(set, offset + at + SetHeaderOctets, in header, template, ref visitor));
                }
                else
                {
                    visitor.OnTemplateUnknown(header.Domain, id, set.Length);
                }
            }

            at += length;
        }

        return damage;
    }

    private static Damage Records<TVisitor>(
        ReadOnlySpan<byte> set, int offset, in ExportHeader header, Template template, ref TVisitor visitor)
        where TVisitor : struct, INatVisitor
    {
        var rest = set;
        while (rest.Length >= template.Plan.MinOctets && rest.Length > 0)
        {
            var draft = new NatEvent { AtMs = header.ExportedAtMs, GrainMs = 1_000, PortStep = 1 };
            if (!TryRecord(rest, template, ref draft, out var octets))
            {
                return Fault(Damage.SkipSet, offset + set.Length - rest.Length, RecordRule, ref visitor);
            }

            if (octets == 0)
            {
                break;
            }

            if (draft.Kind != 0)
            {
                visitor.OnNatEvent(in draft);
            }
            else
            {
                visitor.OnOtherRecord();
            }

            template.Records++;
            rest = rest[octets..];
        }

        return Damage.None;
    }

    /// <summary>Reads one record field by field; false where it goes beyond its set.</summary>
    private static bool TryRecord(ReadOnlySpan<byte> rest, Template template, ref NatEvent draft, out int octets)
    {
        octets = 0;
        var ports = 0;
        var target = default(Target);
        foreach (var field in template.Fields)
        {
            int length = field.Length;
            if (field.IsVariable && !TryLength(rest, ref octets, out length))
            {
                return false;
            }

            if (octets + length > rest.Length)
            {
                return false;
            }

            if (field.Enterprise == 0 && !template.IsOptions)
            {
                var value = rest.Slice(octets, length);
                if (!SetTarget(ref target, ref draft.Realm, field.Id, value))
                {
                    SetField(ref draft, ref ports, field.Id, value);
                }
            }

            octets += length;
        }

        if (draft.Realm == PublicRealm && !draft.HasRange)
        {
            (draft.Inside, draft.Outside) = (target.Inside, target.Outside);
            draft.PortFrom = draft.PortTo = target.Port;
        }

        if (draft.HasRange && draft.PortTo == 0)
        {
            draft.PortTo = (ushort)Math.Min(
                ushort.MaxValue, draft.PortFrom + (Math.Max(1, ports) * draft.PortStep) - 1);
        }

        return true;
    }

    /// <summary>The destination's side of a session: what the public realm reached, and whom that was.</summary>
    private struct Target
    {
        public IpKey Inside;
        public IpKey Outside;
        public ushort Port;
    }

    private static bool SetTarget(ref Target target, ref byte realm, ushort id, ReadOnlySpan<byte> value)
    {
        switch (id, value.Length)
        {
            case (229, 1):
                realm = value[0];
                return true;
            case (12, 4):
                target.Outside = IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(value));
                return true;
            case (28, 16):
                target.Outside = IpKey.FromV6(value);
                return true;
            case (226, 4):
                target.Inside = IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(value));
                return true;
            case (282, 16):
                target.Inside = IpKey.FromV6(value);
                return true;
            case (11, 2):
                target.Port = BinaryPrimitives.ReadUInt16BigEndian(value);
                return true;
            default:
                return false;
        }
    }

    /// <summary>RFC 7011 §7: a length of one octet, or of two behind 255.</summary>
    private static bool TryLength(ReadOnlySpan<byte> rest, ref int at, out int length)
    {
        length = at < rest.Length ? rest[at++] : -1;
        if (length == 255)
        {
            if (at + 2 > rest.Length)
            {
                return false;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(rest[at..]);
            at += 2;
        }

        return length >= 0;
    }

    private static void SetField(ref NatEvent draft, ref int ports, ushort id, ReadOnlySpan<byte> value)
    {
        switch (id, value.Length)
        {
            case (230, 1):
                draft.Kind = value[0];
                break;
            case (8, 4):
                draft.Inside = IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(value));
                break;
            case (27, 16):
                draft.Inside = IpKey.FromV6(value);
                break;
            case (225, 4):
                draft.Outside = IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(value));
                break;
            case (281, 16):
                draft.Outside = IpKey.FromV6(value);
                break;
            case (4, 1):
                draft.Protocol = value[0];
                break;
            case (361, 2):
                // The one port that a record may tell in front of its range is not the range's end.
                draft.PortTo = !draft.HasRange && draft.PortTo == draft.PortFrom ? (ushort)0 : draft.PortTo;
                draft.HasRange = true;
                draft.PortFrom = BinaryPrimitives.ReadUInt16BigEndian(value);
                break;
            case (362, 2):
                draft.PortTo = BinaryPrimitives.ReadUInt16BigEndian(value);
                break;
            case (227, 2) when !draft.HasRange:
                draft.PortFrom = draft.PortTo = BinaryPrimitives.ReadUInt16BigEndian(value);
                break;
            case (363, 2):
                draft.PortStep = Math.Max((ushort)1, BinaryPrimitives.ReadUInt16BigEndian(value));
                break;
            case (364, 2):
                ports = BinaryPrimitives.ReadUInt16BigEndian(value);
                break;
            case (322, 4):
                draft.AtMs = BinaryPrimitives.ReadUInt32BigEndian(value) * 1000L;
                break;
            case (323, 8):
                draft.AtMs = RecordTimes.Bounded(BinaryPrimitives.ReadUInt64BigEndian(value));
                draft.GrainMs = 1;
                break;
            case (324 or 325, 8):
                // NTP format: seconds since 1900 and a fraction (RFC 7011 §6.1.9).
                draft.AtMs = ((BinaryPrimitives.ReadUInt32BigEndian(value) - 2_208_988_800L) * 1000)
                    + (long)((BinaryPrimitives.ReadUInt32BigEndian(value[4..]) * 1000UL) >> 32);
                draft.GrainMs = 1;
                break;
        }
    }

    private static Damage Fault<TVisitor>(Damage damage, int offset, string rule, ref TVisitor visitor)
        where TVisitor : struct, INatVisitor
    {
        visitor.OnMalformed(new Malformed(damage, offset, rule));
        return damage;
    }

    /// <summary>Hears what the template reader finds wrong, and nothing else.</summary>
    private struct Faults : IFlowVisitor
    {
        public Malformed? Last;

        public readonly void OnMessage(in ExportHeader header)
        {
        }

        public readonly void OnFlow(in FlowRecord flow)
        {
        }

        public readonly void OnSampling(in SamplingAnnouncement sampling)
        {
        }

        public readonly void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set)
        {
        }

        public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) => false;

        public readonly void OnIgnored(IgnoredReason what)
        {
        }

        public void OnMalformed(in Malformed fault) => Last = fault;

        public readonly void OnMessageEnd(uint sequenceUnits)
        {
        }
    }
}
