// SPDX-License-Identifier: Apache-2.0
//
// Step 1 for files: each input is opened before anything is read, so that a wrong name costs nothing, and read in the
// order given, so that templates of one file serve the next.
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Desk.Reporting;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>Reads the inputs through one lane and says what each held.</summary>
internal sealed class InputReader : IDisposable
{
    /// <summary>What is said of a capture that holds no exports.</summary>
    public const string PacketsNote =
        "holds packets, not flow exports: put together to flows by 5-tuple (active 60 s, inactive 15 s)";

    private readonly List<(string Path, InputFile File)> _inputs = [];
    private readonly HashSet<string> _packets = [];
    private readonly InputOptions _options;

    private InputReader(InputOptions options) => _options = options;

    /// <summary>Opens all inputs or none.</summary>
    public static InputReader Open(IReadOnlyList<string> paths, InputOptions options)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (paths.FirstOrDefault(path => !known.Add(RealPath(path))) is { } again)
        {
            throw new OperatorException($"{again} is given twice; each of its flows would count twice");
        }

        var reading = new InputReader(options);
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

    private static string RealPath(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target
            ? target.FullName : Path.GetFullPath(path);

    /// <summary>The inputs, opened, in their order.</summary>
    public IReadOnlyList<(string Path, InputFile File)> Files => _inputs;

    /// <summary>Whether an input yields datagrams to decode; after the first reading.</summary>
    public bool HoldsExports(string path, InputFile file) =>
        file.Kind == InputKind.Datagrams && !_packets.Contains(path);

    /// <summary>Reads captures and payload files a first time, for what exporters teach in them; null where there is
    /// nothing to be taught. What cannot be read twice (a pipe) is left out.</summary>
    public FirstReading? ReadFirst(DecodingOptions decoding, CancellationToken cancel)
    {
        var paths = _inputs.Where(input => input.File.Kind == InputKind.Datagrams && CanReadTwice(input.Path))
            .Select(input => input.Path).ToList();
        if (paths.Count == 0)
        {
            return null;
        }

        var first = new FirstReading(decoding);
        foreach (var path in paths)
        {
            try
            {
                using var file = InputFile.Open(path, _options);
                var taker = new FirstReadingHandler(first);
                file.ReadDatagrams(ref taker, cancel);
                if (file.IsCapture && file.Losses is { Datagrams: 0, Packets: > 0 })
                {
                    _packets.Add(path);
                }
            }
            catch (InputException fault)
            {
                throw new OperatorException(fault.Message, ExitCode.Unreadable);
            }
        }

        return first;
    }

    public List<ReportInput> ReadAll(Lane lane, CancellationToken cancel)
    {
        var read = new List<ReportInput>();
        foreach (var (path, file) in _inputs)
        {
            read.Add(HoldsExports(path, file)
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
            Format = file.IsCapture ? $"{file.Format}/packets" : file.Format,
            Note = file.IsCapture ? PacketsNote : null,
            Flows = lane.Read - before,
            Malformed = file.Losses.LinesRefused,
            Losses = LossesOf(file),
        };
    }

    private static bool CanReadTwice(string path)
    {
        using var file = File.OpenHandle(path);
        using var stream = new FileStream(file, FileAccess.Read);
        return stream.CanSeek;
    }

    internal static List<ReportLoss> LossesOf(InputFile file)
    {
        var losses = file.Losses;
        var list = new List<ReportLoss>();
        Add(losses.NotUdp, "packets that are not UDP", "packets");
        Add(losses.NotFlowExport, "UDP payloads that are not flow exports", "datagrams");
        Add(
            losses.PacketsOtherLink, "packets of a link layer that is not read (Ethernet, IP, PPP, Cisco HDLC, Linux's "
                + "cooked and BSD's loopback captures are)", "packets");
        Add(losses.PacketsDamaged, "packets cut off or damaged inside their headers", "packets");
        Add(losses.PacketsCut, "payloads the capture kept only in part", "datagrams");
        Add(losses.FragmentsLost, "fragments of datagrams never completed", "packets");
        Add(losses.BlocksDamaged, "damaged blocks of the capture", "blocks");
        Add(
            losses.TimesSenseless, "packets that tell a time no calendar has, given that of the packet before",
            "packets");
        Add(losses.LinesNotIp, "records that are not IP", file.IsCapture ? "packets" : "lines");
        Add(losses.LinesRefused, Refused(losses), "lines");
        Add(
            losses.TimesMissing, "flows that tell no time: no column of theirs is known to hold one, or it is empty "
                + "(analyze --columns start=NAME,end=NAME)", "flows");
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
