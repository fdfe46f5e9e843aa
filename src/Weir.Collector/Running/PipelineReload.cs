// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Wire;

namespace Weir.Collector.Running;

/// <summary>Takes what may change while flows come: what is said of exporters, and thresholds. No socket is closed and
/// no flow waits longer than for a batch.</summary>
/// <param name="pipeline">Lanes and shards.</param>
/// <param name="interfaces">Which interfaces face subscribers.</param>
public sealed class PipelineReload(Pipeline pipeline, SubscriberInterfaces interfaces)
{
    /// <summary>Puts these in force.</summary>
    /// <returns>Ends when every shard counts with the thresholds.</returns>
    public Task ApplyAsync(IReadOnlyList<ExporterOptions> exporters, DetectingOptions detecting)
    {
        interfaces.Replace(InterfacesOf(exporters));
        pipeline.Follow(exporters);
        return Task.Run(() => pipeline.FollowAsync(detecting));
    }

    internal static IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> InterfacesOf(
        IReadOnlyList<ExporterOptions> exporters) => exporters.Select(
            exporter => (exporter.Address, (IEnumerable<uint>)exporter.SubscriberInterfaces));
}
