// SPDX-License-Identifier: Apache-2.0
//
// Steps 4 to 6, and evidence, for a part of the subjects. A subject's directions may come from several exporters and so
// through several lanes; from here on all of a subject's flows are on one thread, so its state needs no lock. What
// waits for the disk happens beside that thread, one flush after the other: sightings follow the digests of their time.
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Matching;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector;

/// <summary>Takes the sightings a shard has decided on; durable when the call returns, or with the account that takes
/// them from there.</summary>
public interface ISightingSink
{
    void Write(IReadOnlyList<Sighting> sightings);
}

/// <summary>One thread with the state of its subjects. Full queues make the lanes wait: behind the socket the kernel
/// counts what that costs.</summary>
public sealed class Shard : IDisposable
{
    private const int QueuedBatches = 64;

    private readonly BlockingCollection<Work> _queue = new(QueuedBatches);
    private readonly ConcurrentBag<FlowBatch> _empty = [];
    private readonly Matcher _matcher;
    private readonly Detector? _detector;
    private readonly Digester _digester;
    private readonly ISightingSink _sightings;
    private readonly ScopeRecorder? _evidence;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private Task _beside = Task.CompletedTask;

    public Shard(
        int number, Matcher matcher, Detector? detector, Digester digester, ISightingSink sightings,
        ScopeRecorder? evidence = null)
    {
        (_matcher, _detector, _digester, _sightings, _evidence) = (matcher, detector, digester, sightings, evidence);
        _thread = new Thread(Run) { Name = $"shard-{number}", IsBackground = true };
    }

    /// <summary>Flows this shard has finished with.</summary>
    public long Flows => Interlocked.Read(ref _flows);

    private long _flows;

    public int PairsHeld => _digester.PairsHeld;

    /// <summary>Times pairs were written out before a flush asked for it.</summary>
    public long EarlyFlushes => _digester.EarlyFlushes;

    public Matcher Matcher => _matcher;

    /// <summary>Contact windows that the last flush left open, subjects named; nothing where nobody keeps
    /// them.</summary>
    internal IReadOnlyList<SavedWindow> OpenWindows { get; private set; } = [];

    /// <summary>What the counters did; nothing where there are none.</summary>
    public DetectingCounts Detected => _detector?.Counts ?? default;

    /// <summary>Digest rows made durable so far.</summary>
    public long Rows => _digester.Rows;

    /// <summary>Where evidence stands; null where none is kept.</summary>
    public RecorderState? Evidence => _evidence?.State;

    public void Start() => _thread.Start();

    /// <summary>An empty batch to fill.</summary>
    public FlowBatch Rent() => _empty.TryTake(out var batch) ? batch : new FlowBatch();

    /// <summary>Hands a batch over; waits while the queue is full.</summary>
    public void Add(FlowBatch batch) => Enqueue(new Work(batch, null, 0));

    /// <summary>Writes out what is held: digests, and contact windows that closed before
    /// <paramref name="watermarkMs"/>.</summary>
    /// <param name="watermarkMs">Milliseconds since the UNIX epoch.</param>
    /// <param name="keepsWindows">Whether <see cref="OpenWindows"/> is to say what stays open.</param>
    public Task FlushAsync(long watermarkMs, bool keepsWindows = false)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Work(null, done, watermarkMs, KeepsWindows: keepsWindows));
        return done.Task;
    }

    /// <summary>Lets the counters judge what is due by our clock, behind every flow before this
    /// place in the queue.</summary>
    public Task JudgeAsync() => OrderAsync(() => _detector?.Tick());

    /// <summary>Other thresholds count for every flow behind this place in the queue.</summary>
    public Task FollowAsync(DetectingOptions options) => OrderAsync(() => _detector?.Follow(options));

    /// <summary>Goes on with contact windows of an earlier run.</summary>
    internal Task ResumeAsync(IReadOnlyList<(IpKey Subject, SavedWindow Saved)> windows) => OrderAsync(() =>
    {
        foreach (var (subject, saved) in windows)
        {
            _matcher.Resume(subject, saved);
        }
    });

    /// <summary>Which of some subjects sent anything since a minute, as the counters say behind every flow before this
    /// place in the queue; none where there are no counters.</summary>
    public async Task<IReadOnlyList<IpKey>> ActiveAsync(IReadOnlyList<IpKey> subjects, uint sinceMinute)
    {
        List<IpKey> active = [];
        await OrderAsync(() => active.AddRange(
            subjects.Where(subject => _detector?.HasSent(subject, sinceMinute) == true)));
        return active;
    }

    /// <summary>Takes scopes that open or whose end slides: flows after this place in the queue meet them, flows before
    /// are looked for in the ring.</summary>
    /// <returns>Ends when they are in force; from when on each scope's evidence is whole.</returns>
    public async Task<IReadOnlyDictionary<ScopeId, long>> WatchAsync(IReadOnlyList<ScopeWatch> scopes)
    {
        Task<IReadOnlyDictionary<ScopeId, long>>? taken = null;
        await OrderAsync(() => taken = Recorder.Watch(scopes));
        return await taken!;
    }

    /// <summary>Scopes are over; see <see cref="ScopeRecorder.End"/>.</summary>
    public Task EndAsync(IReadOnlyCollection<ScopeId> scopes) => OrderAsync(() => Recorder.End(scopes));

    /// <summary>Writes out the evidence of every flow before this place in the queue, passes through the
    /// ring among it.</summary>
    public Task FlushEvidenceAsync(long watermarkMs)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Work(null, done, watermarkMs, () => _ = CompleteAsync(Recorder.FlushBeside(watermarkMs), done)));
        return done.Task;
    }

    /// <summary>Finishes what is queued, writes everything out and ends the thread. Rethrows what
    /// went wrong on it.</summary>
    public void Finish()
    {
        _queue.CompleteAdding();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _failure?.Throw();
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _detector?.Dispose();
        _digester.Dispose();
        _evidence?.Dispose();
        _queue.Dispose();
    }

    private void Enqueue(Work work)
    {
        _failure?.Throw();
        _queue.Add(work);
    }

    private void Run()
    {
        try
        {
            foreach (var work in _queue.GetConsumingEnumerable())
            {
                Process(work);
            }

            _detector?.Finish();
            FlushBesideAsync(long.MaxValue, keepsWindows: false).GetAwaiter().GetResult();
        }
        catch (Exception failure)
        {
            // The lanes learn of it at their next batch; until then nobody may wait for a thread that is gone.
            _failure ??= ExceptionDispatchInfo.Capture(failure);
            foreach (var work in _queue.GetConsumingEnumerable())
            {
                work.Flushed?.TrySetException(failure);
            }
        }
    }

    private void Process(Work work)
    {
        if (work.Batch is { } batch)
        {
            _detector?.Add(batch.Flows);
            var attributed = batch.Attributed();
            _matcher.Match(attributed);
            _digester.Add(batch.Corroborated(attributed));
            _evidence?.Add(attributed);
            Interlocked.Add(ref _flows, attributed.Length);
            batch.Clear();
            _empty.Add(batch);
            return;
        }

        if (work.Order is { } order)
        {
            order();
            return;
        }

        _detector?.Advance(work.WatermarkMs);
        _beside = CompleteAsync(FlushBesideAsync(work.WatermarkMs, work.KeepsWindows), work.Flushed!);
    }

    private ScopeRecorder Recorder =>
        _evidence ?? throw new InvalidOperationException("This shard keeps no evidence; give the pipeline its part.");

    /// <summary>Does something on the shard's thread, between two batches. What it refuses is told to the caller and
    /// harms nobody else.</summary>
    private Task OrderAsync(Action order)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Work(null, done, 0, () =>
        {
            try
            {
                order();
                done.TrySetResult();
            }
            catch (Exception refused) when (refused is ArgumentException or InvalidOperationException)
            {
                done.TrySetException(refused);
            }
        }));
        return done.Task;
    }

    /// <summary>Takes what is held now; writes it after what was taken before.</summary>
    private async Task FlushBesideAsync(long watermarkMs, bool keepsWindows)
    {
        var before = _beside;
        var digests = _digester.FlushBeside();
        var evidence = _evidence?.FlushBeside(watermarkMs) ?? Task.CompletedTask;
        var decided = _matcher.Drain(watermarkMs);
        OpenWindows = keepsWindows ? _matcher.Save() : [];
        await before;
        await digests;
        await evidence;
        if (decided.Count > 0)
        {
            // Not on the shard's thread, even where the digests were written already.
            await Task.Run(() => _sightings.Write(decided));
        }
    }

    /// <summary>Says how a flush ended. A failure is the shard's: the lanes learn of it at their next batch.</summary>
    private async Task CompleteAsync(Task flush, TaskCompletionSource flushed)
    {
        try
        {
            await flush;
            flushed.TrySetResult();
        }
        catch (Exception failure)
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
            flushed.TrySetException(failure);
        }
    }

    private readonly record struct Work(
        FlowBatch? Batch, TaskCompletionSource? Flushed, long WatermarkMs, Action? Order = null,
        bool KeepsWindows = false);
}

/// <summary>A lane's side of the shards: one batch being filled for each, handed over when full.</summary>
public sealed class ShardDispatcher(Shard[] shards)
{
    private readonly FlowBatch[] _filling = [.. shards.Select(s => s.Rent())];

    /// <summary>Which shard owns a subject.</summary>
    public static int ShardOf(IpKey subject, int shards) =>
        shards == 1 ? 0 : (int)((((subject.Lower ^ subject.Upper) * 0x9E3779B97F4A7C15UL) >> 32) * (uint)shards >> 32);

    /// <summary>Copies an attributed flow into the batch of its subject's shard.</summary>
    public void Add(in Flow flow)
    {
        var shard = ShardOf(flow.Subject, shards.Length);
        var batch = _filling[shard];
        batch.Next() = flow;
        batch.Spoofed += flow.Place == FlowAttribution.Spoofed ? 1 : 0;
        batch.Doubtful += flow.Standing != FlowStanding.Corroborated ? 1 : 0;
        if (batch.IsFull)
        {
            shards[shard].Add(batch);
            _filling[shard] = shards[shard].Rent();
        }
    }

    /// <summary>Hands over what is half full, so that a quiet line's flows do not wait for company.</summary>
    public void Flush()
    {
        for (var i = 0; i < _filling.Length; i++)
        {
            if (_filling[i].Count > 0)
            {
                shards[i].Add(_filling[i]);
                _filling[i] = shards[i].Rent();
            }
        }
    }
}
