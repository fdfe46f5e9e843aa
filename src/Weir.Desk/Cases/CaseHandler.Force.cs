// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Cases;

/// <summary>Scopes before the shards: what opened, slid or ended, in batches, until the shards have it.</summary>
public sealed partial class CaseHandler
{
    private readonly Lock _forceLock = new();
    private readonly SemaphoreSlim _forceTurn = new(1, 1);
    private readonly Dictionary<ScopeId, ScopeWatch> _toWatch = [];
    private readonly HashSet<ScopeId> _toEnd = [];
    private readonly Dictionary<ScopeId, long> _seenAt = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ScopeId, long> _wholeSince = [];
    private bool _shardsEnd;
    private string _forceFault = "";

    /// <summary>Flow start from which a scope's evidence is whole, milliseconds since the UNIX epoch; later than the
    /// scope's own where the ring did not reach back so far or Weir did not run (R10).</summary>
    public long WholeSince(ScopeId scope) => _wholeSince.GetValueOrDefault(
        scope, _book.Scope(scope) is { } known ? (known.IsFromDigests ? known.UntilMs : known.Scope.FromMs) : 0);

    /// <summary>Why scopes are not in force yet, or empty.</summary>
    public string ForceFault => Volatile.Read(ref _forceFault);

    /// <summary>The shards are about to end: what opens from now on is recorded, and in force with
    /// the next start.</summary>
    public void LeaveShards() => Volatile.Write(ref _shardsEnd, true);

    private void Watch(CaseUnitOfWork draft)
    {
        var unwatchable = 0;
        lock (_forceLock)
        {
            foreach (var scope in draft.Watched.Values)
            {
                _seenAt[scope.Scope.Id] = _parts.Time.GetTimestamp();
                var (subject, epoch) = _book.Get(scope.Scope.Case) is { } file
                    ? (file.Subject, file.Epoch)
                    : (scope.Scope.Subject, scope.Epoch);
                if (_parts.Blocks.BlockOf(subject, epoch) is { } block)
                {
                    _toWatch[scope.Scope.Id] = new(
                        scope.Scope.Id, block, scope.Scope.Class.Predicate, scope.Scope.FromMs, scope.UntilMs);
                }
                else
                {
                    unwatchable++;
                }
            }

            foreach (var over in draft.Over)
            {
                _ = _toWatch.Remove(over);
                _ = _seenAt.Remove(over);
                _toEnd.Add(over);
            }
        }

        if (unwatchable > 0)
        {
            _parts.Log.Unwatchable(unwatchable);
        }
    }

    /// <summary>Hands over what waits. A shard that fails costs delay: it is tried again with the next
    /// change or round.</summary>
    private async Task ActivateAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref _shardsEnd))
        {
            return;
        }

        await _forceTurn.WaitAsync(cancel);
        try
        {
            List<ScopeWatch> watches;
            List<ScopeId> ends;
            lock (_forceLock)
            {
                watches = [.. _toWatch.Values];
                ends = [.. _toEnd];
            }

            if (watches.Count > 0)
            {
                foreach (var (scope, sinceMs) in await _parts.Scopes.WatchAsync(watches, cancel))
                {
                    _wholeSince[scope] = Math.Max(sinceMs, _wholeSince.GetValueOrDefault(scope, long.MinValue));
                }
            }

            if (ends.Count > 0)
            {
                await _parts.Scopes.EndAsync(ends, cancel);
            }

            lock (_forceLock)
            {
                watches.ForEach(done => Settle(done));
                ends.ForEach(done => _toEnd.Remove(done));
            }

            Volatile.Write(ref _forceFault, "");
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            int waiting;
            lock (_forceLock)
            {
                waiting = _toWatch.Count + _toEnd.Count;
            }

            _parts.Log.WatchesWait(waiting, failure.Message);
            Volatile.Write(ref _forceFault, failure.Message);
        }
        finally
        {
            _forceTurn.Release();
        }
    }

    /// <summary>A watch that slid again meanwhile stays to be handed over.</summary>
    private void Settle(ScopeWatch done)
    {
        if (_toWatch.TryGetValue(done.Scope, out var latest) && ReferenceEquals(latest, done))
        {
            _ = _toWatch.Remove(done.Scope);
        }
    }
}
