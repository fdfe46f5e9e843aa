// SPDX-License-Identifier: Apache-2.0
//
// The main job offline: read, attribute, match, digest into a store of its own, compare, report. The store and the spool
// lie in a folder that only this user may enter and that goes with the run; the key of the pseudonyms lives in memory.
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Attributing;
using Weir.Cli.Reporting;
using Weir.Collecting;
using Weir.Comparing;
using Weir.Decoding;
using Weir.Digesting;
using Weir.Matching;
using Weir.Matching.Feeds;
using Weir.Store.Flows;

namespace Weir.Cli.Analysis;

/// <summary>One run of <c>weir analyze</c>.</summary>
internal sealed class AnalysisRun(AnalysisSettings settings, TimeProvider time)
{
    private const long HourMs = 3_600_000;

    private readonly ILoggerFactory _logs = ScreenLog.Warnings();

    /// <summary>Computes, shapes, writes and shows.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        OutputFolder.Check(settings.Out);
        var shaped = new ReportShaper(Anonymity.Default).Shape(await ComputeAsync(cancel));
        var files = OutputFolder.Write(shaped, settings.Out);
        ReportScreen.Write(shaped, ReportScreen.ConsoleFor(Console.Out, !Console.IsOutputRedirected));
        await Console.Out.WriteLineAsync($"report: {files.Html}");
        return ExitCode.Done;
    }

    /// <summary>The findings as computed: nothing is hidden yet and nothing written.</summary>
    internal async Task<Report> ComputeAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var lists = Watchlist.From(ReadFeeds(), time.GetUtcNow());
        using var inputs = InputReading.Open(settings.Inputs, new InputOptions { Columns = ColumnMapping.Parse(settings.Columns) });
        using var folder = new WorkingFolder();
        await using var store = await OpenStoreAsync(folder, cancel);
        using var spool = new Spool(new SpoolOptions { Directory = folder.At("spool") }, _logs.CreateLogger<Spool>());
        using var loader = new SpoolLoader(spool, store, time, _logs.CreateLogger<SpoolLoader>());

        var sightings = new KeptSightings();
        using var pipeline = new Pipeline(Parts(lists, spool, sightings));
        pipeline.Start();
        var lane = pipeline.AddLane();
        var read = await ReadAsync(inputs, lane, loader, cancel);
        pipeline.Finish();
        await loader.DrainAsync(cancel);

        var counts = new PairCounts(store.Client);
        var standing = sightings.Standing(lists);
        var cases = CaseSet.From(standing, Benign(lists));
        var run = await Comparer.RunAsync(counts, Window(lane), cases, new ComparingOptions(), settings.Seed, cancel);

        var elapsed = time.GetElapsedTime(started).TotalSeconds;
        return new Report
        {
            Profile = settings.Profile,
            Window = ReportedWindow(lane),
            Inputs = read,
            Exporters = ListsAndExporters.Of(lane.Decoder),
            Flows = await FlowsAsync(store, lane, cancel),
            Subjects = await SubjectsAsync(store, cases, run, cancel),
            Watchlists = [.. lists.Feeds.Select(feed => ListsAndExporters.Of(feed, time.GetUtcNow()))],
            Sightings = FindingsOfRun.Sightings(standing),
            Infected = FindingsOfRun.Infected(standing, settings.Networks),
            Candidates = FindingsOfRun.Candidates(run),
            Rollups = FindingsOfRun.Rollups(run),
            Family = FindingsOfRun.Family(run),
            Timing = new ReportTiming { Seconds = elapsed, FlowsPerSecond = lane.Read / elapsed, PeakMemoryBytes = PeakMemory(store) },
        };
    }

    /// <summary>Reads on a thread of its own while segments are loaded beside it.</summary>
    private static async Task<List<ReportInput>> ReadAsync(InputReading inputs, Lane lane, SpoolLoader loader, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var loading = loader.RunAsync(stop.Token);
        try
        {
            return await Task.Run(() => inputs.ReadAll(lane, cancel), cancel);
        }
        finally
        {
            await stop.CancelAsync();
            await loading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.OnlyOnCanceled, TaskScheduler.Default);
        }
    }

    private async Task<FlowStore> OpenStoreAsync(WorkingFolder folder, CancellationToken cancel)
    {
        try
        {
            return await FlowStore.OpenEmbeddedAsync(folder.At("store"), time, _logs, cancel);
        }
        catch (StoreException fault)
        {
            throw new OperatorException(fault.Message, ExitCode.Failed);
        }
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

    private PipelineParts Parts(Watchlist lists, Spool spool, KeptSightings sightings)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        return new PipelineParts
        {
            Decoding = new DecodingOptions { DefaultSampling = settings.Sampling ?? 0 },
            Networks = settings.Networks,
            Watchlist = new WatchlistHolder(lists),
            Digesting = new DigestOptions(),
            Names = () => settings.IsLab ? SubjectNames.InClear() : SubjectNames.UnderKey(key),
            Digests = spool,
            Sightings = sightings,
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
        return new ReportWindow(DateTimeOffset.FromUnixTimeMilliseconds(from), DateTimeOffset.FromUnixTimeMilliseconds(until));
    }

    private (long FromMs, long UntilMs) Span(Lane lane)
    {
        var asked = settings.Window;
        var any = lane.LastMs >= lane.FirstMs;
        var from = asked.FromMs != long.MinValue ? asked.FromMs : any ? lane.FirstMs : 0;
        var until = asked.UntilMs != long.MaxValue ? asked.UntilMs : any ? lane.LastMs + 1 : from;
        return (from, Math.Max(from, until));
    }

    private static async Task<ReportFlows> FlowsAsync(FlowStore store, Lane lane, CancellationToken cancel)
    {
        var counts = lane.Attributor.Counts;
        return new ReportFlows
        {
            Read = lane.Read,
            Attributed = counts.Attributed,
            Foreign = counts.Foreign,
            Internal = counts.Internal,
            Spoofed = counts.Spoofed,
            Excluded = counts.Excluded,
            OutsideWindow = counts.OutsideWindow,
            EstimatedPackets = (long)await store.Client.ScalarAsync<ulong>("SELECT sum(packets_out + packets_in) FROM pairs", cancel),
            EstimatedOctets = (long)await store.Client.ScalarAsync<ulong>("SELECT sum(octets_out + octets_in) FROM pairs", cancel),
        };
    }

    private static async Task<ReportSubjects> SubjectsAsync(FlowStore store, CaseSet cases, ComparisonRun run, CancellationToken cancel) => new()
    {
        Seen = (long)await store.Client.ScalarAsync<ulong>("SELECT uniqExact(subject) FROM pairs", cancel),
        Cases = cases.Cases.Count,
        Controls = run.Participants.Controls,
        Excluded = run.Participants.Scanners,
    };

    private static List<Wire.Prefix> Benign(Watchlist lists) =>
        [.. lists.Feeds.SelectMany(f => f.Entries).Where(e => e.Role == ListRole.Allow).Select(e => e.What), .. SpecialPurpose.Networks];

    /// <summary>Peak resident octets of this process and the store's child together.</summary>
    private static long PeakMemory(FlowStore store)
    {
        using var own = Process.GetCurrentProcess();
        return own.PeakWorkingSet64 + PeakOf(store.Child?.State.ProcessId ?? 0);
    }

    private static long PeakOf(int processId)
    {
        if (processId == 0)
        {
            return 0;
        }

        using var child = Process.GetProcessById(processId);
        return child.PeakWorkingSet64;
    }
}
