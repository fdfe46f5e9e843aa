// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>The engine in numbers.</summary>
internal sealed class EngineMetrics
{
    public EngineMetrics(IMeterFactory meters, EngineHost engine)
    {
        var meter = meters.Create("Weir.Store.Engine");
        meter.CreateObservableCounter(
            "weir.store.engine_restarts", () => (long)(ProcessOf(engine)?.State.Restarts ?? 0), "{restart}",
            "Times the embedded flow store's process was started again.");
        meter.CreateObservableGauge(
            "weir.store.engine_running", () => ProcessOf(engine) is { State.Running: false } ? 0L : 1L, null,
            "0 while the embedded flow store's process does not answer.");
    }

    private static IEngineProcess? ProcessOf(EngineHost engine)
    {
        try
        {
            return engine.Store.Process;
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
