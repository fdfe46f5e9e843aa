// SPDX-License-Identifier: Apache-2.0
//
// The records of a data set, one behind the other, by a template's plan. What is left and too short for a record is
// padding, which is nought (RFC 7011 §3.3.1), or a record that was cut off; one of variable length that is cut off ends
// the set.
using Weir.Wire.SFlow;

namespace Weir.Wire.NetFlow;

/// <summary>A data set and what its records look like.</summary>
/// <param name="records">The octets of its records.</param>
/// <param name="offset">Where they lie in the datagram.</param>
/// <param name="template">The template they follow.</param>
/// <param name="isCut">The set goes beyond its message, which is said of it already.</param>
internal readonly ref struct DataSet(ReadOnlySpan<byte> records, int offset, Template template, bool isCut = false)
{
    public readonly bool IsCut = isCut;
    public readonly ReadOnlySpan<byte> Records = records;
    public readonly Template Template = template;

    /// <summary>Where in the datagram the record begins that <paramref name="rest"/> begins with.</summary>
    public int OffsetOf(ReadOnlySpan<byte> rest) => offset + Records.Length - rest.Length;
}

/// <summary>Turns data sets into flows, and options data into sampling rates.</summary>
internal static class RecordReader
{
    internal const string RecordCutRule = "RFC 7011 §7 variable-length field goes beyond its set";
    internal const string RestRule = "RFC 7011 §3.3.1 record cut by the end of its set";

    /// <summary>Sets are padded to four octets; what is longer, and not nought, is a record's beginning.</summary>
    private const int MostPadding = 3;

    public static Damage ReadFlows<TVisitor>(
        in DataSet set, in ExportClock clock, ref TVisitor visitor, ref uint records)
        where TVisitor : struct, IFlowVisitor
    {
        var template = set.Template;
        var plan = template.Plan;
        if (plan.Usual is { } usual)
        {
            ReadUsual(set.Records, template, usual, in clock, ref visitor, ref records);
            return Rest(in set, set.Records[^(set.Records.Length % plan.MinOctets)..], ref visitor);
        }

        var wanted = (plan.HasAddresses || plan.HasSection) && !plan.IsBareEvent;
        var damage = Damage.None;
        var rest = set.Records;
        while (rest.Length >= plan.MinOctets)
        {
            if (!TryCut(rest, plan, out var steps, out var octets))
            {
                return Cut(set.OffsetOf(rest), ref visitor);
            }

            if (wanted)
            {
                var draft = default(RecordDraft);
                draft.ReadFields(rest[..octets], steps, in clock);
                draft.Flow.Selector = draft.Flow.Selector == 0 ? template.OwnSelector : draft.Flow.Selector;
                damage = SetWalker.Worse(
                    damage, Finish(rest[..octets], set.OffsetOf(rest), plan, in clock, ref draft, ref visitor));
            }
            else
            {
                visitor.OnIgnored(IgnoredReason.NotAFlow);
            }

            template.Records++;
            records++;
            rest = rest[octets..];
        }

        return SetWalker.Worse(damage, Rest(in set, rest, ref visitor));
    }

    /// <summary>Hands on the flow of one record: by its inner header where there is one and it is wanted, by its
    /// addresses, or by the packet it holds.</summary>
    private static Damage Finish<TVisitor>(
        ReadOnlySpan<byte> record, int offset, RecordPlan plan, in ExportClock clock, ref RecordDraft draft,
        ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        var isFlow = plan.HasAddresses && draft.TryFinish(plan, in clock);
        for (var within = plan.Inner; within is not null && TryCut(record, within, out var steps, out _);
            within = within.Inner)
        {
            var inner = default(RecordDraft);
            inner.ReadFields(record, steps, in clock);
            inner.Flow.Selector = draft.Flow.Selector;
            if (!inner.IsWhole || !inner.TryFinish(within, in clock)
                || (isFlow && !visitor.IsInnerWanted(TunnelForm.Record, draft.Flow.Source, draft.Flow.Destination)))
            {
                break;
            }

            (draft, isFlow) = (inner, true);
        }

        if (isFlow)
        {
            visitor.OnFlow(in draft.Flow);
            return Damage.None;
        }

        switch (plan.HasSection ? draft.ReadSection(record, plan, in clock, ref visitor) : PacketFinding.Nothing)
        {
            case PacketFinding.Header:
                visitor.OnFlow(in draft.Flow);
                return Damage.None;
            case PacketFinding.NotIp:
                visitor.OnIgnored(IgnoredReason.NotIp);
                return Damage.None;
            case PacketFinding.Cut:
                visitor.OnMalformed(new Malformed(Damage.SkipRecord, offset, SampledPacket.CutRule));
                return Damage.SkipRecord;
            default:
                visitor.OnIgnored(IgnoredReason.NotAFlow);
                return Damage.None;
        }
    }

    private static void ReadUsual<TVisitor>(
        ReadOnlySpan<byte> set, Template template, CommonTemplatePlan usual, in ExportClock clock, ref TVisitor visitor,
        ref uint records)
        where TVisitor : struct, IFlowVisitor
    {
        var octets = template.Plan.MinOctets;
        var count = set.Length / octets;
        var own = template.OwnSelector;
        for (var i = 0; i < count; i++)
        {
            if (usual.TryRead(set.Slice(i * octets, octets), in clock, out var flow))
            {
                flow.Selector = flow.Selector == 0 ? own : flow.Selector;
                visitor.OnFlow(in flow);
            }
            else
            {
                visitor.OnIgnored(IgnoredReason.NotAFlow);
            }
        }

        template.Records += count;
        records += (uint)count;
    }

    public static Damage ReadOptions<TVisitor>(
        in DataSet set, in ExportClock clock, TemplateTable templates, ref TVisitor visitor, ref uint records)
        where TVisitor : struct, IFlowVisitor
    {
        var template = set.Template;
        var plan = template.Plan;
        var key = template.Key;
        var rest = set.Records;
        while (rest.Length >= plan.MinOctets)
        {
            if (!TryCut(rest, plan, out var steps, out var octets))
            {
                return Cut(set.OffsetOf(rest), ref visitor);
            }

            var draft = default(RecordDraft);
            draft.ReadFields(rest[..octets], steps, in clock);
            if (draft.SystemInitMs != 0)
            {
                templates.LearnSystemInit(key.Protocol, key.Domain, draft.SystemInitMs);
            }

            var interval = draft.SamplingInterval;
            if (interval != 0)
            {
                var said = draft.Announce(key.Domain, interval);
                templates.NoteOwnRate(key, OptionsScope.TemplateOf(said.Selector));
                visitor.OnSampling(in said);
            }
            else
            {
                visitor.OnIgnored(IgnoredReason.Options);
            }

            template.Records++;
            records++;
            rest = rest[octets..];
        }

        return Rest(in set, rest, ref visitor);
    }

    /// <summary>Says of what is left of a set whether it is padding, or a record that was cut.</summary>
    private static Damage Rest<TVisitor>(in DataSet set, ReadOnlySpan<byte> rest, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        if (set.IsCut || rest.Length <= MostPadding || !rest.ContainsAnyExcept((byte)0))
        {
            return Damage.None;
        }

        visitor.OnMalformed(new Malformed(Damage.SkipRecord, set.OffsetOf(rest), RestRule));
        return Damage.SkipRecord;
    }

    private static bool TryCut(
        ReadOnlySpan<byte> rest, RecordPlan plan, out ReadOnlySpan<FieldStep> steps, out int octets)
    {
        if (plan.IsFixed)
        {
            steps = plan.Steps;
            octets = plan.MinOctets;
            return true;
        }

        return plan.TryLocate(rest, out steps, out octets);
    }

    private static Damage Cut<TVisitor>(int offset, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        visitor.OnMalformed(new Malformed(Damage.SkipRecord, offset, RecordCutRule));
        return Damage.SkipRecord;
    }
}
