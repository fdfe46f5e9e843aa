// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Hosting.Metrics;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

/// <summary>The spool and its emptying in numbers. Rows of one line's evidence are among them: outside the lab they are
/// told coarsely.</summary>
internal sealed class SegmentsMetrics
{
    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="spool">How the spool stands.</param>
    /// <param name="sender">How its emptying does.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="isLab">Whether what would tell of one line may be told.</param>
    public SegmentsMetrics(
        IMeterFactory meters, Func<SpoolState> spool, Func<SegmentsState> sender, TimeProvider time, bool isLab)
    {
        var meter = meters.Create("Weir.Segments");
        meter.CreateObservableCounter(
            "weir.spool.rows_written", CoarseCount.Of(() => spool().RowsWritten, time, isLab), "{row}",
            "Rows made durable in the spool; outside the lab rounded up to a hundred and a minute old.");
        meter.CreateObservableCounter(
            "weir.spool.rows_loaded", CoarseCount.Of(() => sender().Rows, time, isLab), "{row}",
            "Rows the store took from the spool; outside the lab rounded up to a hundred and a minute old.");
        meter.CreateObservableCounter(
            "weir.spool.rows_already_there", CoarseCount.Of(() => sender().RowsKnown, time, isLab), "{row}",
            "Rows of segments in doubt that the store had already: they were not written twice. Outside the lab "
                + "rounded up to a hundred and a minute old.");
        meter.CreateObservableCounter(
            "weir.spool.rows_set_aside", () => sender().RowsSetAside, "{row}",
            "Rows of segments that the store refuses for good, by their heads.");
        meter.CreateObservableCounter(
            "weir.spool.segments_set_aside", () => (long)sender().SetAside, "{segment}",
            "Segments the store refuses for good; they lie in spool/bad.");
        meter.CreateObservableCounter(
            "weir.spool.disk_waits", () => spool().Waits, "{wait}",
            "Times the spool's disk began to refuse: intake waits meanwhile.");
        meter.CreateObservableCounter(
            "weir.spool.rows_lost", () => spool().RowsLost, "{row}",
            "Rows of segments that somebody removed while they waited for the store.");
        meter.CreateObservableGauge(
            "weir.spool.segments_waiting", () => (long)spool().Ready, "{segment}",
            "Segments that wait for the store.");
        meter.CreateObservableGauge(
            "weir.spool.waiting", () => spool().ReadyOctets, "By", "Octets of segments that wait for the store.");
        meter.CreateObservableGauge(
            "weir.spool.disk_refuses", () => spool().Fault.Length > 0 ? 1L : 0L, null,
            "1 while intake waits for the spool's disk.");
    }
}
