// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.Processes.Mapping;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Composing;
using Weir.Collector.Events;
using Weir.Collector.Keys;
using Weir.Collector.Lists;
using Weir.Collector.Running;
using Weir.Collector.Segments;
using Weir.Hosting.Spooling;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Processes;

/// <summary>The configuration as the collector's components take it.</summary>
internal static class CollectorMapping
{
    public static UdpOptions Collecting(WeirConfiguration settings) => StageMapping.Collecting(settings.Collecting);

    /// <param name="settings">The configuration.</param>
    /// <param name="now">Start of the program: flows of before were not heard.</param>
    public static FlowsOptions Flows(WeirConfiguration settings, DateTimeOffset now) => new()
    {
        Decoding = StageMapping.Decoding(settings.Decoding),
        ActiveTimeout = settings.Decoding.ActiveTimeout,
        Networks = StageMapping.Attributing(settings.Attributing),
        Interfaces = StageMapping.Interfaces(settings.Decoding),
        Detecting = StageMapping.Detecting(settings.Detecting, settings.Decoding.ActiveTimeout),
        Digesting = StageMapping.Digesting(settings.Digesting),
        Ring = StageMapping.Ring(settings.Evidence, now),
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

    /// <summary>Answers of the desk hold every scope in force.</summary>
    private const int DeskAnswerOctets = 64 << 20;

    /// <summary>The whole process.</summary>
    public static CollectorProcessOptions Options(ProcessRun run)
    {
        var settings = run.Settings;
        var folder = run.Places.FolderOf(ProcessNames.Collector);
        return new CollectorProcessOptions
        {
            Name = settings.Processes.Collector.Name,
            Key = run.Keep(ProcessKeys.Open(run.Places.KeyOf(ProcessNames.Collector))),
            Ring = ProcessKeys.ReadRing(run.Places.PublicKeys),
            Desk = run.Client(ProcessNames.Desk, DeskAnswerOctets),
            Store = run.Client(ProcessNames.Store),
            Vault = run.Places.HasVault ? run.VaultClient() : null,
            Keys = Keys(run),
            Collecting = Collecting(settings),
            Flows = Flows(settings, run.Time.GetUtcNow()),
            Segments = Segments(settings),
            Events = Events(folder),
            Lists = Lists(folder),
            Auditing = new()
            {
                Directory = Path.Combine(folder, "audit"), Retention = settings.Auditing.Keep,
                Version = VersionAction.Text,
            },
            Time = run.Time,
            Logs = run.Logs,
            Meters = run.Meters,
            Health = run.Health,
        };
    }

    private static ICollectorKeys Keys(ProcessRun run)
    {
        var settings = run.Settings;
        var isLeased = settings.Attributing.Networks.Any(network => network.Attribution != NetworkAttribution.Static);
        var isNamed = settings.Profile != Profile.Lab;
        return isLeased || isNamed
            ? new CollectorVaultKeys(
                new CollectorVaultClient(run.VaultClient()), isNamed, isLeased, run.Time, run.Logs)
            : new ClearSubjects();
    }
}
