// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Wire;

namespace Weir.Collector.Running;

/// <summary>Takes what may change while flows come: what is said of exporters, and thresholds. No socket is closed and
/// no flow waits longer than for a batch.</summary>
/// <param name="pipeline">Lanes and shards.</param>
/// <param name="interfaces">Which interfaces face subscribers.</param>
/// <param name="known">Whose datagrams are decoded.</param>
public sealed class PipelineReload(Pipeline pipeline, SubscriberInterfaces interfaces, KnownExporters known)
{
    /// <summary>Puts these in force.</summary>
    /// <returns>Ends when every shard counts with the thresholds.</returns>
    public Task ApplyAsync(
        IReadOnlyList<ExporterOptions> exporters, IReadOnlyList<KnownExporterOptions> admitted,
        DetectingOptions detecting)
    {
        interfaces.Replace(InterfacesOf(exporters));
        interfaces.Admit(InterfacesOf(admitted));
        known.Replace(admitted);
        pipeline.Follow(exporters);
        return Task.Run(() => pipeline.FollowAsync(detecting));
    }

    internal static IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> InterfacesOf(
        IReadOnlyList<ExporterOptions> exporters) => exporters.Select(
            exporter => (exporter.Address, (IEnumerable<uint>)exporter.SubscriberInterfaces));

    internal static IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> InterfacesOf(
        IReadOnlyList<KnownExporterOptions> admitted) => admitted.Where(one => one.Interfaces.Count > 0).Select(
            one => (one.Network, one.Interfaces.Where(known => known.Role == InterfaceRole.Subscriber)
                .Select(known => known.Index)));
}
