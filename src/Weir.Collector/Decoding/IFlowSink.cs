// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Takes decoded flows. A struct, so the calls are direct.</summary>
public interface IFlowSink
{
    /// <summary>Whether flows are of use to it, or only what their exporters teach.</summary>
    static virtual bool WantsFlows => true;

    /// <summary>
    /// One flow: sampling interval at least 1, start and end never 0 and in order. <paramref name="exporter"/> holds
    /// which source told the rate.
    /// </summary>
    void OnFlow(in FlowRecord flow, ExporterState exporter);
}
