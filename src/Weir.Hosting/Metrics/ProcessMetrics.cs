// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Hosting.Health;

namespace Weir.Hosting.Metrics;

/// <summary>The process as a whole.</summary>
public sealed class ProcessMetrics
{
    public ProcessMetrics(IMeterFactory meters, HealthRegistry health)
    {
        var meter = meters.Create("Weir.Process");
        meter.CreateObservableCounter(
            "weir.process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s",
            "Processor time of the process, its children not included.");
        meter.CreateObservableGauge(
            "weir.process.resident", () => Environment.WorkingSet, "By", "Memory the process holds.");
        meter.CreateObservableCounter(
            "weir.process.allocated", () => GC.GetTotalAllocatedBytes(), "By",
            "Managed memory allocated since the start; steady under load when the hot paths are clean.");
        meter.CreateObservableGauge("weir.process.health", () => health.Read().Parts.Select(part =>
            new Measurement<int>((int)part.Health.State, new KeyValuePair<string, object?>("part", part.Part))), null,
            "0 ok, 1 degraded, 2 failing, by part of the system; `/healthz` gives the reasons.");
    }
}
