// SPDX-License-Identifier: Apache-2.0
//
// Step 1 for files: each input is opened before anything is read, so that a wrong name costs nothing, and read in the
// order given, so that templates of one file serve the next.
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Desk.Reporting;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>Reads the inputs through one lane and says what each held.</summary>
internal sealed class InputReader : IDisposable
{
    private readonly List<(string Path, InputFile File)> _inputs = [];

    private InputReader()
    {
    }

    /// <summary>Opens all inputs or none.</summary>
    public static InputReader Open(IReadOnlyList<string> paths, InputOptions options)
    {
        var reading = new InputReader();
        try
        {
            foreach (var path in paths)
            {
                reading._inputs.Add((path, InputFile.Open(path, options)));
            }

            return reading;
        }
        catch (InputException fault)
        {
            reading.Dispose();
            throw new OperatorException(fault.Message, ExitCode.Unreadable);
        }
    }

    public List<ReportInput> ReadAll(Lane lane, CancellationToken cancel)
    {
        var read = new List<ReportInput>();
        foreach (var (path, file) in _inputs)
        {
            read.Add(file.Kind == InputKind.Datagrams
                ? ReadDatagrams(path, file, lane, cancel)
                : ReadFlows(path, file, lane, cancel));
        }

        lane.Flush();
        return read;
    }

    public void Dispose() => _inputs.ForEach(input => input.File.Dispose());

    private static ReportInput ReadDatagrams(string path, InputFile file, Lane lane, CancellationToken cancel)
    {
        var before = LaneTotals.From(lane);
        var taker = new FileDatagramHandler(lane);
        file.ReadDatagrams(ref taker, cancel);
        return LaneTotals.From(lane).Since(before, path, file, taker.Protocols);
    }

    private static ReportInput ReadFlows(string path, InputFile file, Lane lane, CancellationToken cancel)
    {
        var before = lane.Read;
        var taker = new FlowRecordHandler(lane);
        file.ReadFlows(ref taker, cancel);
        return new ReportInput
        {
            Path = path,
            Format = file.Format,
            Flows = lane.Read - before,
            Malformed = file.Losses.LinesRefused,
            Losses = LossesOf(file),
        };
    }

    internal static List<ReportLoss> LossesOf(InputFile file)
    {
        var losses = file.Losses;
        var list = new List<ReportLoss>();
        Add(losses.NotUdp, "packets that are not UDP", "packets");
        Add(losses.NotFlowExport, "UDP payloads that are not flow exports", "datagrams");
        Add(losses.PacketsDamaged, "packets damaged before their UDP payload", "packets");
        Add(losses.PacketsCut, "payloads the capture kept only in part", "datagrams");
        Add(losses.FragmentsLost, "fragments of datagrams never completed", "packets");
        Add(losses.BlocksDamaged, "damaged blocks of the capture", "blocks");
        Add(losses.LinesNotIp, "records that are not IP", "lines");
        Add(losses.LinesRefused, Refused(losses), "lines");
        Add(losses.OutCounters, "records whose out counters were left aside", "flows");
        Add(losses.OctetsSkipped, "octets that belong to nothing known", "octets");
        Add(
            losses.CutAt is { } cut ? 1 : 0,
            $"the file ends inside the record that begins at octet {losses.CutAt}", "records");
        Add(losses.DamagedAt is null ? 0 : 1, $"damaged at octet {losses.DamagedAt}: {losses.Damage}", "places");
        return list;

        void Add(long count, string reason, string unit)
        {
            if (count > 0)
            {
                list.Add(new ReportLoss(reason, count, unit));
            }
        }
    }

    private static string Refused(InputLosses losses) =>
        "refused lines ("
        + string.Join("; ", losses.FirstRefused.Select(line => $"line {line.Number}: {line.Rule}")) + ")";

    /// <summary>Files hand on datagrams one by one; batches fill up across them.</summary>
    private struct FileDatagramHandler(Lane lane) : IDatagramHandler
    {
        private int _heard;

        /// <summary>Protocols of this file, as the report names them.</summary>
        public readonly IEnumerable<string> Protocols
        {
            get
            {
                var heard = _heard;
                return Enum.GetValues<ExportProtocol>()
                    .Where(p => p != ExportProtocol.Unknown && (heard & (1 << (int)p)) != 0)
                    .Select(p => p.ToString().ToLowerInvariant());
            }
        }

        public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
        {
            _heard |= 1 << (int)ExportProtocols.Detect(payload);
            lane.Handle(payload, exporter, exporterPort, arrivedAtMs);
        }
    }
}
