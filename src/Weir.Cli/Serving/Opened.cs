// SPDX-License-Identifier: Apache-2.0
//
// What can be refused at the start, each refusal one sentence for the operator: lists, folders, keys, ports, the store.
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Web;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sockets;
using Weir.Contracts.Networks;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;
using Weir.Hosting.Spooling;
using Weir.Store.ClickHouse;
using Weir.Vault.Keys;
using Weir.Wire.Native;

namespace Weir.Cli.Serving;

internal static class Opened
{
    /// <summary>Reads every list once. One that cannot be read and has no earlier copy ends the start.</summary>
    public static void Lists(ListRefresher refresher)
    {
        if (refresher.Refresh() is [var fault, ..])
        {
            throw new OperatorException(fault.Message, fault.ExitCode);
        }
    }

    /// <summary>Makes sure of a folder that is written to.</summary>
    public static void Folder(string setting, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".weir.{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"{setting}: {folder} cannot be written: {fault.Message}; give it to this user or name another",
                ExitCode.Failed);
        }
    }

    /// <summary>The tie to the vault, asked once; null where none is configured.</summary>
    public static async Task<VaultLink?> VaultAsync(
        WeirConfiguration settings, TimeProvider time, ILoggerFactory logs, IMeterFactory meters,
        CancellationToken cancel)
    {
        if (settings.Vault.Socket is not { } socket)
        {
            return null;
        }

        var leased = settings.Attributing.Networks.Any(network => network.Attribution != NetworkAttribution.Static);
        var link = new VaultLink(
            new VaultPeer(socket, settings.Vault.User, time, meters, logs), named: settings.Profile != Profile.Lab, leased,
            time, logs);
        await link.OpenAsync(cancel);
        return link;
    }

    /// <summary>The keys in files of this machine, where no vault holds them; tried at once, so that a bad one does not
    /// show at the first sighting.</summary>
    public static EpochKeys? Keys(WeirConfiguration settings, TimeProvider time)
    {
        if (settings.Profile == Profile.Lab || settings.Vault.Socket is not null)
        {
            return null;
        }

        try
        {
            var keys = new EpochKeys(settings.Attributing.KeyDir, time);
            _ = keys.GetKey(Epochs.At(time.GetUtcNow()));
            return keys;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new OperatorException($"attributing.key-dir: {fault.Message}", ExitCode.Failed);
        }
    }

    /// <summary>The audit log, checked from its last head on.</summary>
    public static FileAuditLog Audit(AuditOptions options, TimeProvider time, ILoggerFactory logs)
    {
        try
        {
            return FileAuditLog.Open(options, time, logs.CreateLogger<FileAuditLog>());
        }
        catch (AuditException refused)
        {
            throw new OperatorException($"auditing.dir: {refused.Message}", ExitCode.Failed);
        }
    }

    public static UdpIntake Sockets(
        CollectingSettings settings, IntakeGate gate, TimeProvider time, ILoggerFactory logs)
    {
        try
        {
            return UdpIntake.Open(StageOptions.Collecting(settings), gate, time, logs.CreateLogger<UdpIntake>());
        }
        catch (IOException refused)
        {
            throw new OperatorException($"collecting.listen: {refused.Message}", ExitCode.Failed);
        }
    }

    public static async Task<WebHost> WebAsync(WebSettings settings, MetricsRegistry registry, HealthRegistry health)
    {
        try
        {
            return await WebHost.StartAsync(settings, registry, health);
        }
        catch (IOException refused)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
    }

    public static Spool Spool(StoreSettings settings, ILoggerFactory logs)
    {
        try
        {
            return new Spool(new SpoolOptions { Directory = settings.Spool }, logs.CreateLogger<Spool>());
        }
        catch (StoreException refused)
        {
            throw new OperatorException($"store.spool: {refused.Message}", ExitCode.Failed);
        }
    }

    public static async Task<FlowStore> StoreAsync(
        StoreSettings settings, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        try
        {
            return settings.Embedded is { } folder
                ? await FlowStore.OpenEmbeddedAsync(folder, time, logs, cancel)
                : await FlowStore.OpenServerAsync(StageOptions.Server(settings), time, logs, cancel);
        }
        catch (StoreException refused)
        {
            throw new OperatorException(
                $"{(settings.Embedded is null ? "store.url" : "store.embedded")}: {refused.Message}", ExitCode.Failed);
        }
    }
}
