// SPDX-License-Identifier: Apache-2.0
//
// What Weir makes of a case's input, in one line. Flows come by the command an operator would use.
using System.Globalization;
using Weir.Cli.Analysis;
using Weir.Cli.Flows;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Desk.Complaints;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Lists.Feeds.Stix;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Conformance;

/// <summary>Reads inputs of the field and says what came of it.</summary>
internal static class Reading
{
    private static readonly DateTimeOffset _then = new(2026, 5, 28, 20, 30, 0, TimeSpan.Zero);

    public static string Flows(params string[] files) => Summary(Decoded(DecodingOptions.OfFiles, files).Flows);

    public static string OuterFlows(params string[] files) =>
        Summary(Decoded(DecodingOptions.OfFiles with { Tunnels = TunnelPreference.Outer }, files).Flows);

    public static string Count(string file)
    {
        var count = Decoded(DecodingOptions.OfFiles, file).Flows.Count;
        return count == 1 ? "1 flow" : Invariant($"{count} flows");
    }

    public static string Sampling(string file)
    {
        var flows = Decoded(DecodingOptions.OfFiles, file).Flows;
        var rates = string.Join(", ", flows.Select(static f => f.Sampling?.ToString(CultureInfo.InvariantCulture) ?? "unknown")
            .Distinct());
        var sources = string.Join(", ", flows.Select(static f => f.SamplingSource).Distinct());
        var packets = flows.Aggregate(0UL, static (sum, f) => sum + (f.Record.Packets * (f.Sampling ?? 1)));
        return Invariant($"sampling {rates} by {sources}; {packets} packets estimated");
    }

    public static string Losses(string file)
    {
        var exporter = Assert.Single(Decoded(DecodingOptions.OfFiles, file).Decoder.List());
        return Invariant(
            $"{exporter.Lost} lost, {exporter.Restarts} restarts, {exporter.UnknownTemplateSets} sets without template");
    }

    /// <summary>Ends against the capture's clock, which is the export's where that can be believed.</summary>
    public static string Times(string file)
    {
        var (flows, decoder) = Decoded(DecodingOptions.OfFiles, file);
        var exporter = Assert.Single(decoder.List());
        var arrivals = Arrivals(file);
        var near = flows.TrueForAll(f => arrivals.Exists(a => Math.Abs(a - f.Record.EndMs) <= 1_000));
        var (count, by, to) = exporter.Counts.ClocksReplaced > 0
            ? (exporter.Counts.ClocksReplaced, "arrival", "its arrival")
            : (exporter.Counts.TimesReplaced, "export time", "its export");
        return Invariant($"{(near ? "every end within a second of " : "ends far from ")}{to}; {count} given the {by}");
    }

    public static string Table(string file)
    {
        var flows = 0;
        var refused = 0L;
        new FlowsReading(DecodingOptions.OfFiles, new FlowMask(null)).Read(
            [SharedData.Path($"cases/{file}")], _ => flows++, (_, input, _) => refused = input.Losses.LinesRefused,
            TestContext.Current.CancellationToken);
        return Invariant($"{flows} flows; {refused} refused");
    }

    /// <summary>The main job without its store: who exchanged with what is listed, and which events came.</summary>
    public static string Findings(string capture, string list)
    {
        var cancel = TestContext.Current.CancellationToken;
        var (sightings, events) = (new InMemorySightingSink(), new InMemoryEventSink());
        var lists = Watchlist.From([Feed($"cases/{list}")], _then);
        var decoding = DecodingOptions.OfFiles;
        using var inputs = InputReader.Open([SharedData.Path($"cases/{capture}")], InputOptions.Default);
        using var pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = decoding,
            ReadBefore = inputs.ReadFirst(decoding, cancel),
            Networks = new NetworkTable([new Network(Prefix.Parse("198.51.100.0/24"), 64)]),
            Watchlist = new CurrentWatchlist(lists),
            Digesting = new DigestOptions(),
            Names = EpochPseudonymizer.InClear,
            Digests = new Nowhere(),
            Sightings = sightings,
            Detecting = new DetectingDependencies(new DetectingOptions(), events, HashKey: 1),
        });
        pipeline.Start();
        inputs.ReadAll(pipeline.AddLane(), cancel);
        pipeline.Finish();
        var standing = sightings.Standing(lists).Where(static s => s.Role is ListRole.C2 or ListRole.Sinkhole).ToList();
        var infected = Subjects(standing, ContactKind.Exchange, ContactKind.OneSided);
        var attempts = Subjects(standing, ContactKind.Attempt, ContactKind.AnsweredProbe);
        return (infected.Length == 0 ? "nobody infected" : $"infected {infected}")
            + (attempts.Length == 0 ? "" : $"; attempts of {attempts}")
            + (capture.Contains("10-ingress", StringComparison.Ordinal)
                ? events.All.Count == 0 ? "; no event" : $"; events {string.Join(", ", events.All.Select(e => e.Rule))}"
                : "");
    }

    public static string List(string file, string[] asked)
    {
        var feed = Feed($"cases/{file}");
        var lists = Watchlist.From([feed], _then);
        var words = new List<string>();
        foreach (var text in asked)
        {
            var (address, port) = text.Split(':') is [var host, var number]
                ? (host, ushort.Parse(number, CultureInfo.InvariantCulture))
                : (text, (ushort)9);
            var endpoint = new Endpoint(IpKey.Parse(address), port, Protocols.Tcp);
            if (lists.IsAllowed(endpoint))
            {
                words.Add($"{text} {ListRole.Allow}");
            }
            else if (lists.TryFind(endpoint, _then.ToUnixTimeMilliseconds(), out var entry))
            {
                words.Add($"{text} {entry.Role}");
            }
        }

        words.Add(Invariant($"{feed.Refused.Count} refused"));
        return string.Join("; ", words);
    }

    public static string Complaints(string file)
    {
        var path = SharedData.Path($"cases/{file}");
        var read = ComplaintReader.Read(File.ReadAllBytes(path), Path.GetFileName(path));
        return string.Join("; ", read.Complaints.Select(static c => Invariant(
                $"{c.About} of {c.Source} towards {(c.Target is null && c.TargetPort is null ? "nobody" : $"{c.Target}:{c.TargetPort}")}"))
            .Append(Invariant($"{read.Faults.Count + (read.Why.Length > 0 ? 1 : 0)} refused")));
    }

    public static string Mail(string file)
    {
        var octets = File.ReadAllBytes(SharedData.Path($"cases/{file}"));
        return Within(() => ComplaintReader.Read(octets).Why.Length > 0);
    }

    public static string Pattern(string file)
    {
        var text = File.ReadAllText(SharedData.Path($"cases/{file}")).Trim();
        return Within(() => StixPattern.Read(text).Faults.Count > 0);
    }

    /// <summary>The best of three, since others use the machine too.</summary>
    private static string Within(Func<bool> isRefused)
    {
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var from = TimeProvider.System.GetTimestamp();
            if (!isRefused())
            {
                return "taken";
            }

            var took = TimeProvider.System.GetElapsedTime(from);
            best = took < best ? took : best;
        }

        return best.TotalMilliseconds <= 50 ? "refused within 50 ms" : Invariant($"refused after {best.TotalMilliseconds:F0} ms");
    }

    private static (List<DecodedFlow> Flows, Decoder Decoder) Decoded(DecodingOptions options, params string[] files)
    {
        var flows = new List<DecodedFlow>();
        var reading = new FlowsReading(options, new FlowMask(null));
        reading.Read(
            [.. files.Select(static file => SharedData.Path($"cases/{file}"))], flows.Add, static (_, _, _) => { },
            TestContext.Current.CancellationToken);
        return ([.. flows.Where(FlowFilter.Parse(null, new FlowMask(null)).Lets)], reading.Decoder!);
    }

    private static string Summary(IEnumerable<DecodedFlow> flows) => string.Join("; ", flows
        .GroupBy(static f => Invariant(
            $"{f.Source}:{f.SourcePort} > {f.Destination}:{f.DestinationPort} {f.Record.Protocol} {f.Record.Packets}/{f.Record.Octets}"))
        .OrderBy(static group => group.Key, StringComparer.Ordinal)
        .Select(static group => Invariant($"{group.Count()} x {group.Key}")));

    private static List<long> Arrivals(string file)
    {
        var octets = File.ReadAllBytes(SharedData.Path($"cases/{file}"));
        var times = new List<long>();
        for (var at = 24; at + 16 <= octets.Length;)
        {
            times.Add((BitConverter.ToUInt32(octets, at) * 1_000L) + (BitConverter.ToUInt32(octets, at + 4) / 1_000));
            at += 16 + BitConverter.ToInt32(octets, at + 8);
        }

        return times;
    }

    private static string Subjects(IEnumerable<Sighting> sightings, params ContactKind[] kinds) => string.Join(", ", sightings
        .Where(s => kinds.Contains(s.Kind)).Select(static s => new IpKey(s.Subject.Pseudonym).ToString()).Distinct().Order());

    private static Feed Feed(string file) =>
        FeedReader.Read(new FeedOptions { Path = SharedData.Path(file) }, new FakeTimeProvider(_then));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private sealed class Nowhere : IDigestSink
    {
        public void Write(ReadOnlySpan<PairDigest> rows)
        {
        }
    }
}
