// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Hosting.Spooling;
using Weir.Store.Embedded;
using Weir.Store.Loading;

namespace Weir.Store.ClickHouse;

/// <summary>What the store's metrics are read from.</summary>
public sealed record StoreDependencies(Spool Spool, SpoolLoader Loader, FlowStore Store);

/// <summary>The spool and the store in numbers: rows written = loaded + already there + set aside + still waiting, but
/// for rows that waited from an earlier start and come on top.</summary>
public sealed class StoreMetrics
{
    public StoreMetrics(IMeterFactory meters, Func<StoreDependencies?> parts)
    {
        var meter = meters.Create("Weir.Store");
        meter.CreateObservableCounter(
            "weir.spool.rows_written", () => parts()?.Spool.State.RowsWritten ?? 0L, "{row}",
            "Rows made durable in the spool.");
        meter.CreateObservableCounter(
            "weir.spool.rows_loaded", () => parts()?.Loader.State.RowsLoaded ?? 0L, "{row}",
            "Rows the flow store took, those an earlier start left in the spool among them.");
        meter.CreateObservableCounter(
            "weir.spool.rows_already_there", () => parts()?.Loader.State.RowsAlreadyThere ?? 0L, "{row}",
            "Rows of segments in doubt that the flow store had already.");
        meter.CreateObservableCounter(
            "weir.spool.rows_set_aside", () => parts()?.Loader.State.RowsSetAside ?? 0L, "{row}",
            "Rows of damaged segments, moved to spool/bad.");
        meter.CreateObservableCounter(
            "weir.spool.segments_set_aside", () => (long)(parts()?.Loader.State.SegmentsSetAside ?? 0), "{segment}",
            "Damaged segments, moved to spool/bad.");
        meter.CreateObservableCounter(
            "weir.spool.full_disk_waits", () => parts()?.Spool.State.FullDiskWaits ?? 0L, "{wait}",
            "Times the spool's disk was found full.");
        meter.CreateObservableGauge(
            "weir.spool.segments_waiting", () => (long)(parts()?.Spool.State.Ready ?? 0), "{segment}",
            "Segments that wait for the flow store.");
        meter.CreateObservableGauge(
            "weir.spool.waiting", () => parts()?.Spool.State.ReadyOctets ?? 0L, "By",
            "Octets of the segments that wait.");
        meter.CreateObservableGauge(
            "weir.spool.disk_full", () => parts()?.Spool.State.DiskFull == true ? 1L : 0L, null,
            "1 while intake waits for room on the spool's disk.");
        meter.CreateObservableCounter(
            "weir.store.restarts", () => (long)(parts()?.Store.Child?.State.Restarts ?? 0), "{restart}",
            "Times the embedded flow store's process was started again.");
        meter.CreateObservableGauge(
            "weir.store.running", () => parts()?.Store.Child is { State.Running: false } ? 0L : 1L, null,
            "0 while the embedded flow store's process does not answer.");
    }
}
