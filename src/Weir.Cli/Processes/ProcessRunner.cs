// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Data.Common;
using Weir.Cli.Configuring;
using Weir.Collector.Composing;
using Weir.Desk.Alerts;
using Weir.Desk.Composing;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Notices;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Files;
using Weir.Hosting.Governance;
using Weir.Hosting.Metrics;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Posix;
using Weir.Hosting.Running;
using Weir.Hosting.Sections;
using Weir.Store;
using Weir.Vault;
using Weir.Vault.Identity.Records;
using Weir.Wire.Native;

namespace Weir.Cli.Processes;

/// <summary>Runs one process of Weir.</summary>
internal static class ProcessRunner
{
    private const string LockName = "process.lock";

    /// <summary>One that was killed may take a while to be gone.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    /// <summary>Runs until told to stop.</summary>
    /// <param name="process">Its name.</param>
    /// <param name="file">Where its configuration stands, which SIGHUP has read again.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="isSupervised">Whether <c>weir serve</c> started it.</param>
    /// <param name="cancel">Told to stop, unless it is supervised: then SIGTERM alone stops it.</param>
    /// <exception cref="OperatorException">It cannot start, or something it cannot do without failed.</exception>
    public static async Task<int> RunAsync(
        string process, string file, WeirConfiguration settings, bool isSupervised, CancellationToken cancel)
    {
        using var hangUp = new HangUpSignal();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(isSupervised ? default : cancel);
        if (isSupervised)
        {
            Supervision.Begin();
        }

        if (process is ProcessNames.Vault or ProcessNames.Collector)
        {
            OwnProcess.KeepSecret();
        }

        using var told = isSupervised
            ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            })
            : null;
        await using var services =
            new ServiceCollection().AddMetrics().AddLogging(logs => logs.AddPlainConsole()).BuildServiceProvider();
        using var run = new ProcessRun(
            process, settings, new ProcessPlaces(settings, isSupervised), TimeProvider.System,
            services.GetRequiredService<ILoggerFactory>(), services.GetRequiredService<IMeterFactory>())
        {
            File = Path.GetFullPath(file),
        };
        var log = run.Logs.CreateLogger(typeof(ProcessRunner));
        try
        {
            using var alone = isSupervised
                ? await ProcessLock.TakeAsync(
                    Path.Combine(run.Places.RunFolder, process + ".lock"), LockPatience, run.Time, stop.Token)
                : null;
            TakeFolder(process, run, run.File);
            await HoldAsync(process, run, isSupervised ? LockPatience : TimeSpan.Zero, stop.Token);
            var reload = run.Keep(new ProcessReload(process, run.File, run, log));
            var host = ProcessHost.Build(Composition(process, run, reload, hangUp), run.Time, run.Logs);
            var failure = await ProcessHost.RunAsync(host, () => Ready(process, run, log), stop.Token);
            return failure is null
                ? ExitCode.Done
                : throw new OperatorException(
                    $"weir {process} stopped by a failure: {failure.Message}", ExitCode.Failed);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop before it had begun.
            return ExitCode.Done;
        }
        catch (Exception refused) when (ToSentence(process, refused, settings) is { } sentence)
        {
            throw new OperatorException(
                sentence, refused is FeedException feed ? feed.ExitCode
                : refused is InvalidDataException or IdentityException ? ExitCode.BadArguments : ExitCode.Failed);
        }
    }

    /// <summary>Makes sure of the process's folder; who may not run it is told before anything is made.</summary>
    /// <exception cref="InvalidDataException">It may not be had.</exception>
    private static void TakeFolder(string process, ProcessRun run, string file)
    {
        RequirePlaces(process, run);
        GovernanceCheck.RequireLab(run.Settings);
        GovernanceCheck.RequireOwned(run.Settings, file, process == ProcessNames.Desk);
        if (process == ProcessNames.Vault && VaultProcessOptions.UserFault(
            run.Settings.Vault.AllowRoot || run.Places.IsSupervised) is { } fault)
        {
            throw new InvalidDataException(fault);
        }

        var profile = Schema.Kebab(run.Settings.Profile.ToString());
        ProfileMark.Take(run.Places.OwnFolderOf(process), profile);
        if (!run.Places.IsSupervised)
        {
            Require(process, ProcessUsers.Shared(
                run.Settings, run.Governance.InForce.Document, (process, OsUsers.Own)));
        }

        foreach (var folder in run.Places.DataFoldersOf(process))
        {
            DataMark.Of(profile, run.Governance.InForce).Require(folder, run.Governance.Follows);
        }
    }

    /// <summary>One process at a time in its own folder, and one desk over its cases, wherever its record lies.
    /// </summary>
    /// <exception cref="IOException">Another one is there.</exception>
    private static async Task HoldAsync(string process, ProcessRun run, TimeSpan patience, CancellationToken cancel)
    {
        string[] folders = process == ProcessNames.Desk
            ? [run.Places.OwnFolderOf(process), Path.GetFullPath(run.Settings.Cases.Dir)]
            : [run.Places.OwnFolderOf(process)];
        foreach (var folder in folders.Distinct(StringComparer.Ordinal))
        {
            _ = Directory.CreateDirectory(folder, KeyFile.OwnerFolder);
            try
            {
                _ = run.Keep(await ProcessLock.TakeAsync(
                    Path.Combine(folder, LockName), patience, run.Time, cancel));
            }
            catch (IOException held)
            {
                throw new IOException($"{run.Places.SettingOf(process, folder)}: {held.Message}", held);
            }
        }
    }

    /// <summary>Before anything is opened: the right user, sockets that can be, and folders that are some. What
    /// <c>weir serve</c> runs it looked at itself, and is of one user.</summary>
    private static void RequirePlaces(string process, ProcessRun run)
    {
        if (!run.Places.IsSupervised)
        {
            ProcessUsers.RequireOwn(process, run.Settings, OsUsers.Own);
            Require(process, run.Places.SocketFaults().Concat(ProcessUsers.Unknown(run.Settings)));
        }

        foreach (var folder in run.Places.DataFoldersOf(process).Prepend(run.Places.OwnFolderOf(process)))
        {
            if (File.Exists(folder))
            {
                throw new InvalidDataException($"{run.Places.SettingOf(process, folder)}: {folder} is a file, and weir "
                    + $"{process} keeps a folder there; move it away, or name another path");
            }
        }
    }

    private static void Require(string process, IEnumerable<ConfigurationFault> faults)
    {
        var own = faults.Where(fault => ProcessSections.Concerns(process, fault)).ToList();
        if (own.Count > 0)
        {
            throw new InvalidDataException(string.Join('\n', own.Select(fault => fault.Sentence)));
        }
    }

    /// <summary>Says in each folder of data whose it is, now that they are there, and that all have started.</summary>
    private static void Ready(string process, ProcessRun run, ILogger log)
    {
        var mark = DataMark.Of(Schema.Kebab(run.Settings.Profile.ToString()), run.Governance.InForce);
        foreach (var folder in run.Places.DataFoldersOf(process))
        {
            try
            {
                mark.Write(folder);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                log.FolderNotMarked(folder, fault.Message);
            }
        }

        log.ProcessReady(process);
    }

    /// <summary>The components of a process, what is told of them first, and that all have started last.</summary>
    private static Action<IServiceCollection> Composition(
        string process, ProcessRun run, ProcessReload reload, HangUpSignal hangUp)
    {
        var monitor = run.Places.MonitorOf(process);
        Action<IServiceCollection> components = process switch
        {
            ProcessNames.Collector => services =>
            {
                services.AddCollector(CollectorComponents.Create(run));
                run.WatchVault(services, "collection goes on with the keys in memory");
            },
            ProcessNames.Store => services =>
            {
                services.AddStoreProcess(StoreComponents.Create(run));
                run.WatchVault(services, "what is published of a day waits for it");
            },
            ProcessNames.Desk => services =>
            {
                services.AddDeskProcess(DeskComponents.Create(run));
                run.WatchVault(services, "no case is sealed, no customer told and nobody disclosed");
            },
            ProcessNames.Vault => services => services.AddVaultProcess(VaultComponents.Create(run)),
            _ => throw new ArgumentOutOfRangeException(nameof(process), process, "There is no such process."),
        };
        return services =>
        {
            services.AddSingleton(run.Health);
            services.AddSingleton(reload.State);
            services.AddSingleton(run.Meters);
            if (monitor is var (address, setting))
            {
                services.AddMonitoring(address, setting);
            }

            components(services);
            services.AddGovernance(run.Governance, reload.RunAsync);
            services.AddLoop(
                "configuration", provider => stop => hangUp.RunAsync(_ => reload.RunAsync(provider), stop));
            if (monitor is not null)
            {
                services.AddReadiness();
            }
        };
    }

    /// <summary>A refusal as the operator reads it, with the setting to look at; null for what is a fault of the
    /// program.</summary>
    private static string? ToSentence(
        string process, Exception refused, WeirConfiguration settings) => (process, refused) switch
    {
        (_, OperatorException) => null,
        (ProcessNames.Vault, AuditException) => refused.Message,
        (ProcessNames.Desk, AuditException) => $"auditing.dir: {refused.Message}",
        (_, AuditException) => $"processes.dir: {refused.Message}",
        (_, RecordsException or AlertJournalException or NoticeJournalException or DbException) =>
            $"cases.dir: {refused.Message}",
        (ProcessNames.Collector, StoreException) => $"store.spool: {refused.Message}",
        (_, StoreException) =>
            $"{SettingOf(settings.Store)}: {refused.Message}",
        (_, UnauthorizedAccessException) => Denied(process, refused.Message),
        (_, FeedException or InvalidDataException or IdentityException or IOException) => refused.Message,
        _ => null,
    };

    /// <summary>What the system says names the path, and neither who was turned away nor what to do.</summary>
    internal static string Denied(string process, string message)
    {
        var own = OsUsers.NameOf(OsUsers.Own);
        return $"{message.TrimEnd('.')}: weir {process} runs as {own}; give the file and its folder to that user "
            + $"(chown -R {own} FOLDER), or start weir {process} as the user it belongs to";
    }

    private static string SettingOf(StoreOptions store) =>
        store.Cluster.IsUsed ? "store.cluster" : store.Embedded is null ? "store.url" : "store.embedded";
}

/// <summary>Event ids 9030 to 9039.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(EventId = 9030, Level = LogLevel.Information, Message = "weir {Process} has started")]
    public static partial void ProcessReady(this ILogger log, string process);

    [LoggerMessage(EventId = 9031, Level = LogLevel.Information,
        Message = "weir serve is ready: flows on UDP {Listeners}, metrics and health on http://{Web}, reports in "
            + "{Reports}; its four processes are one user, so separation is off")]
    public static partial void ServeReady(this ILogger log, string listeners, string web, string reports);

    [LoggerMessage(EventId = 9032, Level = LogLevel.Warning,
        Message = "weir {Process} ended with code {Code} and is started again in {Wait:0.0} s")]
    public static partial void ChildEnded(this ILogger log, string process, int code, double wait);

    [LoggerMessage(EventId = 9033, Level = LogLevel.Warning,
        Message = "weir {Process} did not stop within {Seconds:0} s and is killed")]
    public static partial void ChildKilled(this ILogger log, string process, double seconds);

    [LoggerMessage(EventId = 9034, Level = LogLevel.Information, Message = "stopping")]
    public static partial void ServeStopping(this ILogger log);

    [LoggerMessage(EventId = 9035, Level = LogLevel.Information, Message = "stopped")]
    public static partial void ServeStopped(this ILogger log);

    [LoggerMessage(EventId = 9037, Level = LogLevel.Warning,
        Message = "{Folder} cannot be marked as this Weir's, so another configuration could open it: {Reason}")]
    public static partial void FolderNotMarked(this ILogger log, string folder, string reason);

    [LoggerMessage(EventId = 9036, Level = LogLevel.Warning,
        Message = "the vault's key is the one that was listed last, if any: {Reason}; grants of another key are refused")]
    public static partial void VaultKeyUnknown(this ILogger log, string reason);
}
