// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Analysis;
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Desk.Reporting;

namespace Weir.Cli.Serving;

/// <summary>Sockets and exporters as the report writes them; counted since the program's start.</summary>
internal static class LiveInputs
{
    /// <summary>All sockets as one input: a lane hears all of them, so flows are not told apart by listener.</summary>
    public static ReportInput Of(UdpIntake intake, IReadOnlyList<Lane> lanes)
    {
        var heard = Heard(lanes);
        var coarsest = heard.MaxBy(e => e.SamplingInterval);
        return new ReportInput
        {
            Path = "udp " + string.Join(' ', intake.Sockets.Select(s => s.Listener).Distinct()),
            Format = string.Join('/', (IEnumerable<string>)[
                "udp", .. heard.SelectMany(e => e.Protocols.Split(',')).Distinct().Order(StringComparer.Ordinal)]),
            Datagrams = intake.Sockets.Sum(s => s.Datagrams),
            Flows = lanes.Sum(lane => lane.Read),
            Malformed = lanes.Sum(lane => lane.Decoder.Damaged + lane.Decoder.Dropped + lane.Decoder.Refused),
            TemplateUnknown = heard.Sum(e => e.UnknownTemplateSets),
            SequenceGaps = heard.Sum(e => e.Lost),
            SamplingRate = coarsest?.SamplingInterval ?? 1,
            SamplingSource = LaneTotals.SourceOf(coarsest?.SamplingSource ?? SamplingSource.Unknown),
            Losses =
            [
                .. from socket in intake.Sockets
                   group socket by socket.Listener into listener
                   let dropped = listener.Sum(s => s.KernelDropped ?? 0)
                   where dropped > 0
                   select new ReportLoss(
                       $"dropped by the kernel at {listener.Key}, its buffer full", dropped, "datagrams"),
                .. from socket in intake.Sockets
                   where socket.Truncated > 0
                   select new ReportLoss(
                       $"longer than collecting.max-datagram at {socket.Listener}, cut", socket.Truncated, "datagrams"),
            ],
        };
    }

    public static bool IsSampled(IReadOnlyList<Lane> lanes) => Heard(lanes).Any(e => e.SamplingInterval > 1);

    /// <summary>Exporters heard since the start, each once.</summary>
    public static IReadOnlyList<ReportExporter> Exporters(IReadOnlyList<Lane> lanes) =>
        ListsAndExporters.ToReportExporters(Heard(lanes));

    private static List<ExporterListing> Heard(IReadOnlyList<Lane> lanes) =>
        [.. lanes.SelectMany(lane => lane.Decoder.List()).Where(e => e.Datagrams > 0).OrderBy(e => e.Address)];
}
