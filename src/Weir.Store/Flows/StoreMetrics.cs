// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Store.Flows;

/// <summary>The spool and the store in numbers: rows written = loaded + already there + set aside + still waiting.</summary>
public sealed class StoreMetrics
{
    public StoreMetrics(IMeterFactory meters, Spool spool, SpoolLoader loader, FlowStore store)
    {
        var meter = meters.Create("Weir.Store");
        meter.CreateObservableCounter("weir.spool.rows_written", () => spool.State.RowsWritten, "{row}", "Rows made durable in the spool.");
        meter.CreateObservableCounter("weir.spool.rows_loaded", () => loader.State.RowsLoaded, "{row}", "Rows the flow store took.");
        meter.CreateObservableCounter("weir.spool.rows_already_there", () => loader.State.RowsAlreadyThere, "{row}", "Rows of segments in doubt that the flow store had already.");
        meter.CreateObservableCounter("weir.spool.rows_set_aside", () => loader.State.RowsSetAside, "{row}", "Rows of damaged segments, moved to spool/bad.");
        meter.CreateObservableCounter("weir.spool.segments_set_aside", () => (long)loader.State.SegmentsSetAside, "{segment}", "Damaged segments, moved to spool/bad.");
        meter.CreateObservableCounter("weir.spool.full_disk_waits", () => spool.State.FullDiskWaits, "{wait}", "Times the spool's disk was found full.");
        meter.CreateObservableGauge("weir.spool.segments_waiting", () => (long)spool.State.Ready, "{segment}", "Segments that wait for the flow store.");
        meter.CreateObservableGauge("weir.spool.octets_waiting", () => spool.State.ReadyOctets, "By", "Octets of the segments that wait.");
        meter.CreateObservableGauge("weir.spool.disk_full", () => spool.State.DiskFull ? 1L : 0L, "1", "1 while intake waits for room on the spool's disk.");
        meter.CreateObservableCounter("weir.store.restarts", () => (long)(store.Child?.State.Restarts ?? 0), "{restart}", "Times the embedded flow store's process was started again.");
        meter.CreateObservableGauge("weir.store.running", () => store.Child is { State.Running: false } ? 0L : 1L, "1", "0 while the embedded flow store's process does not answer.");
    }
}
