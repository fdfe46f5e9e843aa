// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>Walks a flow table line by line; exactly one of the two readers is given.</summary>
internal sealed class FlowTableReader(
    OctetWindow window, InputLosses losses, FlowTable? table, ZeekJson? json, long linesBefore)
{
    /// <summary>No record is that long; a longer line is refused unread.</summary>
    private const int LongestLine = 1 << 19;

    public void Read<TVisitor>(ref TVisitor visitor, CancellationToken cancel)
        where TVisitor : struct, IFlowVisitor
    {
        var flow = default(FlowRecord);
        while (!cancel.IsCancellationRequested)
        {
            var begins = window.Position;
            if (!window.TryLine(LongestLine, out var line, out var tooLong))
            {
                break;
            }

            losses.Lines++;
            var rule = string.Empty;
            var lastOfDamaged = window.Damage is not null && window.Rest.IsEmpty;
            if (tooLong || lastOfDamaged)
            {
                rule = tooLong ? "longer than 512 KiB" : "last before the damage, perhaps cut";
            }

            var kind = rule.Length > 0 ? FlowRowKind.Refused : ReadRow(line, ref flow, ref rule);
            switch (kind)
            {
                case FlowRowKind.Flow:
                    losses.Flows++;
                    losses.TimesMissing += (flow.StartMs | flow.EndMs) == 0 ? 1 : 0;
                    visitor.OnFlow(in flow);
                    break;
                case FlowRowKind.NoFlow:
                    losses.LinesWithoutFlow++;
                    break;
                case FlowRowKind.NotIp:
                    losses.LinesNotIp++;
                    break;
                default:
                    losses.Refuse(linesBefore + losses.Lines, rule);
                    visitor.OnMalformed(new(Damage.SkipRecord, (int)Math.Min(begins, int.MaxValue), rule));
                    break;
            }
        }

        losses.OutCounters = table?.OutCounters ?? 0;
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Reads one row. What no reader foresaw costs that row and is named, never the run.</summary>
    private FlowRowKind ReadRow(ReadOnlySpan<byte> line, ref FlowRecord flow, ref string rule)
    {
        try
        {
            return table is not null ? table.Read(line, ref flow, ref rule) : json!.Read(line, ref flow, ref rule);
        }
        catch (Exception fault) when (fault is ArgumentException or IndexOutOfRangeException or OverflowException
            or FormatException or InvalidOperationException)
        {
            rule = $"no reader foresaw it ({fault.GetType().Name})";
            return FlowRowKind.Refused;
        }
    }
}
