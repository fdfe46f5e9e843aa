// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Wire;

namespace Weir.Store.Coverage;

/// <summary>One exporter's minute, of all collectors together.</summary>
internal readonly record struct CoverageMinute(
    IpKey Exporter, long Minute, long Datagrams, long Flows, long Lost, uint Sampling);

/// <summary>Minutes of a window made into counts and gaps. Pure.</summary>
internal static class CoverageFold
{
    private const int MinuteSeconds = 60;

    /// <summary>Folds minutes that stand in order of exporter and time.</summary>
    /// <param name="minutes">Rows of the window; those before it only tell that an exporter is one.</param>
    /// <param name="fromMinute">First minute, since the UNIX epoch.</param>
    /// <param name="untilMinute">First minute after.</param>
    /// <param name="named">Exporters that are answered for, heard or not; empty for those that have rows.</param>
    public static IReadOnlyList<ExporterCoverage> Fold(
        IEnumerable<CoverageMinute> minutes, long fromMinute, long untilMinute, IReadOnlyCollection<IpKey> named)
    {
        var sums = new SortedDictionary<UInt128, Sum>();
        foreach (var exporter in named)
        {
            sums[exporter.Bits] = new(exporter, fromMinute);
        }

        foreach (var row in minutes)
        {
            if (!sums.TryGetValue(row.Exporter.Bits, out var sum))
            {
                sums[row.Exporter.Bits] = sum = new(row.Exporter, fromMinute);
            }

            if (row.Minute >= fromMinute && row.Minute < untilMinute)
            {
                sum.Add(row);
            }
        }

        return [.. sums.Values.Select(sum => sum.End(untilMinute, (int)Math.Max(0, untilMinute - fromMinute)))];
    }

    private sealed class Sum(IpKey exporter, long fromMinute)
    {
        private readonly List<CoverageGap> _gaps = [];
        private long _next = fromMinute;
        private long _silent;
        private int _heard;
        private long _datagrams;
        private long _flows;
        private long _lost;
        private uint _sampling;

        public void Add(in CoverageMinute row)
        {
            _datagrams += row.Datagrams;
            _flows += row.Flows;
            _lost += row.Lost;
            _sampling = Math.Max(_sampling, row.Sampling);
            if (row.Datagrams == 0)
            {
                _silent++;
                return;
            }

            Close(row.Minute);
            _heard++;
            _next = row.Minute + 1;
        }

        public ExporterCoverage End(long untilMinute, int minutes)
        {
            Close(untilMinute);
            IReadOnlyList<CoverageGap> gaps = _gaps.Count <= ExporterCoverage.MaxGaps
                ? _gaps
                : [.. _gaps.OrderByDescending(gap => gap.Until - gap.From).Take(ExporterCoverage.MaxGaps)
                    .OrderBy(gap => gap.From)];
            return new(exporter.ToString(), minutes, _heard, _datagrams, _flows, _lost, _sampling, gaps);
        }

        private void Close(long minute)
        {
            if (minute > _next)
            {
                _gaps.Add(new(At(_next), At(minute), WasWatched: _silent >= minute - _next));
            }

            _silent = 0;
        }

        private static DateTimeOffset At(long minute) =>
            DateTimeOffset.FromUnixTimeSeconds(minute * MinuteSeconds);
    }
}
