// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.Serving;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Events;
using Weir.Collector.Lists;
using Weir.Collector.Running;
using Weir.Collector.Segments;
using Weir.Hosting.Spooling;

namespace Weir.Cli.Processes;

/// <summary>The configuration as the collector's components take it.</summary>
internal static class CollectorMapping
{
    public static UdpOptions Collecting(WeirConfiguration settings) => StageOptions.Collecting(settings.Collecting);

    /// <param name="settings">The configuration.</param>
    /// <param name="now">Start of the program: flows of before were not heard.</param>
    public static FlowsOptions Flows(WeirConfiguration settings, DateTimeOffset now) => new()
    {
        Decoding = StageOptions.Decoding(settings.Decoding),
        ActiveTimeout = settings.Decoding.ActiveTimeout,
        Networks = StageOptions.Attributing(settings.Attributing),
        Interfaces = StageOptions.Interfaces(settings.Decoding),
        Detecting = StageOptions.Detecting(settings.Detecting, settings.Decoding.ActiveTimeout),
        Digesting = StageOptions.Digesting(settings.Digesting),
        Ring = StageOptions.Ring(settings.Evidence, now),
        FlushInterval = settings.Digesting.FlushInterval,
        EvidenceFlushInterval = settings.Evidence.FlushInterval,
        RetentionDays = settings.Store.RetentionDays,
        TemplateFile = Path.GetFullPath(settings.Decoding.TemplateFile),
    };

    public static SegmentsOptions Segments(WeirConfiguration settings) =>
        new() { Spool = new SpoolOptions { Directory = settings.Store.Spool } };

    /// <param name="folder">The collector's own folder.</param>
    public static EventsOptions Events(string folder) =>
        new() { Folder = Path.GetFullPath(Path.Combine(folder, "events")) };

    /// <param name="folder">The collector's own folder.</param>
    public static ListsOptions Lists(string folder) =>
        new() { Folder = Path.GetFullPath(Path.Combine(folder, "lists")) };
}
