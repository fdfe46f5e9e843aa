// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

/// <summary>The spool and its emptying in numbers.</summary>
internal sealed class SegmentsMetrics
{
    public SegmentsMetrics(IMeterFactory meters, Spool spool, SegmentSender sender)
    {
        var meter = meters.Create("Weir.Segments");
        meter.CreateObservableCounter(
            "weir.spool.rows_written", () => spool.State.RowsWritten, "{row}", "Rows made durable in the spool.");
        meter.CreateObservableCounter(
            "weir.spool.rows_loaded", () => sender.State.Rows, "{row}", "Rows the store took from the spool.");
        meter.CreateObservableCounter(
            "weir.spool.rows_already_there", () => sender.State.RowsKnown, "{row}",
            "Rows of segments in doubt that the store had already: they were not written twice.");
        meter.CreateObservableCounter(
            "weir.spool.rows_set_aside", () => sender.State.RowsSetAside, "{row}",
            "Rows of segments that the store refuses for good, by their heads.");
        meter.CreateObservableCounter(
            "weir.spool.segments_set_aside", () => (long)sender.State.SetAside, "{segment}",
            "Segments the store refuses for good; they lie in spool/bad.");
        meter.CreateObservableCounter(
            "weir.spool.disk_waits", () => spool.State.Waits, "{wait}",
            "Times the spool's disk began to refuse: intake waits meanwhile.");
        meter.CreateObservableCounter(
            "weir.spool.rows_lost", () => spool.State.RowsLost, "{row}",
            "Rows of segments that somebody removed while they waited for the store.");
        meter.CreateObservableGauge(
            "weir.spool.segments_waiting", () => (long)spool.State.Ready, "{segment}",
            "Segments that wait for the store.");
        meter.CreateObservableGauge(
            "weir.spool.waiting", () => spool.State.ReadyOctets, "By", "Octets of segments that wait for the store.");
        meter.CreateObservableGauge(
            "weir.spool.disk_refuses", () => spool.Fault.Length > 0 ? 1L : 0L, null,
            "1 while intake waits for the spool's disk.");
    }
}
