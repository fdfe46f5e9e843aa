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
        meter.CreateObservableGauge(
            "weir.exporters.datagrams_per_second", () => Each(one => one.Rates?.Datagrams), null,
            "Datagrams of an exporter a second over the last minute, as its collector told.");
        meter.CreateObservableGauge(
            "weir.exporters.flows_per_second", () => Each(one => one.Rates?.Flows), null,
            "Flows of an exporter a second over the last minute, as its collector told.");
        meter.CreateObservableGauge(
            "weir.exporters.heard_age", () => Each(one => Math.Max(0, one.HeardAgo.TotalSeconds)), "s",
            "How long ago an exporter's last datagram came.");
        meter.CreateObservableGauge(
            "weir.exporters.missing", () => Each(one => one.Missing), "{unit}",
            "Messages (v9, sFlow) or flows (v5, IPFIX) that an exporter's sequence numbers miss, as its collector told.");
        meter.CreateObservableGauge(
            "weir.exporters.sampling_interval", () => Each(one => one.Sampling), null,
            "One packet in so many is looked at; 0 where nobody says.");

        IEnumerable<Measurement<double>> Each(Func<HeardExporter, double?> value) =>
            from exporter in statuses.Exporters
            let number = value(exporter)
            where number is not null
            select new Measurement<double>(
                number.Value, new("collector", exporter.Collector), new("exporter", exporter.Exporter));
    }
}
