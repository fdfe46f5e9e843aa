// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Collector.Accounting;
using Weir.Collector.Collecting.Sessions;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Owning;
using Weir.Collector.Scopes;
using Weir.Contracts.Protocol;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Status;

/// <summary>Reads what the collector is doing.</summary>
internal sealed class StatusSnapshot(
    UdpIntake intake, SessionIntake sessions, Pipeline pipeline, Account account, Spool spool, ScopeKeeper scopes, ScopeFigures counts)
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
            Listeners =
            [
                .. intake.Sockets.Select(socket => socket.Listener).Distinct(),
                .. sessions.Listeners.Select(one => one.Listener),
            ],
            Flows = ReadFlows(),
            Exporters = [.. pipeline.Exporters()
                .Where(exporter => exporter.Datagrams > 0 && exporter.WentOn).OrderBy(exporter => exporter.Address).Select(ToStatus)],
            Held = new HeldTotals(
                rings.Count > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(rings.Min(ring => ring.OldestMs)) : null,
                rings.Sum(ring => ring.Flows), rings.Sum(ring => ring.Octets), detected.Subjects,
                scopes.Ordered + scopes.Provisional, spooled.Ready, spooled.ReadyOctets),
            Stopped = intake.Gate.Reasons,
            Losses = ReadLosses(),
            Detected = ToTotals(detected),
            RefusedOrders = counts.Refused.ToDictionary(),
        };
    }

    private FlowTotals ReadFlows()
    {
        var lanes = pipeline.Lanes;
        return new FlowTotals
        {
            Datagrams = intake.Sockets.Sum(socket => socket.Datagrams) + sessions.Listeners.Sum(one => one.Messages),
            Octets = intake.Sockets.Sum(socket => socket.Octets) + sessions.Listeners.Sum(one => one.Octets),
            Malformed = lanes.Sum(lane => lane.Decoder.Damaged + lane.Decoder.Dropped + lane.Decoder.Refused),
            TemplateUnknown = lanes.Sum(lane => lane.Decoder.List().Sum(exporter => exporter.UnknownTemplateSets)),
            Read = lanes.Sum(lane => lane.Read),
            Attributed = lanes.Sum(lane => lane.Attributor.Counts.Attributed),
            Foreign = lanes.Sum(lane => lane.Attributor.Counts.Foreign),
            Internal = lanes.Sum(lane => lane.Attributor.Counts.Internal),
            Spoofed = lanes.Sum(lane => lane.Attributor.Counts.Spoofed),
            Excluded = lanes.Sum(lane => lane.Attributor.Counts.Excluded),
            Unattributed = lanes.Sum(lane => lane.Attributor.Counts.Unattributed),
            OutsideWindow = lanes.Sum(lane => lane.Attributor.Counts.OutsideWindow),
            SeenTwice = lanes.Sum(lane => lane.Attributor.Counts.SeenTwice),
        };
    }

    private List<LossTotal> ReadLosses() =>
    [
        .. from socket in intake.Sockets
           group socket by socket.Listener into listener
           let dropped = listener.Sum(s => s.KernelDropped ?? 0)
           where dropped > 0
           select new LossTotal($"dropped by the kernel at {listener.Key}, its buffer full", dropped, "datagrams"),
        .. from socket in intake.Sockets
           where socket.Truncated > 0
           select new LossTotal(
               $"longer than collecting.max-datagram at {socket.Listener}, cut", socket.Truncated, "datagrams"),
        .. from listener in sessions.Listeners
           where listener.LostOctets > 0
           select new LossTotal(
               $"of messages that were begun at {listener.Listener} and not ended", listener.LostOctets, "octets"),
        .. from queue in pipeline.Forwarding?.Others ?? []
           let lost = Enum.GetValues<ForwardLoss>().Sum(queue.LostBy)
           where lost > 0
           select new LossTotal($"of networks of collector {queue.Owner}, which never got them", lost, "flows"),
        .. from absence in account.Absences
           where absence.Missing > 0
           select new LossTotal(
               string.Create(
                   CultureInfo.InvariantCulture,
                   $"of exporter {absence.Exporter} from {At(absence.FromMs):u} to {At(absence.UntilMs):u}, this collector killed or away"),
               absence.Missing, absence.Unit),
    ];

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DetectionTotals ToTotals(DetectingCounts detected) => new()
    {
        Seen = detected.Seen,
        Counted = detected.Counted,
        Late = detected.Late,
        Ahead = detected.Ahead,
        NoRoom = detected.NoRoom,
        Allowed = detected.Allowed,
        AtBorder = detected.AtBorder,
        DetailsRefused = detected.DetailsRefused,
        Evicted = detected.Evicted,
        Subjects = detected.Subjects,
        Opened = detected.EventsOpened,
        Open = detected.EventsOpen,
    };

    private static ExporterStatus ToStatus(ExporterListing exporter) => new()
    {
        Exporter = exporter.Address.ToString(),
        Protocol = exporter.Protocols,
        Transport = exporter.Transport.ToString().ToLowerInvariant(),
        Datagrams = exporter.Datagrams,
        Flows = exporter.Flows,
        Missing = exporter.Lost,
        Templates = exporter.Templates,
        TemplateUnknown = exporter.UnknownTemplateSets,
        Malformed = exporter.Damaged + exporter.Dropped,
        Sampling = exporter.SamplingSource == SamplingSource.Unknown ? null : exporter.SamplingInterval,
        SamplingSource = ExporterReport.SourceOf(exporter.SamplingSource),
        ClockSkewSeconds = exporter.ClockSkewMs / 1_000.0,
        LastHeard = DateTimeOffset.FromUnixTimeMilliseconds(exporter.LastSeenMs),
    };
}
