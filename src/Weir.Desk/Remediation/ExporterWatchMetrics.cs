// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Remediation;

/// <summary>Exporters that fell silent, in numbers.</summary>
internal sealed class ExporterWatchMetrics
{
    public ExporterWatchMetrics(IMeterFactory meters, Func<int> silent) =>
        meters.Create("Weir.Remediation").CreateObservableGauge(
            "weir.exporters.silent", silent, "{exporter}",
            "Exporters heard within a day that have delivered nothing for longer than a gap may be.");
}
