// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>What a template's counters count, told from all of them together.</summary>
internal static class CounterFields
{
    private const uint Reverse = 29305;

    /// <summary>A total since counting began (85, 86, 171, 172, 353), not since the last report.</summary>
    public static bool IsRunningTotal(in TemplateField field) =>
        field.Enterprise is 0 or Reverse && field.Id is 85 or 86 or 171 or 172 or 353;

    /// <summary>Where a template has both, what came since the last report is taken and the total left aside.</summary>
    public static bool HasDelta(ExportProtocol protocol, ReadOnlySpan<TemplateField> fields)
    {
        foreach (ref readonly var field in fields)
        {
            if (!IsRunningTotal(in field) && FieldCatalogue.Find(in field, protocol, scope: false).Kind
                is FieldKind.Packets or FieldKind.Octets or FieldKind.ReversePackets or FieldKind.ReverseOctets)
            {
                return true;
            }
        }

        return false;
    }

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
