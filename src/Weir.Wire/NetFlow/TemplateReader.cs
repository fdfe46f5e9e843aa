// SPDX-License-Identifier: Apache-2.0
//
// Template and options template sets. NetFlow v9 gives an options template's two lengths in octets, IPFIX counts its
// fields, and options of no scope at all (which RFC 7011 forbids and exporters send) are read as such; IPFIX marks an
// enterprise's field by the top bit, and withdraws a template by sending it with no fields.
//
// What may be wrong and what it costs: a bad or cut template → the rest of the set, because the next cannot be found;
// one that is merely too large, or that would describe nothing → itself.
//
// Standards: RFC 7011 §3.4.1, §3.4.2, §8.1; RFC 3954 §5.2, §6.1.
namespace Weir.Wire.NetFlow;

/// <summary>Learns templates from a template set.</summary>
internal static class TemplateReader
{
    private const ushort FirstTemplateId = 256;
    internal const string IdRule = "RFC 7011 §3.4.1 template id below 256";
    internal const string CutRule = "RFC 7011 §3.4.1 template goes beyond its set";
    internal const string ScopeRule = "RFC 7011 §3.4.2.2 scope field count";
    internal const string EmptyRule = "RFC 7011 §3.4.1 template without octets";
    internal const string TooManyFieldsRule = "template with more fields than are kept";
    internal const string TooManyTemplatesRule = "more templates than are kept for one exporter";

    public static bool IsTemplateSet(ExportProtocol protocol, ushort id, out bool isOptions)
    {
        isOptions = id is 1 or 3;
        return protocol == ExportProtocol.NetFlow9 ? id is 0 or 1 : id is 2 or 3;
    }

    public static Damage Read<TVisitor>(
        ReadOnlySpan<byte> set, int offset, in ExportHeader header, bool isOptions, TemplateTable templates,
        ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        var reader = new WireReader(set);
        var damage = Damage.None;
        while (reader.Left >= 4 && reader.Rest.ContainsAnyExcept((byte)0))
        {
            var at = reader.Offset;
            var rule = TryOne(ref reader, in header, isOptions, templates, out var lost);
            if (rule is null)
            {
                continue;
            }

            damage = SetWalker.Worse(damage, lost);
            visitor.OnMalformed(new Malformed(lost, offset + at, rule));
            if (lost == Damage.SkipSet)
            {
                break;
            }
        }

        return damage;
    }

    /// <summary>Reads one template; null where all is well, else the rule it breaks.</summary>
    private static string? TryOne(
        ref WireReader reader, in ExportHeader header, bool isOptions, TemplateTable templates, out Damage lost)
    {
        lost = Damage.SkipSet;
        if (!reader.TryU16(out var id) || !reader.TryU16(out var first))
        {
            return CutRule;
        }

        var isV9 = header.Protocol == ExportProtocol.NetFlow9;
        if (!isV9 && first == 0)
        {
            Withdraw(templates.KeyOf(in header, id), templates);
            return null;
        }

        if (id < FirstTemplateId)
        {
            return IdRule;
        }

        int count = first;
        var scopes = 0;
        if (isOptions)
        {
            if (!reader.TryU16(out var second))
            {
                return CutRule;
            }

            if (isV9 ? ((first | second) & 3) != 0 : second > first)
            {
                return ScopeRule;
            }

            (scopes, count) = isV9 ? (first / 4, (first + second) / 4) : (second, first);
        }

        var head = new Head(templates.KeyOf(in header, id), count, scopes, isOptions);
        return Fields(ref reader, in head, templates, ref lost);
    }

    private static string? Fields(ref WireReader reader, in Head head, TemplateTable templates, ref Damage lost)
    {
        var count = head.Fields;
        var fields = templates.Scratch;
        var kept = Math.Min(count, fields.Length);
        var octets = 0L;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryU16(out var id) || !reader.TryU16(out var length))
            {
                return CutRule;
            }

            uint enterprise = 0;
            if (head.Key.Protocol == ExportProtocol.Ipfix && (id & 0x8000) != 0)
            {
                if (!reader.TryU32(out enterprise))
                {
                    return CutRule;
                }

                id &= 0x7FFF;
            }

            octets += length;
            if (i < kept)
            {
                fields[i] = new TemplateField(id, enterprise, length);
            }
        }

        lost = Damage.SkipRecord;
        if (octets == 0)
        {
            return EmptyRule;
        }

        if (kept < count)
        {
            return TooManyFieldsRule;
        }

        return templates.TryLearn(head.Key, head.IsOptions, head.Scopes, fields[..count]) ? null : TooManyTemplatesRule;
    }

    /// <summary>What a template says before its fields.</summary>
    /// <param name="Key">Whose it is.</param>
    /// <param name="Fields">How many fields follow, scopes among them.</param>
    /// <param name="Scopes">How many of them are scopes.</param>
    /// <param name="IsOptions">An options template.</param>
    private readonly record struct Head(TemplateKey Key, int Fields, int Scopes, bool IsOptions);

    /// <summary>RFC 7011 §8.1: id 2 or 3 stands for every template or every options template of the domain.</summary>
    private static void Withdraw(TemplateKey key, TemplateTable templates)
    {
        if (key.Id is 2 or 3)
        {
            templates.WithdrawAll(key.Protocol, key.Domain, key.Id == 3);
            return;
        }

        templates.Withdraw(key);
    }
}
