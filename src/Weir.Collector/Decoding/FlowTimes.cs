// SPDX-License-Identifier: Apache-2.0
//
// A time that a record tells is believed only where it can be: a flow ends no longer before or after its export than
// the active timeout and an hour, or ends near its arrival. Else the export time stands in; and where the exporter's
// clock is itself nowhere near (it counts from its start, or lost its year), the time at which the datagram arrived.
// Files of payloads tell no arrival: of two clocks that disagree, with no third, only what is a month off is not
// believed. Where nobody tells a second time, what no calendar of 32-bit seconds has is no time at all.
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>What was done to the times of a flow.</summary>
internal enum TimeRepair : byte
{
    None,

    /// <summary>The record left a time out.</summary>
    Filled,

    /// <summary>The record's times cannot be: replaced by the export time.</summary>
    Record,

    /// <summary>The exporter's clock cannot be: replaced by the arrival.</summary>
    Clock,
}

/// <summary>Makes times of flows believable.</summary>
/// <param name="maxAgeMs">How far from its export a flow may have ended.</param>
/// <param name="toleranceMs">How far an exporter's clock may be from ours; 0 = only a clock that lost its year is
/// not believed.</param>
internal readonly struct FlowTimes(long maxAgeMs, long toleranceMs)
{
    /// <summary>No flow lasts longer than anything of it is kept: then its start is not one.</summary>
    private const long LongestMs = 604_800_000;

    private const long MonthMs = 2_592_000_000;

    /// <summary>2001-01-01: no exporter of a living network sends before.</summary>
    private const long EarliestMs = 978_307_200_000;

    /// <summary>What lies near it is still in the calendar.</summary>
    private const long LatestMs = FlowCalendar.LatestMs - MonthMs;

    /// <summary>Whether the exporter's clock can be; asked once a message.</summary>
    public bool IsClockSound(long exportedAtMs, long arrivedAtMs) =>
        exportedAtMs is >= EarliestMs and <= LatestMs
        && (toleranceMs == 0 || arrivedAtMs == 0 || Math.Abs(exportedAtMs - arrivedAtMs) <= toleranceMs);

    /// <summary>Whether the flow's times need no repair; the usual case, and hot.</summary>
    public bool AreSound(in FlowRecord flow, long exportedAtMs) =>
        flow.StartMs > 0 && flow.StartMs <= flow.EndMs
        && (ulong)(flow.EndMs - exportedAtMs + maxAgeMs) <= (ulong)(2 * maxAgeMs)
        && flow.EndMs - flow.StartMs <= LongestMs;

    /// <summary>Repairs the times of a flow.</summary>
    /// <param name="flow">Its times are in order afterwards and in the calendar; 0 only where nobody tells one.</param>
    /// <param name="exportedAtMs">The message's time; 0 where it tells none (sFlow).</param>
    /// <param name="arrivedAtMs">When it came; 0 where nobody knows.</param>
    /// <param name="clockIsSound">What <see cref="IsClockSound"/> said of the message.</param>
    public TimeRepair Repair(ref FlowRecord flow, long exportedAtMs, long arrivedAtMs, bool clockIsSound)
    {
        var repair = ByReference(ref flow, exportedAtMs, arrivedAtMs, clockIsSound);
        flow.StartMs = Math.Clamp(flow.StartMs, 0, FlowCalendar.LatestMs);
        flow.EndMs = Math.Clamp(flow.EndMs, flow.StartMs, FlowCalendar.LatestMs);
        return repair;
    }

    private TimeRepair ByReference(ref FlowRecord flow, long exportedAtMs, long arrivedAtMs, bool clockIsSound)
    {
        if (flow.EndMs - flow.StartMs > LongestMs)
        {
            flow.StartMs = 0;
        }

        // Times before 1970 were told as distances from a header that says it is about then.
        if (!clockIsSound && arrivedAtMs != 0 && (exportedAtMs != 0 || (flow.StartMs | flow.EndMs) < 0))
        {
            return ByArrival(ref flow, arrivedAtMs - exportedAtMs, arrivedAtMs);
        }

        flow.StartMs = Math.Max(0, flow.StartMs);
        flow.EndMs = Math.Max(0, flow.EndMs);

        var reference = exportedAtMs != 0 ? exportedAtMs : arrivedAtMs;
        if (reference == 0)
        {
            if (!FlowCalendar.Holds(Math.Max(flow.StartMs, flow.EndMs)))
            {
                (flow.StartMs, flow.EndMs) = (0, 0);
                return TimeRepair.Record;
            }

            return Fill(ref flow, Math.Max(flow.StartMs, flow.EndMs)) ? TimeRepair.Filled : TimeRepair.None;
        }

        var filled = Fill(ref flow, reference);
        var isNear = IsNear(flow.EndMs, reference)
            || (arrivedAtMs == 0 ? Math.Abs(flow.EndMs - reference) <= MonthMs : IsNear(flow.EndMs, arrivedAtMs));
        return !isNear ? Replace(ref flow, reference, TimeRepair.Record)
            : filled ? TimeRepair.Filled : TimeRepair.None;
    }

    /// <summary>The exporter's clock cannot be. A record whose own times fit the arrival has another clock; of the
    /// others the distance to the header's time still tells how long ago they were.</summary>
    private TimeRepair ByArrival(ref FlowRecord flow, long aheadMs, long arrivedAtMs)
    {
        if (IsNear(flow.EndMs, arrivedAtMs))
        {
            return Fill(ref flow, arrivedAtMs) ? TimeRepair.Filled : TimeRepair.None;
        }

        flow.StartMs = flow.StartMs == 0 ? 0 : flow.StartMs + aheadMs;
        flow.EndMs = flow.EndMs == 0 ? 0 : flow.EndMs + aheadMs;
        _ = Fill(ref flow, arrivedAtMs);
        return IsNear(flow.EndMs, arrivedAtMs)
            ? TimeRepair.Clock : Replace(ref flow, arrivedAtMs, TimeRepair.Clock);
    }

    private bool IsNear(long endMs, long reference) =>
        endMs >= reference - maxAgeMs && endMs <= reference + maxAgeMs;

    /// <summary>What a record does not tell is taken from its other end, then from the message.</summary>
    private static bool Fill(ref FlowRecord flow, long reference)
    {
        if (flow.EndMs != 0 && flow.StartMs != 0 && flow.StartMs <= flow.EndMs)
        {
            return false;
        }

        flow.EndMs = flow.EndMs != 0 ? flow.EndMs : Math.Max(reference, flow.StartMs);
        flow.StartMs = flow.StartMs == 0 || flow.StartMs > flow.EndMs ? flow.EndMs : flow.StartMs;
        return true;
    }

    /// <summary>Ends it at the reference; its duration stays where that can be.</summary>
    private TimeRepair Replace(ref FlowRecord flow, long reference, TimeRepair why)
    {
        var lasted = flow.EndMs - flow.StartMs;
        flow.EndMs = reference;
        flow.StartMs = reference - (lasted >= 0 && lasted <= maxAgeMs ? lasted : 0);
        return why;
    }
}
