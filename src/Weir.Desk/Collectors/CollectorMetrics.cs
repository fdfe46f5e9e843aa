// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Collectors;

/// <summary>Collectors as the desk hears them.</summary>
public sealed class CollectorMetrics
{
    public CollectorMetrics(IMeterFactory meters, CollectorStatuses statuses, ListsPublisher lists)
    {
        var meter = meters.Create("Weir.Collectors");
        meter.CreateObservableGauge(
            "weir.collectors.age",
            () => statuses.All.Select(heard => new Measurement<double>(
                statuses.AgeOf(heard).TotalSeconds, new KeyValuePair<string, object?>("collector", heard.Status.Name))),
            "s", "How long ago each collector told of itself.");
        meter.CreateObservableGauge(
            "weir.collectors.lists_octets", () => lists.Notice?.Octets ?? 0, "By",
            "Octets of the lists that collectors get.");
    }
}
