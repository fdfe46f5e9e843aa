// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Collector.Decoding;
using Weir.Tests.Support;
using Weir.Tests.Wire;
using Weir.Wire;
using Weir.Wire.Exports;
using Weir.Wire.NetFlow;

namespace Weir.Tests.Conformance;

/// <summary>One case of the corpus: payloads in order, and what another collector made of them.</summary>
internal sealed record CorpusCase(string Name, IReadOnlyList<byte[]> Payloads, IReadOnlyList<Expected> Expected)
{
    public Recorder Decode()
    {
        var templates = new TemplateTable();
        var found = new Recorder();
        var decoder = new Decoder(DecodingOptions.OfFiles);
        var sink = new Kept([]);
        foreach (var payload in Payloads)
        {
            ExportReader.Read(payload, templates, ref found);
            decoder.Decode(payload, IpKey.Parse("192.0.2.1"), 4_444, 0, ref sink);
        }

        found.Flows.Clear();
        found.Flows.AddRange(sink.Flows);
        return found;
    }

    private readonly record struct Kept(List<FlowRecord> Flows) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter) => Flows.Add(flow);
    }
}

/// <summary>Every case of the vendor corpus.</summary>
internal static partial class Corpus
{
    public static IEnumerable<CorpusCase> All(string root) =>
        Vendors(root).Concat(Captures(root)).Concat(Telegraf(root)).Concat(SFlow(root));

    /// <summary>Every payload, for mutation.</summary>
    public static IEnumerable<byte[]> Payloads(string root) =>
        Directory.EnumerateFiles(root, "*.*", SearchOption.AllDirectories)
            .Where(static path => Path.GetExtension(path) is ".dat" or ".bin" or ".dump")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)
            .Concat(Directory.EnumerateFiles(root, "*.pcap", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).SelectMany(SmallCapture.Payloads));

    /// <summary>The list names cases and their files, templates first; its YAML is plain enough
    /// to read by line.</summary>
    private static IEnumerable<CorpusCase> Vendors(string root)
    {
        var folder = Path.Combine(root, "vendors");
        var cases = new List<(string Name, List<string> Files)>();
        foreach (var line in File.ReadLines(Path.Combine(folder, "dat_tests.yaml")))
        {
            if (NameLine().Match(line) is { Success: true } name)
            {
                cases.Add((name.Groups[1].Value, []));
            }
            else if (FileLine().Match(line) is { Success: true } file)
            {
                cases[^1].Files.Add(file.Groups[1].Value);
            }
        }

        foreach (var (name, files) in cases)
        {
            var golden = name.Replace("-", "--", StringComparison.Ordinal)
                .Replace(",", "", StringComparison.Ordinal).Replace(' ', '-').Replace('/', '-');
            var path = Path.Combine(folder, "golden", golden + ".golden.json");
            yield return new CorpusCase(
                name, [.. files.Select(file => File.ReadAllBytes(Path.Combine(folder, file)))], GoldenJson.Read(path));
        }
    }

    private static IEnumerable<CorpusCase> Captures(string root) =>
        from path in Directory.EnumerateFiles(Path.Combine(root, "vendors"), "*.pcap").Order(StringComparer.Ordinal)
        let name = Path.GetFileName(path)
        select new CorpusCase(
            name, [.. SmallCapture.Payloads(path)],
            GoldenJson.Read(Path.Combine(root, "vendors", "golden", name + ".golden.json")));

    private static IEnumerable<CorpusCase> Telegraf(string root) =>
        from folder in Directory.EnumerateDirectories(Path.Combine(root, "telegraf")).Order(StringComparer.Ordinal)
        let files = Directory.EnumerateFiles(folder, "*.bin").Order(StringComparer.Ordinal)
        select new CorpusCase(
            Path.GetFileName(folder), [.. files.Select(File.ReadAllBytes)],
            LineProtocol.Read(Path.Combine(folder, "expected.out")));

    private static IEnumerable<CorpusCase> SFlow(string root) =>
        from path in Directory.EnumerateFiles(Path.Combine(root, "sflow"), "*.pcap").Order(StringComparer.Ordinal)
        select new CorpusCase(
            Path.GetFileName(path), [.. SmallCapture.Payloads(path)],
            PrintedSamples.Read(Path.ChangeExtension(path, ".out")));

    [GeneratedRegex(@"^  (\S.*):\s*$")]
    private static partial Regex NameLine();

    [GeneratedRegex(@"^      - (\S+\.dat)\s*$")]
    private static partial Regex FileLine();
}
