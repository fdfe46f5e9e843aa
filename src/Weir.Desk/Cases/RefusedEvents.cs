// SPDX-License-Identifier: Apache-2.0
//
// Events that are not believed, by why. Who sends many of them costs one audit entry a minute and code: the first at
// once, the others together.
using Weir.Contracts.Events;

namespace Weir.Desk.Cases;

/// <summary>Counts, and says what is to be recorded. Safe for any thread.</summary>
internal sealed class RefusedEvents(TimeProvider time)
{
    /// <summary>An event from a day that has not come.</summary>
    public const string Ahead = "too-far-ahead";

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AtMostAhead = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Tally> _tallies = [];

    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _tallies.Values.Sum(tally => tally.Total);
            }
        }
    }

    public IReadOnlyDictionary<string, long> ByCode
    {
        get
        {
            lock (_gate)
            {
                return _tallies.ToDictionary(pair => pair.Key, pair => pair.Value.Total);
            }
        }
    }

    /// <summary>Whether an event is of a time that no clock of ours can have shown.</summary>
    public static bool IsAhead(QualityEvent quality, DateTimeOffset now) =>
        Math.Max(quality.UntilMs, quality.TriggeredMs) > (now + AtMostAhead).ToUnixTimeMilliseconds();

    /// <summary>Counts refusals; gives what is to be recorded now.</summary>
    public IReadOnlyList<(string Code, long Count)> Add(IReadOnlyDictionary<string, int> refused)
    {
        if (refused.Count == 0)
        {
            return [];
        }

        lock (_gate)
        {
            foreach (var (code, count) in refused)
            {
                var tally = _tallies.GetValueOrDefault(code);
                _tallies[code] = tally with { Total = tally.Total + count, Open = tally.Open + count };
            }

            return DueLocked();
        }
    }

    /// <summary>What is to be recorded since a minute is over.</summary>
    public IReadOnlyList<(string Code, long Count)> Due()
    {
        lock (_gate)
        {
            return DueLocked();
        }
    }

    private List<(string Code, long Count)> DueLocked()
    {
        List<(string Code, long Count)> due = [];
        foreach (var (code, tally) in _tallies.ToList())
        {
            if (tally.Open > 0 && (tally.SaidAt == 0 || time.GetElapsedTime(tally.SaidAt) >= Period))
            {
                due.Add((code, tally.Open));
                _tallies[code] = tally with { Open = 0, SaidAt = Math.Max(1, time.GetTimestamp()) };
            }
        }

        return due;
    }

    private readonly record struct Tally(long Total, long Open, long SaidAt);
}
