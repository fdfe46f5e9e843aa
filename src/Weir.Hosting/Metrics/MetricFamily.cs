// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Metrics;

/// <summary>One instrument and its series. Used under the registry's lock.</summary>
public sealed class MetricFamily
{
    private static readonly double[] DefaultBounds = [0.001, 0.01, 0.1, 1, 10, 100];

    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly bool _observed;
    private readonly bool _adds;

    public MetricFamily(Instrument instrument)
    {
        Name = MetricNames.ToPrometheusName(instrument);
        Kind = MetricNames.Kind(instrument);
        Meaning = instrument.Description ?? "";
        Bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray()
            ?? (instrument as Histogram<long>)
                ?.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray()
            ?? DefaultBounds;
        _observed = instrument.IsObservable;
        _adds = Kind != "gauge" || MetricNames.IsSum(instrument);
    }

    public string Name { get; }

    public string Kind { get; }

    public string Meaning { get; }

    /// <summary>Upper bounds of a histogram's buckets, without the last, infinite one.</summary>
    public IReadOnlyList<double> Bounds { get; }

    public IEnumerable<KeyValuePair<string, Series>> All => _series;

    /// <summary>Observed series are told anew at every reading: one that is no longer told is gone.</summary>
    public void BeginRound()
    {
        if (_observed)
        {
            _series.Clear();
        }
    }

    public void Record(string labels, double value, int atMost, string overflow)
    {
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= atMost)
            {
                labels = overflow;
            }

            if (!_series.TryGetValue(labels, out series))
            {
                _series[labels] =
                    series = new Series { Buckets = Kind == "histogram" ? new long[Bounds.Count + 1] : [] };
            }
        }

        // Measurements whose labels were dropped fall together; so do those of an observed instrument in one round.
        series.Sum = _adds || _observed ? series.Sum + value : value;
        series.Count++;
        if (series.Buckets.Length > 0)
        {
            var bucket = 0;
            while (bucket < Bounds.Count && value > Bounds[bucket])
            {
                bucket++;
            }

            series.Buckets[bucket]++;
        }
    }
}

/// <summary>The state of one instrument under one set of labels.</summary>
public sealed class Series
{
    public double Sum { get; set; }

    public long Count { get; set; }

    /// <summary>Measurements per bucket, not cumulated; empty but for histograms.</summary>
    public long[] Buckets { get; init; } = [];
}
