// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Wire;

namespace Weir.Collector.Collecting;

/// <summary>Malformed input by exporter and reason.</summary>
public sealed class FaultMetrics
{
    public FaultMetrics(IMeterFactory meters, FaultLog faults) =>
        meters.Create("Weir.Collecting").CreateObservableCounter("weir.collecting.malformed_faults", () =>
            from count in faults.Counts
            select new Measurement<long>(
                count.Times, [new("exporter", count.Exporter?.ToString() ?? "other"), new("reason", count.Rule)]),
            "{fault}",
            "Faults in what exporters sent, by the rule that was broken. \"other\" holds what the "
                + "bounded table had no place for.");
}
