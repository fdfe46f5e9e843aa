// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Scopes;
using Weir.Contracts.Protocol;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Status;

/// <summary>Reads what the collector is doing.</summary>
internal sealed class StatusSnapshot(
    UdpIntake intake, Pipeline pipeline, Spool spool, ScopeKeeper scopes, ScopeFigures counts)
{
    /// <summary>Everything as it stands now, each number by itself.</summary>
    public CollectorStatus Read(string name, DateTimeOffset startedAt, DateTimeOffset at)
    {
        var detected = pipeline.Shards.Aggregate(default(DetectingCounts), (sum, shard) => sum + shard.Detected);
        var spooled = spool.State;
        var rings = pipeline.Shards.Select(shard => shard.Evidence?.Ring).OfType<RingState>()
            .Where(ring => ring.Blocks > 0).ToList();
        return new CollectorStatus
        {
            Name = name,
            StartedAt = startedAt,
            At = at,
            Listeners = [.. intake.Sockets.Select(socket => socket.Listener).Distinct()],
            Flows = ReadFlows(),
            Exporters = [.. pipeline.Lanes.SelectMany(lane => lane.Decoder.List())
                .Where(exporter => exporter.Datagrams > 0).OrderBy(exporter => exporter.Address).Select(ToStatus)],
            Held = new HeldTotals(
                rings.Count > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(rings.Min(ring => ring.OldestMs)) : null,
                rings.Sum(ring => ring.Flows), rings.Sum(ring => ring.Octets), detected.Subjects,
                scopes.Ordered + scopes.Provisional, spooled.Ready, spooled.ReadyOctets),
            Stopped = intake.Gate.Reasons,
            Detected = new DetectionTotals(detected.Subjects, detected.EventsOpened, detected.EventsOpen),
            RefusedOrders = counts.Refused.ToDictionary(),
        };
    }

    /// <summary>Spoofed flows count with the line that let them in, excluded networks with those that are not
    /// ours.</summary>
    private FlowTotals ReadFlows()
    {
        var lanes = pipeline.Lanes;
        return new FlowTotals(
            intake.Sockets.Sum(socket => socket.Datagrams), intake.Sockets.Sum(socket => socket.Octets),
            lanes.Sum(lane => lane.Decoder.Damaged + lane.Decoder.Dropped + lane.Decoder.Refused),
            lanes.Sum(lane => lane.Decoder.List().Sum(exporter => exporter.UnknownTemplateSets)),
            lanes.Sum(lane => lane.Read),
            lanes.Sum(lane => lane.Attributor.Counts.Attributed + lane.Attributor.Counts.Spoofed),
            lanes.Sum(lane => lane.Attributor.Counts.Foreign + lane.Attributor.Counts.Excluded),
            lanes.Sum(lane => lane.Attributor.Counts.Internal),
            lanes.Sum(lane => lane.Attributor.Counts.Unattributed),
            lanes.Sum(lane => lane.Attributor.Counts.OutsideWindow),
            lanes.Sum(lane => lane.Attributor.Counts.SeenTwice));
    }

    private static ExporterStatus ToStatus(ExporterListing exporter) => new(
        exporter.Address.ToString(), 0, exporter.Protocols, exporter.Datagrams, exporter.Flows, exporter.Lost,
        exporter.SamplingSource == SamplingSource.Unknown ? null : exporter.SamplingInterval,
        WordOf(exporter.SamplingSource), DateTimeOffset.FromUnixTimeMilliseconds(exporter.LastSeenMs));

    private static string WordOf(SamplingSource source) => source switch
    {
        SamplingSource.Options => "options",
        SamplingSource.Header => "header",
        SamplingSource.Record => "record",
        SamplingSource.Configuration or SamplingSource.Default => "configuration",
        _ => "none",
    };
}
