// SPDX-License-Identifier: Apache-2.0
//
// Malformed datagrams, counted by exporter and rule, and told now and then: one line per 30 s for each pair, at most
// twenty lines per 30 s in all. Whoever forges source addresses can fill the table but not the memory nor the log:
// beyond the bound, pairs idle for ten minutes give way, and what still finds no place is counted under one "other".
// The sum never shrinks: what an idle pair counted goes to "other" when it leaves.
using Microsoft.Extensions.Logging;
using Weir.Wire;

namespace Weir.Collector.Collecting;

/// <summary>Counts malformed input by exporter and reason; safe from several lanes; allocates nothing
/// for a known pair.</summary>
public sealed class FaultLog(TimeProvider time, ILogger<FaultLog> log, int pairs = 4_096)
{
    private const int LinesPerPause = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(IpKey Exporter, string Rule), Tally> _tallies = [];
    private readonly Lock _lock = new();
    private long _other;
    private long _sweptAt = long.MinValue;
    private long _roundAt = time.GetTimestamp();
    private int _lines;
    private long _untold;

    /// <summary>Faults by exporter and rule since the start. The exporter is null in the line of those
    /// beyond the bound.</summary>
    public IReadOnlyList<(IpKey? Exporter, string Rule, long Times)> Counts
    {
        get
        {
            lock (_lock)
            {
                var counts = new List<(IpKey?, string, long)>(_tallies.Count + 1);
                foreach (var ((exporter, rule), tally) in _tallies)
                {
                    counts.Add((exporter, rule, tally.Times));
                }

                if (_other > 0)
                {
                    counts.Add((null, "other", _other));
                }

                return counts;
            }
        }
    }

    public long Total => Counts.Sum(count => count.Times);

    /// <summary>Counts one fault; writes a line when the pair's last one is 30 s old.</summary>
    public void Count(IpKey exporter, in Malformed fault)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_tallies.TryGetValue((exporter, fault.Rule), out var tally)
                && (tally = TryAdd(exporter, fault.Rule, now)) is null)
            {
                _other++;
                NextRound(now);
                _untold++;
                return;
            }

            tally.Times++;
            tally.LastAt = now;
            tally.Untold++;
            Log(exporter, fault, tally, now);
        }
    }

    private void Log(IpKey exporter, in Malformed fault, Tally tally, long now)
    {
        NextRound(now);
        if (tally.ToldAt is { } told && time.GetElapsedTime(told, now) < Pause)
        {
            return;
        }

        if (_lines >= LinesPerPause)
        {
            _untold++;
            return;
        }

        _lines++;
        log.Malformed(exporter, fault.Rule, fault.Offset, fault.Damage, tally.Untold);
        tally.ToldAt = now;
        tally.Untold = 0;
    }

    private void NextRound(long now)
    {
        if (time.GetElapsedTime(_roundAt, now) < Pause)
        {
            return;
        }

        if (_untold > 0)
        {
            log.MalformedUntold(_untold, (int)Pause.TotalSeconds);
        }

        (_roundAt, _lines, _untold) = (now, 0, 0);
    }

    private Tally? TryAdd(IpKey exporter, string rule, long now)
    {
        if (_tallies.Count >= pairs && (_sweptAt == long.MinValue || time.GetElapsedTime(_sweptAt, now) >= Pause))
        {
            _sweptAt = now;
            foreach (var (pair, idle) in _tallies)
            {
                if (time.GetElapsedTime(idle.LastAt, now) >= Idle && _tallies.Remove(pair))
                {
                    _other += idle.Times;
                }
            }
        }

        if (_tallies.Count >= pairs)
        {
            return null;
        }

        var tally = new Tally();
        _tallies[(exporter, rule)] = tally;
        return tally;
    }

    private sealed class Tally
    {
        public long Times;
        public long Untold;
        public long LastAt;
        public long? ToldAt;
    }
}
