// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Comparisons;

/// <summary>Comparisons in numbers.</summary>
internal sealed class ComparingMetrics
{
    public ComparingMetrics(IMeterFactory meters, Func<ComparisonState?> state, TimeProvider time)
    {
        var meter = meters.Create("Weir.Comparing");
        meter.CreateObservableCounter(
            "weir.comparing.runs",
            () => new Measurement<long>[]
            {
                new(state()?.Done ?? 0, new KeyValuePair<string, object?>("reason", "done")),
                new(state()?.Failed ?? 0, new KeyValuePair<string, object?>("reason", "failed")),
            },
            "{run}", "Comparisons that ended in a report, and those that did not.");
        meter.CreateObservableGauge(
            "weir.comparing.duration", () => state()?.Took.TotalSeconds ?? 0, "s",
            "How long the latest comparison took.");
        meter.CreateObservableGauge(
            "weir.comparing.report_age", () => state()?.LastAt is { } at ? (time.GetUtcNow() - at).TotalSeconds : 0,
            "s", "Age of the latest report; 0 before the first.");
    }
}
