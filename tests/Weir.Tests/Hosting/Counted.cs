// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Weir.Tests.Hosting;

/// <summary>Meters of one test, and what they counted: <c>instrument{label=value,…}</c> in the order of the
/// labels.</summary>
internal sealed class Counted : IDisposable
{
    private readonly ConcurrentDictionary<string, double> _sums = [];
    private readonly MeterListener _listener = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public Counted()
    {
        Meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == Meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _listener.Start();
    }

    public IMeterFactory Meters { get; }

    public double this[string key]
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _sums.GetValueOrDefault(key);
        }
    }

    public string All => string.Join('\n', _sums.Select(pair => $"{pair.Key} {pair.Value}").Order());

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        var key = labels.Length == 0 ? instrument.Name : $"{instrument.Name}{{{labels}}}";
        _ = instrument.IsObservable
            ? _sums[key] = value
            : _sums.AddOrUpdate(key, value, (_, sum) => sum + value);
    }
}

/// <summary>Log lines of one test.</summary>
internal sealed class Logged : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = [];

    public IReadOnlyList<string> Of(int id) => [.. _lines.Where(line => line.Id == id).Select(line => line.Text)];

    public string All => string.Join('\n', _lines.Select(line => $"{line.Id} {line.Text}"));

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("Weir", StringComparison.Ordinal) ? this
            : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
