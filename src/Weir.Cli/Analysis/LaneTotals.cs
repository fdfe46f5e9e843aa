// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Collector.Status;
using Weir.Desk.Reporting;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>A lane's counters at a moment, so that two of them tell what one file brought.</summary>
internal sealed record LaneTotals(
    Decoder Decoder, long Read, long Datagrams, long Damaged, long TemplateUnknown, long Lost,
    Dictionary<IpKey, long> Heard)
{
    public static LaneTotals From(Lane lane)
    {
        var exporters = lane.Decoder.List();
        return new LaneTotals(
            lane.Decoder,
            lane.Read,
            lane.Decoder.Datagrams,
            lane.Decoder.Damaged + lane.Decoder.Dropped + lane.Decoder.Refused,
            exporters.Sum(e => e.UnknownTemplateSets),
            exporters.Sum(e => e.Lost),
            exporters.ToDictionary(e => e.Address, e => e.Datagrams));
    }

    /// <summary>What came since an earlier moment, as the report's row of a file.</summary>
    public ReportInput Since(LaneTotals before, string path, InputFile file, IEnumerable<string> protocols)
    {
        var heard = Decoder.List().Where(e => e.Datagrams > before.Heard.GetValueOrDefault(e.Address)).ToList();
        var coarsest = heard.MaxBy(e => e.SamplingInterval);
        return new ReportInput
        {
            Path = path,
            Format = string.Join('/', (IEnumerable<string>)[file.Format, .. protocols]),
            Datagrams = Datagrams - before.Datagrams,
            Flows = Read - before.Read,
            Malformed = Damaged - before.Damaged,
            TemplateUnknown = TemplateUnknown - before.TemplateUnknown,
            SequenceGaps = Math.Max(0, Lost - before.Lost),
            SamplingRate = coarsest?.SamplingInterval ?? 1,
            SamplingSource = ExporterReport.SourceOf(coarsest?.SamplingSource ?? SamplingSource.Unknown),
            Losses = InputReader.LossesOf(file),
        };
    }
}
