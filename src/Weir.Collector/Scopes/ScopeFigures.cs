// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Weir.Collector.Events;

namespace Weir.Collector.Scopes;

/// <summary>Counts of scopes since the start, and their instruments.</summary>
internal sealed class ScopeFigures
{
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private long _provisional;

    /// <summary>Orders that were refused, by code.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    public void AddRefused(string code) => _refused.AddOrUpdate(code, 1, (_, before) => before + 1);

    public void AddProvisional(int scopes) => Interlocked.Add(ref _provisional, scopes);

    /// <summary>Makes the instruments.</summary>
    public void Register(IMeterFactory meters, ScopeKeeper keeper, OwnEvents own)
    {
        var meter = meters.Create("Weir.Scopes");
        meter.CreateObservableCounter(
            "weir.scopes.refused", () => _refused.Select(one => Labelled(one.Value, "reason", one.Key)), "{order}",
            "Orders of the desk that do not follow from their grounds, by code: nothing was watched.");
        meter.CreateObservableGauge(
            "weir.scopes.watched", () => (IEnumerable<Measurement<long>>)[
                Labelled(keeper.Ordered, "state", "ordered"), Labelled(keeper.Provisional, "state", "provisional")],
            "{scope}", "Scopes watched: ordered by the desk, or provisionally because of an own event.");
        meter.CreateObservableCounter(
            "weir.scopes.provisional", () => Interlocked.Read(ref _provisional), "{scope}",
            "Scopes watched at once because of an own event, before the desk ordered anything.");
        meter.CreateObservableCounter(
            "weir.scopes.provisional_missed", () => own.Missed, "{event}",
            "Own events for which nothing was recorded at once because too many waited.");
    }

    private static Measurement<long> Labelled(long count, string label, string value) =>
        new(count, new KeyValuePair<string, object?>(label, value));
}
