// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Collector.Decoding;
using Weir.Hosting.Health;
using Weir.Wire;

namespace Weir.Collector.Running;

/// <summary>Exporters whose times cannot be: their flows are taken under the export time or that of arrival, and
/// somebody has to set a clock. Told until ten minutes after the last such flow.</summary>
internal sealed class ExporterClockHealth(Func<IEnumerable<ExporterListing>> exporters, TimeProvider time)
{
    private static readonly TimeSpan Told = TimeSpan.FromMinutes(10);

    private readonly Dictionary<IpKey, (long Replaced, DateTimeOffset At)> _last = [];

    public ComponentHealth Read()
    {
        var now = time.GetUtcNow();
        var faults = new List<string>();
        foreach (var exporter in exporters().GroupBy(static e => e.Address))
        {
            var clocks = exporter.Sum(static e => e.ClocksReplaced);
            var replaced = clocks + exporter.Sum(static e => e.TimesReplaced);
            var known = _last.GetValueOrDefault(exporter.Key, (0, DateTimeOffset.MinValue));
            if (replaced > known.Replaced)
            {
                _last[exporter.Key] = known = (replaced, now);
            }

            if (now - known.At < Told)
            {
                faults.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"exporter {exporter.Key} tells times that cannot be ({replaced} flows, taken under the "
                        + $"{(clocks > 0 ? "arrival" : "export")} time); set its clock"));
            }
        }

        return faults.Count == 0 ? ComponentHealth.Ok : ComponentHealth.Degraded(string.Join("; ", faults.Take(8)));
    }
}
