// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Collector.Decoding;
using Weir.Collector.Status;
using Weir.Contracts.Lists;
using Weir.Desk.Reporting;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>Lists in force and exporters heard, as the report writes them.</summary>
internal static class ListsAndExporters
{
    public static IReadOnlyList<ReportExporter> ToReportExporters(Decoder decoder) =>
        ToReportExporters(decoder.List().OrderBy(e => e.Address));

    public static IReadOnlyList<ReportExporter> ToReportExporters(IEnumerable<ExporterListing> exporters) =>
    [
        .. exporters.Select(exporter => new ReportExporter
        {
            Address = exporter.Address.ToString(),
            Protocol = exporter.Protocols.ToLowerInvariant(),
            Datagrams = exporter.Datagrams,
            Flows = exporter.Flows,
            Templates = exporter.Templates,
            TemplateUnknown = exporter.UnknownTemplateSets,
            Malformed = exporter.Damaged + exporter.Dropped,
            SequenceGaps = exporter.Lost,
            SamplingRate = exporter.SamplingInterval,
            SamplingSource = ExporterReport.SourceOf(exporter.SamplingSource),
            ClockSkewSeconds = exporter.ClockSkewMs / 1_000.0,
        }),
    ];
}
