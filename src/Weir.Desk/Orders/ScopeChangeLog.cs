// SPDX-License-Identifier: Apache-2.0
//
// The scopes in force and what happened to them, for collectors that ask. In memory alone: another start is another
// generation, and then everything is told from the beginning. A scope that changes moves to the end of the list, so an
// asker who is behind reads each scope once, as it stands now.
using System.Globalization;
using System.Security.Cryptography;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Orders;

/// <summary>What an asker hears.</summary>
/// <param name="Generation">Of this log.</param>
/// <param name="Sequence">What to ask from next time.</param>
/// <param name="IsWhole">These are all the scopes in force; others are over.</param>
/// <param name="Orders">Scopes that opened or slid.</param>
/// <param name="Ended">Scopes that are over.</param>
public sealed record ScopeNews(
    string Generation, long Sequence, bool IsWhole, IReadOnlyList<ScopeOrder> Orders, IReadOnlyList<ScopeId> Ended);

/// <summary>Changes of scopes, numbered. Safe for any thread.</summary>
public sealed class ScopeChangeLog
{
    /// <summary>Scopes that are over and still known as such; who is further behind is told everything.</summary>
    public const int MaxEnded = 65_536;

    /// <summary>Changes in one answer, and octets of their grounds; who gets as many asks again at once.</summary>
    public const int MaxChanges = 2_000;

    private const long MaxOctets = 4 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<ScopeId, LinkedListNode<Change>> _latest = [];
    private readonly LinkedList<Change> _changes = new();
    private readonly TimeProvider _time;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;
    private long _forgotten;
    private int _ended;

    /// <param name="time">For how long an asker waits.</param>
    public ScopeChangeLog(TimeProvider time) => _time = time;

    /// <summary>This memory's name; drawn anew at each start.</summary>
    public string Generation { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Number of the latest change.</summary>
    public long Sequence
    {
        get
        {
            lock (_gate)
            {
                return _sequence;
            }
        }
    }

    /// <summary>Scopes in force.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _latest.Count - _ended;
            }
        }
    }

    /// <summary>The scopes in force, in the order in which they changed last.</summary>
    public IReadOnlyList<ScopeOrder> InForce
    {
        get
        {
            lock (_gate)
            {
                return [.. _changes.Select(change => change.Order).OfType<ScopeOrder>()];
            }
        }
    }

    /// <summary>Writes down scopes that opened, slid, ended or go on after all.</summary>
    public void Apply(IReadOnlyCollection<ScopeOrder> orders, IReadOnlyCollection<ScopeId> ended)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            var before = _sequence;
            foreach (var order in orders)
            {
                Add(order);
            }

            foreach (var scope in ended)
            {
                End(scope);
            }

            if (_sequence == before)
            {
                return;
            }

            ForgetOldest();
            told = _news;
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }

    /// <summary>What happened since; null where nothing did. Another generation, or one too far behind, hears
    /// everything.</summary>
    public ScopeNews? Read(string? generation, long since)
    {
        lock (_gate)
        {
            return ReadLocked(generation, since);
        }
    }

    /// <summary>The same, but waits for news.</summary>
    /// <returns>Null where there were none in that time.</returns>
    public async Task<ScopeNews?> WaitAsync(string? generation, long since, TimeSpan patience, CancellationToken cancel)
    {
        var begun = _time.GetTimestamp();
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (ReadLocked(generation, since) is { } found)
                {
                    return found;
                }

                news = _news.Task;
            }

            var left = patience - _time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await news.WaitAsync(left, _time, cancel);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    private ScopeNews? ReadLocked(string? generation, long since)
    {
        if (generation != Generation || since > _sequence || since < _forgotten)
        {
            return new(
                Generation, _sequence, true, [.. _changes.Select(change => change.Order).OfType<ScopeOrder>()], []);
        }

        if (since == _sequence)
        {
            return null;
        }

        var node = _changes.Last;
        while (node?.Previous is { } previous && previous.Value.Sequence > since)
        {
            node = previous;
        }

        List<ScopeOrder> orders = [];
        List<ScopeId> ended = [];
        var until = since;
        var octets = 0L;
        for (; node is not null && orders.Count + ended.Count < MaxChanges && octets < MaxOctets; node = node.Next)
        {
            until = node.Value.Sequence;
            if (node.Value.Order is { } order)
            {
                orders.Add(order);
                octets += order.Grounds.Sum(envelope => envelope.Payload.Length);
            }
            else
            {
                ended.Add(node.Value.Scope);
            }
        }

        return new(Generation, node is null ? _sequence : until, false, orders, ended);
    }

    private void Add(ScopeOrder order)
    {
        if (_latest.TryGetValue(order.Id, out var known))
        {
            if (known.Value.Order is { } before && IsSame(before, order))
            {
                return;
            }

            _ended -= known.Value.Order is null ? 1 : 0;
        }

        Append(order.Id, order);
    }

    private void End(ScopeId scope)
    {
        // Known as over even where nobody was told that it began: a collector may know it from before.
        if (_latest.TryGetValue(scope, out var known) && known.Value.Order is null)
        {
            return;
        }

        Append(scope, null);
        _ended++;
    }

    private void Append(ScopeId scope, ScopeOrder? order)
    {
        if (_latest.TryGetValue(scope, out var old))
        {
            _changes.Remove(old);
        }

        _latest[scope] = _changes.AddLast(new Change(++_sequence, scope, order));
    }

    private void ForgetOldest()
    {
        for (var node = _changes.First; _ended > MaxEnded && node is not null;)
        {
            var next = node.Next;
            if (node.Value.Order is null)
            {
                _forgotten = node.Value.Sequence;
                _latest.Remove(node.Value.Scope);
                _changes.Remove(node);
                _ended--;
            }

            node = next;
        }
    }

    private static bool IsSame(ScopeOrder one, ScopeOrder other) =>
        (one.Subject, one.Epoch, one.UntilMs, one.ExpiresMs, one.Grounds.Count)
            == (other.Subject, other.Epoch, other.UntilMs, other.ExpiresMs, other.Grounds.Count)
        && one.Grounds.SequenceEqual(other.Grounds);

    /// <summary>Names the log in a debugger.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"generation {Generation}, change {Sequence}, {Count} in force");

    private sealed record Change(long Sequence, ScopeId Scope, ScopeOrder? Order);
}
