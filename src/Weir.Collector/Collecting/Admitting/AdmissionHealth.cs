// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using Weir.Hosting.Health;

namespace Weir.Collector.Collecting.Admitting;

/// <summary>What came from exporters that are not named, for whoever looks after the collector: said once, whatever
/// their number.</summary>
internal static class AdmissionHealth
{
    private static readonly TimeSpan Told = TimeSpan.FromMinutes(10);

    /// <summary>Told until ten minutes after the last such datagram; and while nobody is named at all.</summary>
    public static ComponentHealth Read(KnownExporters known, DateTimeOffset now)
    {
        if (known.IsEmpty)
        {
            return ComponentHealth.Degraded("collecting.exporters names no exporter, so nothing is decoded; weir "
                + "exporters prints the lines to add for those that are heard");
        }

        if (known.LastUnlistedMs == 0
            || now - DateTimeOffset.FromUnixTimeMilliseconds(known.LastUnlistedMs) > Told)
        {
            return ComponentHealth.Ok;
        }

        var datagrams = known.List().Sum(one => one.Datagrams);
        return ComponentHealth.Degraded(string.Create(
            CultureInfo.InvariantCulture,
            $"{datagrams} datagrams or connections came from exporters that collecting.exporters does not name, or not "
                + $"from that port, without TLS or with another key, and were not decoded; weir exporters says which, "
                + $"and prints the lines to add"));
    }

    /// <summary>Adds the counter.</summary>
    public static void AddMetrics(IMeterFactory meters, KnownExporters known) =>
        meters.Create("Weir.Collecting").CreateObservableCounter(
            "weir.collecting.unlisted_datagrams",
            () => known.List().Select(one => new Measurement<long>(
                one.Datagrams,
                [
                    new("exporter", one.Address?.ToString() ?? "other"),
                    new("reason", KnownExporters.ToName(one.Fault)),
                ])),
            "{datagram}",
            "Datagrams and connections that were not decoded because collecting.exporters does not name their sender, "
                + "or another port of it, or keys by which it has to come over TLS, or because the certificate was "
                + "none of these; sixty-four senders by name, the others together.");
}
