// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Metrics;

/// <summary>
/// Listens to every instrument of one meter factory and keeps their sums. The number of series is bounded: what goes
/// beyond is summed up in one series per instrument with <c>reason="too many series"</c>, so that totals stay right.
/// </summary>
public sealed class MetricsRegistry : IDisposable
{
    public const int DefaultSeries = 4_096;
    private const string Overflow = "reason=\"too many series\"";

    private readonly Lock _lock = new();
    private readonly Lock _reading = new();
    private readonly MeterListener _listener = new();
    private readonly int _seriesPerInstrument;
    private readonly Dictionary<Instrument, MetricFamily> _families = [];

    public MetricsRegistry(IMeterFactory meters, int seriesPerInstrument = DefaultSeries)
    {
        _seriesPerInstrument = seriesPerInstrument;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                lock (_lock)
                {
                    _families.TryAdd(instrument, new MetricFamily(instrument));
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) =>
        {
            lock (_lock)
            {
                _ = _families.Remove(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<byte>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<short>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<float>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((i, value, tags, _) => Record(i, (double)value, tags));
        _listener.Start();
    }

    /// <summary>The instruments there are, by Prometheus name.</summary>
    public IReadOnlyList<Instrument> Instruments
    {
        get
        {
            lock (_lock)
            {
                return [.. _families.Keys.OrderBy(MetricNames.ToPrometheusName, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Asks the observable instruments and gives every family, by name.</summary>
    /// <exception cref="AggregateException">A callback failed.</exception>
    public void Read(Action<MetricFamily> each)
    {
        // One reading at a time: two at once would sum up what the observable instruments tell.
        lock (_reading)
        {
            lock (_lock)
            {
                foreach (var family in _families.Values)
                {
                    family.BeginRound();
                }
            }

            _listener.RecordObservableInstruments();
            lock (_lock)
            {
                foreach (var family in _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
                {
                    each(family);
                }
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = MetricNames.LabelText(tags);
        lock (_lock)
        {
            if (_families.TryGetValue(instrument, out var family))
            {
                family.Record(labels, value, _seriesPerInstrument, Overflow);
            }
        }
    }
}
