// SPDX-License-Identifier: Apache-2.0
//
// The main job offline: read, attribute, match, digest, compare, report. Pairs and the key of their pseudonyms live in
// memory and go with the run; only --keep puts the pairs into a store, in a folder that only this user may enter.
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Desk.Enrichment;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Reporting;
using Weir.Hosting.VaultClient;
using Weir.Store.Comparing;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>One run of <c>weir analyze</c>.</summary>
internal sealed class AnalysisRun(AnalysisSettings settings, TimeProvider time)
{
    private const long HourMs = 3_600_000;

    private static readonly Prefix[] Everywhere = [Prefix.Parse("0.0.0.0/0"), Prefix.Parse("::/0")];

    private readonly ILoggerFactory _logs = ScreenLog.Warnings();

    /// <summary>Computes, shapes, writes and shows.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        OutputFolder.Check(settings.Out);
        if (!settings.IsLab && InputNoise.PopulationFault(settings.Networks) is { } small)
        {
            throw new OperatorException(small);
        }

        var owners = NetworkNames.Read(settings.Names);
        var computed = await AskedAsync(cancel);
        using var noise = settings.IsLab
            ? null : InputNoise.Of(settings.Inputs, settings.Networks, settings.Window);
        var shaped = ReportNetworks.Name(
            new ReportAnonymizer(ReportKAnonymity.Default, noise is null ? null : new(noise)).Shape(computed),
            owners.Find);
        var files = OutputFolder.Write(shaped, settings.Out);
        ReportScreen.Write(shaped, ReportScreen.ConsoleFor(Console.Out, !Console.IsOutputRedirected));
        await Console.Out.WriteLineAsync($"report: {files.Html}");
        if (settings.Keep is { } kept)
        {
            await Console.Out.WriteLineAsync($"pairs: kept in {kept}; remove it when they are of no more use");
        }

        return ExitCode.Done;
    }

    private async Task<Report> AskedAsync(CancellationToken cancel)
    {
        try
        {
            return await ComputeAsync(cancel);
        }
        catch (Exception refused) when (refused is VaultDownException or VaultRefusedException)
        {
            throw new OperatorException($"--vault: {refused.Message}", ExitCode.Failed);
        }
    }

    /// <summary>The findings as computed: nothing is hidden yet and nothing written.</summary>
    internal async Task<Report> ComputeAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var lists = Watchlist.From(ReadFeeds(), time.GetUtcNow());
        var infected = ReadInfected();
        using var inputs = InputReader.Open(
            settings.Inputs, new InputOptions { Columns = ColumnMapping.Parse(settings.Columns) });
        await using var pairs = await OpenPairsAsync(cancel);
        var sightings = new InMemorySightingSink();
        var events = new InMemoryEventSink();
        using var vault = settings.Vault is { } socket ? new VaultPeer(socket, null) : null;
        var keys = vault is null ? null : new OnDemandEpochKeys(vault.KeysAsync);
        var decoding = DecodingOptions.OfFiles with { DefaultSampling = settings.Sampling ?? 0 };
        var parts = Parts(lists, pairs.Sink, sightings, events, keys) with
        {
            Decoding = decoding,
            ReadBefore = await Task.Run(() => inputs.ReadFirst(decoding, cancel), cancel),
        };
        var (lane, counted, read) = await ReadAsync(inputs, parts, pairs, cancel);
        OneEpoch(keys);
        var standing = sightings.Standing(lists);
        var exporters = ListsAndExporters.ToReportExporters(lane.Decoder);

        var facts = new RunResults
        {
            Profile = settings.Profile,
            Provider = settings.Provider,
            Window = ReportedWindow(lane),
            Compared = Window(lane),
            Inputs = read,
            Exporters = exporters,
            Flows = RunReport.FlowsOf([lane]),
            Networks = settings.Networks,
            Lists = lists,
            Watchlists = [.. lists.Feeds.Select(feed => ReportWatchlistMapper.Map(feed, time.GetUtcNow()))],
            Standing = standing,
            Events = [.. events.All, .. CncContactEvents.From(standing)],
            Counted = counted,
            Reported = infected?.Lines ?? (IReadOnlyCollection<SubjectKey>)[],
            ReportedBy = Path.GetFileName(settings.Infected) ?? "",
            Comparing = new ComparingOptions { TimeOrder = settings.TimeOrder && ReportLimits.ClocksAgree(exporters) },
            Seed = settings.Seed,
            Cohort = keys?.Named is [var epoch] ? keys.CohortOf(epoch) : 0,
            Pseudonyms = keys is null ? "" : ReportAnonymizer.KeysAreKept,
            Elapsed = () => time.GetElapsedTime(started),
            PeakMemory = pairs.PeakMemory,
        };
        return await RunReport.MakeAsync(pairs.Counts, facts, cancel);
    }

    /// <summary>Reads on a thread of its own; comes back when all pairs are held, with the pipeline's own sums given
    /// back.</summary>
    private static async Task<(Lane Lane, DetectingCounts Counted, List<ReportInput> Read)> ReadAsync(
        InputReader inputs, PipelineDependencies parts, IRunPairs pairs, CancellationToken cancel)
    {
        using var pipeline = new Pipeline(parts);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        pipeline.Start();
        var lane = pipeline.AddLane();
        var reading = Task.Run(
            () =>
            {
                var read = inputs.ReadAll(lane, stop.Token);
                pipeline.Finish();
                return read;
            },
            CancellationToken.None);
        try
        {
            await pairs.HoldAsync(reading, cancel);
        }
        catch
        {
            // Without its pairs the reading is of no use; the pipeline may go only when it has ended.
            await stop.CancelAsync();
            await Task.WhenAny(reading);
            throw;
        }

        var read = await reading;
        return (lane, pipeline.Shards.Aggregate(default(DetectingCounts), (sum, shard) => sum + shard.Detected), read);
    }

    /// <summary>A subject has another pseudonym in each epoch: compared over two, it would count twice.</summary>
    private static void OneEpoch(OnDemandEpochKeys? keys)
    {
        if (keys?.Named is { Count: > 1 } epochs)
        {
            throw new OperatorException(string.Create(
                CultureInfo.InvariantCulture,
                $"the flows are of {epochs.Count} epochs of the vault, in each of which a subject has another "
                    + $"pseudonym; analyze one at a time, such as --since {Epochs.BeginOf(epochs[0]):yyyy-MM-dd} "
                    + $"--until {Epochs.BeginOf(epochs[0] + 1):yyyy-MM-dd}"));
        }
    }

    private async Task<IRunPairs> OpenPairsAsync(CancellationToken cancel) => settings.Keep is { } folder
        ? await PairsInStore.OpenAsync(folder, settings.Networks.Lines, time, _logs, cancel)
        : new PairsInMemory(settings.Memory ?? PairsInMemory.DefaultOctets, settings.Networks.Lines);

    private InfectedFile? ReadInfected()
    {
        if (settings.Infected is not { } path)
        {
            return null;
        }

        var file = InfectedFile.Read(path, settings.Networks);
        if (file.Refused + file.Foreign > 0)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"--infected: {file.Refused} lines hold no address{(file.Refused > 0 ? $" ({file.FirstRefused})" : "")}, {file.Foreign} name none of ours"));
        }

        return file;
    }

    private List<Feed> ReadFeeds()
    {
        try
        {
            return [.. settings.Feeds.Select(feed => FeedReader.Read(feed, time))];
        }
        catch (FeedException fault)
        {
            throw new OperatorException(fault.Message, fault.ExitCode);
        }
    }

    private PipelineDependencies Parts(
        Watchlist lists, IDigestSink digests, InMemorySightingSink sightings, InMemoryEventSink events,
        OnDemandEpochKeys? keys)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        return new PipelineDependencies
        {
            Decoding = DecodingOptions.OfFiles,
            Networks = settings.Networks,
            Interfaces = new SubscriberInterfaces(
                Everywhere.Select(network => (network, (IEnumerable<uint>)settings.SubscriberInterfaces))),
            Watchlist = new CurrentWatchlist(lists),
            Digesting = new DigestOptions(),
            Names = () => settings.IsLab ? EpochPseudonymizer.InClear()
                : keys is null ? EpochPseudonymizer.UnderKey(key)
                : EpochPseudonymizer.ByEpoch(keys),
            Keys = keys,
            Digests = digests,
            Sightings = sightings,
            Detecting = new DetectingDependencies(
                new DetectingOptions(), events, HashKey: settings.IsLab ? settings.Seed : null),
            Window = settings.Window,
        };
    }

    /// <summary>Whole hours, since the digests are by the hour.</summary>
    private PairWindow Window(Lane lane)
    {
        var (from, until) = Span(lane);
        return new PairWindow(from / HourMs * HourMs, until);
    }

    private ReportWindow ReportedWindow(Lane lane)
    {
        var (from, until) = Span(lane);
        return new ReportWindow(
            DateTimeOffset.FromUnixTimeMilliseconds(from), DateTimeOffset.FromUnixTimeMilliseconds(until));
    }

    private (long FromMs, long UntilMs) Span(Lane lane)
    {
        var asked = settings.Window;
        var any = lane.LastMs >= lane.FirstMs;
        var from = asked.FromMs != long.MinValue ? asked.FromMs : any ? lane.FirstMs : 0;
        var until = asked.UntilMs != long.MaxValue ? asked.UntilMs : any ? lane.LastMs + 1 : from;
        return (from, Math.Max(from, until));
    }
}
