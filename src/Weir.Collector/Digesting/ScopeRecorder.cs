// SPDX-License-Identifier: Apache-2.0
//
// Evidence of one shard's subjects. A scope opens between two batches of the shard's queue: the ring is marked there,
// and from there on the live way sees the scope. What came before is looked for beside, in the ring's blocks before the
// mark; so each flow is judged once for each scope, whenever it opens. Scopes that wait for a pass share it: ten
// thousand of them cost one. A scope's end that slides asks the ring only for what lies between the old end and the
// new.
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;

namespace Weir.Collector.Digesting;

/// <summary>What evidence needs.</summary>
public sealed record EvidenceDependencies
{
    /// <summary>Takes rows; durable when its call returns.</summary>
    public required IEvidenceSink Sink { get; init; }

    /// <summary>The ring buffer; null where a scope need not reach back.</summary>
    public RingOptions? Ring { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Where a recorder stands.</summary>
/// <param name="Rows">Evidence rows made durable.</param>
/// <param name="Scopes">Scopes watched, those that wait for late flows among them.</param>
/// <param name="Passes">Passes through the ring.</param>
/// <param name="Ring">The ring; null where there is none.</param>
public sealed record RecorderState(long Rows, int Scopes, long Passes, RingState? Ring);

/// <summary>Writes the flows of open scopes as evidence. All but <see cref="State"/> on the shard's thread.</summary>
public sealed class ScopeRecorder : IDisposable
{
    private readonly ScopeTable _scopes;
    private readonly EvidenceBuffer _live;
    private readonly EvidenceBuffer _past;
    private readonly FlowRing? _ring;
    private readonly Dictionary<ScopeId, Task<long>> _since = [];
    private readonly OverScopes _over = new();
    private readonly Lock _gate = new();
    private List<RingScanTarget> _waiting = [];
    private List<RingPin> _marks = [];
    private Task _passing = Task.CompletedTask;
    private bool _isPassing;
    private long _passes;
    private long _newestMs = long.MinValue;
    private int _count;

    /// <param name="parts">Sink, ring and clock.</param>
    /// <param name="shards">How many share the ring's size.</param>
    /// <param name="mailRelays">What goes there is in no scope of mail; null for none.</param>
    /// <exception cref="IOException">The ring's file cannot be made.</exception>
    public ScopeRecorder(EvidenceDependencies parts, int shards, NetworkTable? mailRelays = null)
    {
        _scopes = new ScopeTable(mailRelays);
        (_live, _past) = (new EvidenceBuffer(parts.Sink), new EvidenceBuffer(parts.Sink));
        _ring = parts.Ring is { } ring ? new FlowRing(ring, shards, parts.Time, mailRelays) : null;
    }

    public RecorderState State =>
        new(_live.Rows + _past.Rows, Volatile.Read(ref _count), Interlocked.Read(ref _passes), _ring?.State);

    /// <summary>Takes flows: those inside a scope become evidence, all go to the ring. Allocates nothing. Waits only
    /// where evidence comes faster than its disk takes it.</summary>
    public void Add(ReadOnlySpan<Flow> flows)
    {
        foreach (ref readonly var flow in flows)
        {
            _newestMs = Math.Max(_newestMs, flow.StartMs);
        }

        _scopes.Collect(flows, 0, _live);
        _ring?.Append(flows);
    }

    /// <summary>Takes scopes that open or whose end slides: in force when the call returns.</summary>
    /// <returns>For each scope the start of the earliest flow from which on its evidence is whole; complete when
    /// that is known.</returns>
    /// <exception cref="ArgumentException">A watch would change a scope in more than its end;
    /// none is taken.</exception>
    public Task<IReadOnlyDictionary<ScopeId, long>> Watch(IReadOnlyList<ScopeWatch> watches)
    {
        foreach (var watch in watches)
        {
            _scopes.Check(watch);
        }

        var back = new List<(ScopeWatch Watch, long OldEndMs)>();
        foreach (var watch in watches)
        {
            var more = _scopes.Put(watch, out var oldEndMs);
            if (_over.Find(watch) is { } over && over.UntilMs > oldEndMs)
            {
                if (oldEndMs == long.MinValue)
                {
                    _since[watch.Scope] = over.Since;
                }

                (oldEndMs, more) = (over.UntilMs, watch.UntilMs > over.UntilMs);
            }

            if (oldEndMs == long.MinValue || (more && _newestMs >= oldEndMs))
            {
                back.Add((watch, oldEndMs));
            }
        }

        Volatile.Write(ref _count, _scopes.Count);
        if (back.Count > 0)
        {
            var since = LookBack(back);
            foreach (var (watch, oldEndMs) in back)
            {
                _since[watch.Scope] =
                    oldEndMs == long.MinValue ? since : LaterAsync(_since[watch.Scope], since, oldEndMs);
            }
        }

        return ReachAsync([.. watches.Select(watch => (watch, _since[watch.Scope]))]);
    }

    /// <summary>Scopes are over; they go when their end has passed for all exporters. One that is not known
    /// is left alone.</summary>
    public void End(IReadOnlyCollection<ScopeId> scopes)
    {
        foreach (var scope in scopes)
        {
            _scopes.End(scope);
        }
    }

    /// <summary>Has what is held written beside.</summary>
    /// <param name="watermarkMs">No flow that starts before is still to come.</param>
    /// <returns>Ends when the evidence of every flow so far is durable, and every pass asked
    /// for so far is over.</returns>
    public Task FlushBeside(long watermarkMs)
    {
        _scopes.Expire(watermarkMs, gone =>
        {
            if (_since.Remove(gone.Scope, out var since))
            {
                _over.Add(gone, since);
            }
        });
        Volatile.Write(ref _count, _scopes.Count);
        _ring?.DropExpired();
        var live = _live.FlushBeside();
        lock (_gate)
        {
            return Task.WhenAll(live, _passing);
        }
    }

    public void Dispose()
    {
        _live.EndWriting();
        Task.WaitAny(_passing);
        _ring?.Dispose();
    }

    private static async Task<IReadOnlyDictionary<ScopeId, long>> ReachAsync(
        (ScopeWatch Watch, Task<long> Since)[] watches)
    {
        var reach = new Dictionary<ScopeId, long>(watches.Length);
        foreach (var (watch, since) in watches)
        {
            reach[watch.Scope] = Math.Max(watch.FromMs, await since);
        }

        return reach;
    }

    /// <summary>A scope whose end slid too late: it is whole from where the ring reaches, if that is
    /// after the old end.</summary>
    private static async Task<long> LaterAsync(Task<long> before, Task<long> ring, long oldEndMs) =>
        await ring is var since && since > oldEndMs ? Math.Max(since, await before) : await before;

    /// <summary>Has a pass look for what came before this moment.</summary>
    /// <returns>From when on the ring holds all of it.</returns>
    private Task<long> LookBack(List<(ScopeWatch Watch, long OldEndMs)> back)
    {
        if (_ring is null)
        {
            return Task.FromResult(_newestMs == long.MinValue ? long.MinValue : _newestMs + 1);
        }

        var mark = _ring.Mark();
        lock (_gate)
        {
            foreach (var (watch, oldEndMs) in back)
            {
                _waiting.Add(new RingScanTarget(
                    oldEndMs > watch.FromMs ? watch with { FromMs = oldEndMs } : watch, mark.Before));
            }

            _marks.Add(mark);
            if (!_isPassing)
            {
                _isPassing = true;
                _passing = Task.Factory.StartNew(
                    Pass, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }

        return Task.Run(() => _ring.Reach(mark));
    }

    /// <summary>One pass after the other while scopes wait. A sink that breaks ends it: whoever
    /// flushes hears of it.</summary>
    private void Pass()
    {
        while (true)
        {
            List<RingScanTarget> watches;
            List<RingPin> marks;
            lock (_gate)
            {
                (watches, marks) = (_waiting, _marks);
                (_waiting, _marks) = ([], []);
                if (watches.Count == 0)
                {
                    _isPassing = false;
                    return;
                }
            }

            _ring!.Scan(watches, _past);
            _past.FlushBeside().GetAwaiter().GetResult();
            Interlocked.Increment(ref _passes);
            _ring.Release(marks);
        }
    }
}
