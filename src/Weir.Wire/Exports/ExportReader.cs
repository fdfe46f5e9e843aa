// SPDX-License-Identifier: Apache-2.0
//
// Which protocol a payload speaks is told by its first octets: a 16-bit version 5, 9 or 10, or sFlow's 32-bit 5. Any
// of them may arrive on any port. Messages may follow each other in one payload; zeros behind them are padding.
using Weir.Wire.NetFlow;
using Weir.Wire.SFlow;

namespace Weir.Wire.Exports;

/// <summary>Reads a flow export datagram of any protocol. No exception leaves it, whatever the octets.</summary>
public static class ExportReader
{
    internal const string UnknownRule = "no flow export protocol begins so";
    internal const string TrailingRule = "octets behind the last message";

    /// <summary>Reads every message of a payload. What is damaged is told to the visitor and skipped.</summary>
    /// <param name="datagram">One UDP payload, or several messages one behind the other.</param>
    /// <param name="templates">Of this exporter; set <see cref="TemplateTable.ArrivedAtMs"/> first.</param>
    /// <param name="visitor">Takes what is found, in wire order but for templates and options, which go
    /// first in a message.</param>
    /// <returns>The worst damage found; <see cref="Damage.DropDatagram"/> where nothing of a message
    /// could be read.</returns>
    public static Damage Read<TVisitor>(ReadOnlySpan<byte> datagram, TemplateTable templates, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        var damage = Damage.None;
        var at = 0;
        do
        {
            var rest = datagram[at..];
            var length = rest.Length;
            Damage lost;
            switch (ExportProtocols.Detect(rest))
            {
                case ExportProtocol.NetFlow5:
                    lost = NetFlow5.Read(rest, at, ref visitor, out length);
                    break;
                case ExportProtocol.NetFlow9:
                    lost = NetFlow9.Read(rest, at, templates, ref visitor, out length);
                    break;
                case ExportProtocol.Ipfix:
                    lost = Ipfix.Read(rest, at, templates, ref visitor, out length);
                    break;
                case ExportProtocol.SFlow5:
                    lost = SFlow5.Read(rest, at, ref visitor, out length);
                    break;
                default:
                    lost = Trailing(rest, at, ref visitor);
                    break;
            }

            damage = lost > damage ? lost : damage;
            at += length;
        }
        while (at < datagram.Length);
        return damage;
    }

    /// <summary>Reads a data set that waited for its template: <see cref="IFlowVisitor.OnTemplateUnknown"/> handed it
    /// over. The visitor hears of flows, rates and faults, of no message.</summary>
    /// <param name="set">What follows the set's header.</param>
    /// <param name="templateId">The set's id.</param>
    /// <param name="header">Of the message it came in.</param>
    /// <param name="templates">Of its exporter, with <see cref="TemplateTable.Port"/> set.</param>
    /// <param name="visitor">Takes what is found.</param>
    /// <param name="records">Data records that were in it.</param>
    /// <returns>False where the template is still not known; then nothing was read.</returns>
    public static bool ReadSet<TVisitor>(
        ReadOnlySpan<byte> set, ushort templateId, in ExportHeader header, TemplateTable templates,
        ref TVisitor visitor, out uint records)
        where TVisitor : struct, IFlowVisitor =>
        SetWalker.TryReadSet(set, templateId, in header, templates, ref visitor, out records);

    private static Damage Trailing<TVisitor>(ReadOnlySpan<byte> rest, int at, ref TVisitor visitor)
        where TVisitor : struct, IFlowVisitor
    {
        if (at > 0 && !rest.ContainsAnyExcept((byte)0))
        {
            return Damage.None;
        }

        var damage = at == 0 ? Damage.DropDatagram : Damage.SkipSet;
        visitor.OnMalformed(new Malformed(damage, at, at == 0 ? UnknownRule : TrailingRule));
        return damage;
    }
}
