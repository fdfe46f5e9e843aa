// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;

namespace Weir.Desk.Collectors;

/// <summary>How fast an exporter delivers.</summary>
/// <param name="Datagrams">A second.</param>
/// <param name="Flows">A second.</param>
public readonly record struct DeliveryRates(double Datagrams, double Flows);

/// <summary>One exporter as its collector tells of it.</summary>
/// <param name="Collector">Its name.</param>
/// <param name="Exporter">Its address.</param>
/// <param name="HeardAgo">Since its last datagram.</param>
/// <param name="Rates">Over the last minute; null before the collector spoke twice.</param>
/// <param name="Missing">Sequence units that never came.</param>
/// <param name="Sampling">One packet in so many; 0 where nobody says.</param>
public sealed record HeardExporter(
    string Collector, string Exporter, TimeSpan HeardAgo, DeliveryRates? Rates, long Missing, uint Sampling);

/// <summary>Rates of one collector's exporters, from what it told within the last minute. Safe for any
/// thread.</summary>
internal sealed class ExporterRates
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly Lock _turn = new();
    private readonly Queue<Told> _told = new();
    private DateTimeOffset _startedAt;
    private Told? _latest;

    private sealed record Told(DateTimeOffset At, Dictionary<string, (long Datagrams, long Flows)> Totals);

    /// <summary>Takes what a collector says; one that started anew, or whose clock went back, begins anew.</summary>
    public void Hear(CollectorStatus status)
    {
        lock (_turn)
        {
            if (status.StartedAt != _startedAt || status.At <= _latest?.At)
            {
                _told.Clear();
            }

            _startedAt = status.StartedAt;
            _latest = new(status.At, status.Exporters.GroupBy(one => one.Exporter, StringComparer.Ordinal).ToDictionary(
                same => same.Key, same => (same.Sum(one => one.Datagrams), same.Sum(one => one.Flows)),
                StringComparer.Ordinal));
            _told.Enqueue(_latest);
            while (_told.Count > 2 && _told.ElementAt(1).At <= status.At - Span)
            {
                _ = _told.Dequeue();
            }
        }
    }

    /// <summary>Null before there are two reports.</summary>
    public DeliveryRates? Of(string exporter)
    {
        lock (_turn)
        {
            if (_told.Count < 2)
            {
                return null;
            }

            var (first, last) = (_told.Peek(), _latest!);
            var seconds = (last.At - first.At).TotalSeconds;
            var (before, now) = (first.Totals.GetValueOrDefault(exporter), last.Totals.GetValueOrDefault(exporter));
            return new(
                Math.Max(0, now.Datagrams - before.Datagrams) / seconds,
                Math.Max(0, now.Flows - before.Flows) / seconds);
        }
    }
}
