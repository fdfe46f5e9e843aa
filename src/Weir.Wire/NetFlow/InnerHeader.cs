// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>Which fields of a template tell of one header.</summary>
/// <param name="From">The first.</param>
/// <param name="Until">Behind the last.</param>
internal readonly record struct HeaderFields(int From, int Until)
{
    /// <summary>What is not of a header belongs to each.</summary>
    public bool Holds(int field, FieldKind kind) =>
        !FieldCatalogue.IsOfHeader(kind) || (field >= From && field < Until);
}

/// <summary>What is found about a template's fields beside their steps.</summary>
internal struct PlanShape
{
    public ExportProtocol Protocol;
    public int MinOctets;
    public bool IsFixed;
    public bool IsReversible;
    public bool IsRunningTotal;
    public bool HasTotalsBeside;
    public RecordPlan? Inner;
}

/// <summary>Where a template begins to tell of a second header: at the first header field whose element came before,
/// and what of that header stands right in front of it. Both must name two ends; else fields are only told
/// twice.</summary>
internal readonly record struct InnerHeader(int From, bool Exists)
{
    /// <summary>Looks for repeated elements.</summary>
    /// <param name="protocol">Whose elements they are.</param>
    /// <param name="scopeCount">Where to begin: fields in front are scopes, or of headers found before.</param>
    /// <param name="fields">Of the template.</param>
    public static InnerHeader Find(ExportProtocol protocol, int scopeCount, ReadOnlySpan<TemplateField> fields)
    {
        var from = fields.Length;
        for (var i = scopeCount; i < from; i++)
        {
            if (IsOfHeader(fields[i], protocol) && Comes(fields[scopeCount..i], fields[i]))
            {
                from = i;
            }
        }

        // A family that the outer header does not have stands in front, told for the first time.
        while (from < fields.Length && from > scopeCount && IsOfHeader(fields[from - 1], protocol)
            && !Comes(fields[from..], fields[from - 1]) && HasEnds(fields[scopeCount..(from - 1)], protocol))
        {
            from--;
        }

        return new InnerHeader(from, HasEnds(fields[from..], protocol) && HasEnds(fields[scopeCount..from], protocol));
    }

    /// <summary>Where the fields of the header in front end.</summary>
    public int Until => Exists ? From : int.MaxValue;

    private static bool IsOfHeader(in TemplateField field, ExportProtocol protocol) =>
        FieldCatalogue.IsOfHeader(FieldCatalogue.Find(in field, protocol, scope: false).Kind);

    private static bool Comes(ReadOnlySpan<TemplateField> others, in TemplateField field)
    {
        foreach (ref readonly var other in others)
        {
            if (other.Id == field.Id && other.Enterprise == field.Enterprise)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasEnds(ReadOnlySpan<TemplateField> fields, ExportProtocol protocol)
    {
        var found = 0;
        foreach (ref readonly var field in fields)
        {
            found |= FieldCatalogue.Find(in field, protocol, scope: false).Kind switch
            {
                FieldKind.SourceV4 => 1,
                FieldKind.DestinationV4 => 2,
                FieldKind.SourceV6 => 4,
                FieldKind.DestinationV6 => 8,
                _ => 0,
            };
        }

        return (found & 3) == 3 || (found & 12) == 12;
    }
}
