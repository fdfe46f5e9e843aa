// SPDX-License-Identifier: Apache-2.0
//
// Beside the way: fetches lists when they are due, one after the other, and has a new copy read. Who asks in between
// (weir watchlist refresh) waits for the one that is under way.
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Lists.Fetching;

/// <summary>How fetching one list stands.</summary>
/// <param name="Source">Where it is fetched from.</param>
/// <param name="CheckedAt">When the publisher last said what it has; null before the first time.</param>
/// <param name="Last">What came of the latest try; null before the first.</param>
/// <param name="NextAt">When it is tried again.</param>
public sealed record FetchState(
    ListSource Source, DateTimeOffset? CheckedAt, FetchResult? Last, DateTimeOffset NextAt);

/// <summary>Fetches on schedule. The constructor is inert.</summary>
/// <param name="fetcher">Fetches one.</param>
/// <param name="replaced">Has the lists read again; called after a new copy is in place.</param>
/// <param name="time">Our clock.</param>
/// <param name="log">Where failures are told.</param>
public sealed class ListFetching(
    ListFetcher fetcher, Action replaced, TimeProvider time, ILogger<ListFetching> log) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);
    private FetchState[] _states = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Told of a copy that was refused because of its owner's signature, once for each reason; null where
    /// nobody keeps it.</summary>
    internal Action<string, FetchResult>? Refused { get; init; }

    /// <summary>How fetching stands, in the order of the sources. Safe for any thread.</summary>
    public IReadOnlyList<FetchState> States => Volatile.Read(ref _states);

    /// <summary>Which lists are fetched from now on. One whose source is as before keeps its turn.</summary>
    public void Follow(IReadOnlyList<ListSource> sources)
    {
        lock (_gate)
        {
            var before = _states.ToDictionary(state => state.Source);
            Volatile.Write(ref _states, [.. sources.Select(source =>
                before.TryGetValue(source, out var state) ? state : First(source))]);
            Signal();
        }
    }

    /// <summary>Fetches what is due, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            var now = time.GetUtcNow();
            foreach (var state in States.Where(state => state.NextAt <= now))
            {
                await FetchAsync(state.Source, cancel);
            }

            var wait = States.Select(state => state.NextAt - time.GetUtcNow()).DefaultIfEmpty(Longest).Min();
            using var sooner = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(changed, Task.Delay(
                wait < TimeSpan.Zero ? TimeSpan.Zero : wait < Longest ? wait : Longest, time, sooner.Token));
            await sooner.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Fetches now, whether due or not.</summary>
    /// <param name="names">Of lists; none for all.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>What came of each, by name.</returns>
    public async Task<IReadOnlyList<(string Name, FetchResult Result)>> FetchNowAsync(
        IReadOnlyCollection<string> names, CancellationToken cancel)
    {
        var results = new List<(string, FetchResult)>();
        foreach (var state in States.Where(state => names.Count == 0 || names.Contains(state.Source.Name)))
        {
            results.Add((state.Source.Name, await FetchAsync(state.Source, cancel)));
        }

        return results;
    }

    /// <summary>Copies that wait for people, and those that were dropped.</summary>
    internal IReadOnlyList<(ListSource Source, HeldCopy Held)> Held() =>
        [.. States.Select(state => (state.Source, Held: HeldCopy.Read(state.Source)!)).Where(one =>
            one.Held is not null)];

    /// <summary>Puts a held copy in force.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal async Task ReleaseAsync(ListSource source, HeldCopy held, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            held.Release(source, time.GetUtcNow());
            replaced();
            Record(source, new FetchResult(FetchOutcome.Replaced, 0, held.Entries, ""));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private FetchState First(ListSource source)
    {
        var known = FetchedCopy.Read(source)?.CheckedAt;
        return new FetchState(
            source, known, null, FetchSchedule.First(known, source.Period, time.GetUtcNow(), Random()));
    }

    private async Task<FetchResult> FetchAsync(ListSource source, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var result = await fetcher.FetchAsync(source, cancel);
            if (result.Outcome == FetchOutcome.Replaced)
            {
                log.ListFetched(source.Name, source.Url.Host, result.Entries, result.Octets);
                replaced();
            }

            Record(source, result);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Record(ListSource source, FetchResult result)
    {
        lock (_gate)
        {
            var isFailed = result.Outcome == FetchOutcome.Failed;
            var failures = _failures[source.Name] = isFailed ? _failures.GetValueOrDefault(source.Name) + 1 : 0;
            var now = time.GetUtcNow();
            var at = Array.FindIndex(_states, state => state.Source == source);
            if (at < 0)
            {
                return; // not followed any more
            }

            if (result.Reason.Length > 0 && _states[at].Last?.Reason != result.Reason)
            {
                log.ListNotFetched(result.Reason);
                if (result.Refusal.Length > 0)
                {
                    Refused?.Invoke(source.Name, result);
                }
            }

            FetchState[] next = [.. _states];
            next[at] = next[at] with
            {
                CheckedAt = isFailed || result.Outcome == FetchOutcome.Held ? next[at].CheckedAt : now, Last = result,
                NextAt = FetchSchedule.Next(result, failures, source.Period, now, Random()),
            };
            Volatile.Write(ref _states, next);
            Signal();
        }
    }

    /// <summary>Has the loop look at the states anew.</summary>
    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static double Random() => RandomNumberGenerator.GetInt32(1_000) / 1_000.0;
}

internal static partial class FetchLog
{
    [LoggerMessage(EventId = 4005, Level = LogLevel.Information,
        Message = "list {List} was fetched from {Host}: {Entries} entries, {Octets} octets")]
    public static partial void ListFetched(this ILogger log, string list, string host, int entries, long octets);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "{Reason}")]
    public static partial void ListNotFetched(this ILogger log, string reason);
}
