// SPDX-License-Identifier: Apache-2.0
//
// A template compiled once. Only the fields Weir takes become steps, each with the offset where it lies in a record;
// steps that tell the same thing stand in the order of their rank, so the first that is not zero wins. Where a field
// is of variable length nothing lies at a fixed place: Locate walks the record once and notes where each step lies.
//
// Several headers in one record: elements that come again tell the outer packet first, then the one it carries (RFC
// 7011 §8), and so on. The plan reads the outermost; Inner reads the next, so that no flow has addresses of one and
// ports of another.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>Read <paramref name="Width"/> octets at <paramref name="Offset"/> of the record and take them as
/// <paramref name="Kind"/>.</summary>
internal readonly record struct FieldStep(FieldKind Kind, byte Width, ushort Offset);

/// <summary>How to read a record of one template.</summary>
internal sealed class RecordPlan
{
    private readonly FieldStep[] _steps;
    private readonly (ushort Length, short Step)[] _walk;
    private readonly FieldStep[] _located;

    private RecordPlan(FieldStep[] steps, (ushort Length, short Step)[] walk, in PlanShape shape)
    {
        var (minOctets, isFixed) = (shape.MinOctets, shape.IsFixed);
        IsReversible = shape.IsReversible;
        IsRunningTotal = shape.IsRunningTotal;
        Inner = shape.Inner;
        _steps = steps;
        _walk = walk;
        _located = isFixed ? [] : (FieldStep[])steps.Clone();
        MinOctets = minOctets;
        IsFixed = isFixed;
        HasAddresses = (Has(FieldKind.SourceV4) && Has(FieldKind.DestinationV4))
            || (Has(FieldKind.SourceV6) && Has(FieldKind.DestinationV6));
        HasSection = Has(FieldKind.FrameSection) || Has(FieldKind.PacketSection);
        IsBareEvent = (Has(FieldKind.EventMark) || Has(FieldKind.FirewallEvent))
            && !Has(FieldKind.Packets) && !Has(FieldKind.Octets)
            && !Has(FieldKind.DroppedPackets) && !Has(FieldKind.DroppedOctets)
            && !Has(FieldKind.ReversePackets) && !Has(FieldKind.ReverseOctets);
        IsBiflow = Has(FieldKind.ReversePackets) || Has(FieldKind.ReverseOctets);
        HasFlags = Has(FieldKind.TcpFlags);
        HasTotalsBeside = shape.HasTotalsBeside;
        Usual = isFixed && !IsBareEvent && Inner is null && !IsRunningTotal && !HasTotalsBeside
            ? CommonTemplatePlan.Create(shape.Protocol, steps) : null;
    }

    /// <summary>Octets of a record; of the shortest one where lengths vary. At least 1.</summary>
    public int MinOctets { get; }

    public bool IsFixed { get; }

    public bool HasAddresses { get; }

    /// <summary>Holds the first octets of a frame or packet.</summary>
    public bool HasSection { get; }

    /// <summary>Its counters are totals since counting began; deltas are not told.</summary>
    public bool IsRunningTotal { get; }

    /// <summary>It tells what is new, and the totals beside it.</summary>
    public bool HasTotalsBeside { get; }

    /// <summary>How to read the packet inside, with what belongs to both; null where there is one header.</summary>
    public RecordPlan? Inner { get; }

    /// <summary>A NAT or firewall event without any counter.</summary>
    public bool IsBareEvent { get; }

    public bool IsBiflow { get; }

    /// <summary>The answering direction stands in reverse elements (RFC 5103), not in initiator and
    /// responder counters.</summary>
    public bool IsReversible { get; }

    public bool HasFlags { get; }

    /// <summary>The short way; null where a record goes the long way.</summary>
    public CommonTemplatePlan? Usual { get; }

    /// <summary>The steps of a record of fixed length.</summary>
    public ReadOnlySpan<FieldStep> Steps => _steps;

    public static RecordPlan Compile(ExportProtocol protocol, int scopeCount, ReadOnlySpan<TemplateField> fields) =>
        CompileFrom(protocol, scopeCount, 0, fields);

    /// <summary>The header that begins at a field, and those within.</summary>
    private static RecordPlan CompileFrom(
        ExportProtocol protocol, int scopeCount, int from, ReadOnlySpan<TemplateField> fields)
    {
        var inner = InnerHeader.Find(protocol, Math.Max(scopeCount, from), fields);
        var plan = inner.Exists ? CompileFrom(protocol, scopeCount, inner.From, fields) : null;
        return Compile(protocol, scopeCount, fields, new HeaderFields(from, inner.Until), plan);
    }

    /// <summary>Finds the steps of a record of variable length and how long it is; false where it is cut off.</summary>
    public bool TryLocate(ReadOnlySpan<byte> rest, out ReadOnlySpan<FieldStep> steps, out int octets)
    {
        steps = _located;
        octets = 0;
        var at = 0;
        foreach (var (length, step) in _walk)
        {
            int width = length;
            if (length == TemplateField.Variable && !TryVariable(rest, ref at, out width))
            {
                return false;
            }

            if (width > rest.Length - at)
            {
                return false;
            }

            if (step >= 0)
            {
                var kind = _steps[step].Kind;
                _located[step] = new FieldStep(
                    kind, Fits(kind, width) ? (byte)Math.Min(width, byte.MaxValue) : (byte)0,
                    (ushort)Math.Min(at, ushort.MaxValue));
            }

            at += width;
        }

        octets = at;
        return true;
    }

    private static RecordPlan Compile(
        ExportProtocol protocol, int scopeCount, ReadOnlySpan<TemplateField> fields, HeaderFields header,
        RecordPlan? innerPlan)
    {
        var found = new List<(FieldKind Kind, byte Rank, int Field, int Offset, ushort Length)>(fields.Length);
        var shape = new PlanShape { Protocol = protocol, IsFixed = true, Inner = innerPlan };

        // Responder counters alone are no second direction: some exporters send them beside plain ones, always zero.
        var hasInitiator = CounterFields.HasInitiator(fields);
        var totals = CounterFields.UseOf(protocol, fields);
        for (var i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[i];
            var (kind, rank) = FieldCatalogue.Find(in field, protocol, i < scopeCount);
            var isTotal = CounterFields.IsRunningTotal(in field);
            if (isTotal && totals == TotalsUse.Beside)
            {
                (kind, shape.HasTotalsBeside) = (CounterFields.Beside(kind), true);
            }

            if (kind != FieldKind.Skip && Fits(kind, field.Length) && header.Holds(i, kind)
                && (hasInitiator || field is not { Enterprise: 0, Id: 232 or 299 })
                    && !(isTotal && totals == TotalsUse.None))
            {
                found.Add((kind, rank, i, shape.MinOctets, field.Length));
                shape.IsRunningTotal |= isTotal && totals == TotalsUse.Alone;
            }

            shape.IsReversible |=
                kind is FieldKind.ReversePackets or FieldKind.ReverseOctets && field.Enterprise != 0;
            shape.IsFixed &= !field.IsVariable;
            shape.MinOctets += field.IsVariable ? 1 : field.Length;
        }

        found.Sort(static (left, right) => (left.Rank, left.Field).CompareTo((right.Rank, right.Field)));
        var walk = new (ushort Length, short Step)[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            walk[i] = (fields[i].Length, -1);
        }

        var steps = new FieldStep[found.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            var (kind, _, field, at, length) = found[i];
            steps[i] = new FieldStep(
                kind, (byte)Math.Min((int)length, byte.MaxValue), (ushort)Math.Min(at, ushort.MaxValue));
            walk[field].Step = (short)i;
        }

        shape.MinOctets = Math.Max(shape.MinOctets, 1);
        return new RecordPlan(steps, walk, in shape);
    }

    /// <summary>RFC 7011 §7: one octet of length, or 255 and two more.</summary>
    private static bool TryVariable(ReadOnlySpan<byte> rest, ref int at, out int width)
    {
        width = 0;
        if (at >= rest.Length)
        {
            return false;
        }

        width = rest[at++];
        if (width < 255)
        {
            return true;
        }

        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest[at..], out var wide))
        {
            return false;
        }

        at += sizeof(ushort);
        width = wide;
        return true;
    }

    /// <summary>Whether a field of this length can be the thing at all; what cannot is stepped over
    /// (RFC 7011 §6.2).</summary>
    private static bool Fits(FieldKind kind, int length) => kind switch
    {
        _ when length == TemplateField.Variable => true,
        FieldKind.SourceV4 or FieldKind.DestinationV4 => length == 4,
        FieldKind.SourceV6 or FieldKind.DestinationV6 => length == 16,
        FieldKind.SamplingProbability => length is 4 or 8,
        FieldKind.FrameSection or FieldKind.PacketSection or FieldKind.ScopeOther => length > 0,
        FieldKind.StartMicroseconds or FieldKind.EndMicroseconds or FieldKind.EventMicroseconds
            or FieldKind.StartNanoseconds or FieldKind.EndNanoseconds or FieldKind.EventNanoseconds => length == 8,
        _ => length is >= 1 and <= 8,
    };

    private bool Has(FieldKind kind) => Array.Exists(_steps, step => step.Kind == kind);
}
