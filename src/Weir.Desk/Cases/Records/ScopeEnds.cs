// SPDX-License-Identifier: Apache-2.0
//
// When scopes end by silence. It is counted on the clock that does not jump, from when their latest evidence was
// written; of what was written before this start also on the time by which things are erased, because that silence
// began while nobody looked. A queue has for each scope a moment before which it cannot be over; evidence only moves the
// end, so that a scope is looked at when its queue comes to it and not in between.
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;

namespace Weir.Desk.Cases.Records;

/// <summary>Ends of scopes that go on. Safe for any thread.</summary>
internal sealed class ScopeEnds(TimeProvider time)
{
    /// <summary>How long after a scope's end flows of its time may still be exported.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly long _begin = time.GetTimestamp();
    private readonly Dictionary<ScopeId, TimeSpan> _seen = [];
    private readonly Dictionary<ScopeId, DateTimeOffset> _written = [];
    private readonly PriorityQueue<ScopeId, TimeSpan> _bySilence = new();
    private readonly Dictionary<ScopeId, TimeSpan> _queued = [];
    private readonly PriorityQueue<ScopeId, DateTimeOffset> _byWriting = new();

    private TimeSpan Now => time.GetElapsedTime(_begin);

    /// <summary>A scope goes on. Its silence begins now where its evidence is new, or it was not known.</summary>
    public void GoesOn(CaseScope scope, bool isNew)
    {
        lock (_gate)
        {
            if (isNew || !_seen.ContainsKey(scope.Scope.Id))
            {
                _seen[scope.Scope.Id] = Now;
                _ = _written.Remove(scope.Scope.Id);
                Enqueue(scope);
            }
        }
    }

    /// <summary>Its latest evidence was written down before this start.</summary>
    public void WasWritten(CaseScope scope, DateTimeOffset at)
    {
        lock (_gate)
        {
            _written[scope.Scope.Id] = at;
            _byWriting.Enqueue(scope.Scope.Id, at + LengthOf(scope) + Late);
        }
    }

    /// <summary>It does not go on.</summary>
    public void Forget(ScopeId id)
    {
        lock (_gate)
        {
            _ = _seen.Remove(id);
            _ = _written.Remove(id);
        }
    }

    /// <summary>Takes those out of the queue that may be over; what is not, or could not be ended, goes back by
    /// <see cref="PutBack"/>.</summary>
    /// <param name="settled">The time by which things are erased.</param>
    public List<ScopeId> TakeDue(DateTimeOffset settled)
    {
        lock (_gate)
        {
            List<ScopeId> due = [];
            while (_bySilence.TryPeek(out var id, out var at) && at <= Now)
            {
                _ = _bySilence.Dequeue();
                if (_queued.Remove(id))
                {
                    due.Add(id);
                }
            }

            while (_byWriting.TryPeek(out var id, out var at) && at <= settled)
            {
                due.Add(_byWriting.Dequeue());
            }

            return due;
        }
    }

    /// <summary>They are looked at again when they may be over.</summary>
    public void PutBack(IEnumerable<CaseScope> scopes)
    {
        lock (_gate)
        {
            foreach (var scope in scopes.Where(EndsBySilence))
            {
                Enqueue(scope);
                if (_written.TryGetValue(scope.Scope.Id, out var at))
                {
                    _byWriting.Enqueue(scope.Scope.Id, at + LengthOf(scope) + Late);
                }
            }
        }
    }

    /// <summary>So long without fresh evidence as it reached beyond the last, and what may come late.</summary>
    /// <param name="scope">As it stands.</param>
    /// <param name="settled">The time by which things are erased.</param>
    public bool IsOver(CaseScope scope, DateTimeOffset settled)
    {
        lock (_gate)
        {
            var length = LengthOf(scope) + Late;
            return EndsBySilence(scope) && (!_seen.TryGetValue(scope.Scope.Id, out var seen)
                || Now - seen >= length
                || (_written.TryGetValue(scope.Scope.Id, out var written) && settled - written >= length));
        }
    }

    private static bool EndsBySilence(CaseScope scope) =>
        scope.State == ScopeState.Open && scope.Scope.Purpose != Purpose.RemediationCheck;

    private static TimeSpan LengthOf(CaseScope scope) => TimeSpan.FromMilliseconds(
        Math.Max(0, scope.UntilMs - (scope.Event != 0 ? scope.LastMs : scope.Scope.FromMs)));

    private void Enqueue(CaseScope scope)
    {
        var id = scope.Scope.Id;
        var silent = _seen.GetValueOrDefault(id) + LengthOf(scope) + Late;
        if (!_queued.TryGetValue(id, out var at) || silent < at)
        {
            _queued[id] = silent;
            _bySilence.Enqueue(id, silent);
        }
    }
}
