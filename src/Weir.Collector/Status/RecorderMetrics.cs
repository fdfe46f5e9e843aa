// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Collector.Digesting;
using Weir.Hosting.Metrics;

namespace Weir.Collector.Status;

/// <summary>Evidence and the ring of raw flows in numbers. Of whom they are no number tells.</summary>
internal sealed class RecorderMetrics
{
    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="shards">How evidence stands in each shard; nothing where none is kept.</param>
    /// <param name="time">Our clock.</param>
    public RecorderMetrics(IMeterFactory meters, Func<IReadOnlyList<RecorderState>> shards, TimeProvider time)
    {
        var meter = meters.Create("Weir.Digesting.Evidence");
        var rows = new CoarseCount(() => shards().Sum(s => s.Rows), time);
        meter.CreateObservableCounter(
            "weir.evidence.rows", rows.Read, "{row}",
            "Flows inside an open scope, made durable in the spool; rounded up to a hundred and a minute old, since "
                + "one line alone may be behind them.");
        meter.CreateObservableGauge(
            "weir.evidence.scopes", () => shards().Sum(s => (long)s.Scopes), "{scope}",
            "Scopes watched, those that are over and wait for late flows among them.");
        meter.CreateObservableCounter(
            "weir.ring.scans", () => shards().Sum(s => s.Passes), "{scan}",
            "Passes through the ring for scopes that reach back.");
        meter.CreateObservableGauge(
            "weir.ring.blocks", () => Rings().Sum(r => (long)r.Blocks), "{block}",
            "Encrypted blocks of raw flows that can be read.");
        meter.CreateObservableGauge("weir.ring.flows", () => Rings().Sum(r => r.Flows), "{flow}", "Raw flows in them.");
        meter.CreateObservableGauge(
            "weir.ring.size", () => Rings().Sum(r => r.Octets), "By", "Octets they take on disk.");
        meter.CreateObservableCounter(
            "weir.ring.lost_flows", () => Rings().Sum(r => r.Lost), "{flow}",
            "Raw flows that the ring could not keep because its disk was slow, full or broken: a scope that opens now "
                + "reaches back less far, and says so.");
        meter.CreateObservableGauge(
            "weir.ring.reach", () => Rings().Select(Seconds).DefaultIfEmpty(0).Min(), "s",
            "How far the ring reaches back: the age of its oldest block, of the shard where it is shortest. Below 300 "
                + "under full load evidence of a new scope is not whole.");

        IEnumerable<RingState> Rings() => shards().Select(s => s.Ring).OfType<RingState>();

        double Seconds(RingState ring) =>
            ring.Blocks == 0 ? 0 : Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - ring.OldestMs) / 1_000.0);
    }
}
