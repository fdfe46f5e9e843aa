// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>What becomes of a template's totals.</summary>
internal enum TotalsUse : byte
{
    None,
    Alone,
    Beside,
}

/// <summary>What a template's counters count, told from all of them together.</summary>
internal static class CounterFields
{
    private const uint Reverse = 29305;

    /// <summary>A total since counting began (85, 86, 134, 135, 171, 172, 353), not since the last report.</summary>
    public static bool IsRunningTotal(in TemplateField field) =>
        field.Enterprise is 0 or Reverse && field.Id is 85 or 86 or 134 or 135 or 171 or 172 or 353;

    /// <summary>What becomes of a template's totals: they count alone; where it tells what is new as well they are read
    /// beside it, since some tell the last packets of a flow in the total alone; of both directions they are left
    /// out.</summary>
    public static TotalsUse UseOf(ExportProtocol protocol, ReadOnlySpan<TemplateField> fields)
    {
        var (deltas, reverse) = (false, false);
        foreach (ref readonly var field in fields)
        {
            var kind = FieldCatalogue.Find(in field, protocol, scope: false).Kind;
            reverse |= kind is FieldKind.ReversePackets or FieldKind.ReverseOctets;
            deltas |= !IsRunningTotal(in field) && (kind is FieldKind.Packets or FieldKind.Octets
                or FieldKind.DroppedPackets or FieldKind.DroppedOctets
                or FieldKind.ReversePackets or FieldKind.ReverseOctets);
        }

        return !deltas ? TotalsUse.Alone : reverse ? TotalsUse.None : TotalsUse.Beside;
    }

    public static FieldKind Beside(FieldKind kind) => kind switch
    {
        FieldKind.Packets => FieldKind.TotalPackets,
        FieldKind.Octets => FieldKind.TotalOctets,
        _ => FieldKind.Skip,
    };

    /// <summary>Initiator and responder are told apart (231, 298).</summary>
    public static bool HasInitiator(ReadOnlySpan<TemplateField> fields)
    {
        foreach (ref readonly var field in fields)
        {
            if (field is { Enterprise: 0, Id: 231 or 298 })
            {
                return true;
            }
        }

        return false;
    }
}
