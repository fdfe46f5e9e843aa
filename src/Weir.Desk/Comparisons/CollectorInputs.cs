// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Desk.Reporting;

namespace Weir.Desk.Comparisons;

/// <summary>What collectors say of their work, as a report writes it; counted since each collector's start.</summary>
internal static class CollectorInputs
{
    public static bool IsSampled(IEnumerable<CollectorStatus> statuses) =>
        statuses.SelectMany(status => status.Exporters).Any(exporter => exporter.Sampling > 1);

    /// <summary>All sockets of a collector as one input: a lane hears all of them, so flows are not told apart by
    /// listener.</summary>
    public static ReportInput ToInput(CollectorStatus status)
    {
        var coarsest = status.Exporters.MaxBy(exporter => exporter.Sampling ?? 1);
        return new ReportInput
        {
            Path = "udp " + string.Join(' ', status.Listeners),
            Format = string.Join('/', (IEnumerable<string>)[
                "udp", .. status.Exporters.SelectMany(exporter => exporter.Protocol.Split(',')).Distinct()
                    .Order(StringComparer.Ordinal)]),
            Datagrams = status.Flows.Datagrams,
            Flows = status.Flows.Read,
            Malformed = status.Flows.Malformed,
            TemplateUnknown = status.Flows.TemplateUnknown,
            SequenceGaps = status.Exporters.Sum(exporter => exporter.Missing),
            SamplingRate = coarsest?.Sampling ?? 1,
            SamplingSource = coarsest?.SamplingSource ?? "none",
            Losses = [.. status.Losses.Select(loss => new ReportLoss(loss.Reason, loss.Count, loss.Unit))],
        };
    }

    public static IEnumerable<ReportExporter> ToExporters(CollectorStatus status) =>
        status.Exporters.Select(exporter => new ReportExporter
        {
            Address = exporter.Exporter,
            Domain = exporter.Domain,
            Protocol = exporter.Protocol.ToLowerInvariant(),
            Datagrams = exporter.Datagrams,
            Flows = exporter.Flows,
            Templates = exporter.Templates,
            TemplateUnknown = exporter.TemplateUnknown,
            Malformed = exporter.Malformed,
            SequenceGaps = exporter.Missing,
            SamplingRate = exporter.Sampling ?? 1,
            SamplingSource = exporter.SamplingSource,
            ClockSkewSeconds = exporter.ClockSkewSeconds,
        });

    public static ReportFlows ToFlows(IReadOnlyList<CollectorStatus> statuses) => new()
    {
        Read = statuses.Sum(status => status.Flows.Read),
        Attributed = statuses.Sum(status => status.Flows.Attributed),
        Foreign = statuses.Sum(status => status.Flows.Foreign),
        Internal = statuses.Sum(status => status.Flows.Internal),
        Spoofed = statuses.Sum(status => status.Flows.Spoofed),
        Excluded = statuses.Sum(status => status.Flows.Excluded),
        OutsideWindow = statuses.Sum(status => status.Flows.OutsideWindow),
        Unattributed = statuses.Sum(status => status.Flows.Unattributed),
    };

    public static ReportCounters ToCounters(IReadOnlyList<CollectorStatus> statuses) => new()
    {
        Seen = statuses.Sum(status => status.Detected.Seen),
        Counted = statuses.Sum(status => status.Detected.Counted),
        Late = statuses.Sum(status => status.Detected.Late),
        NoRoom = statuses.Sum(status => status.Detected.NoRoom),
        Allowed = statuses.Sum(status => status.Detected.Allowed),
        AtBorder = statuses.Sum(status => status.Detected.AtBorder),
        DetailsRefused = statuses.Sum(status => status.Detected.DetailsRefused),
        Evicted = statuses.Sum(status => status.Detected.Evicted),
    };
}
