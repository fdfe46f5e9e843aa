// SPDX-License-Identifier: Apache-2.0
//
// weir serve: the four processes as children of one, of one user. It holds nothing of theirs but what any monitor gets:
// metrics and health, put together on one page.
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Contracts.Clients;
using Weir.Hosting.Files;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Posix;
using Weir.Hosting.Reloading;
using Weir.Hosting.Sections;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Processes;

/// <summary>Runs the four. The constructor is inert.</summary>
internal sealed class Supervisor(
    WeirConfiguration settings, string configuration, TimeProvider time, ILoggerFactory logs)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CollectorStops = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OthersStop = TimeSpan.FromSeconds(20);

    private readonly ProcessPlaces _places = new(settings, isSupervised: true);
    private readonly ILogger _log = logs.CreateLogger<Supervisor>();

    /// <summary>Runs until <paramref name="stop"/>.</summary>
    /// <returns>0, or the code of a child that refused to start.</returns>
    /// <exception cref="OperatorException">Something that all need cannot be had.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        foreach (var process in (string[])[ProcessNames.Store, ProcessNames.Desk, ProcessNames.Vault])
        {
            if (_places.TlsOf(process)?.Connect is { } elsewhere)
            {
                var key = process == ProcessNames.Vault ? "vault.tls.connect" : $"processes.{process}.tls.connect";
                throw new OperatorException(
                    $"{key}: is {elsewhere}, and weir serve starts the {process} here; take the key out, or start the "
                    + "processes of this machine one by one (docs/16-four-processes.md)");
            }
        }

        if (_places.SocketFaults().Select(fault => fault.Sentence).ToList() is { Count: > 0 } faults)
        {
            throw new OperatorException(string.Join("\nweir: ", faults));
        }

        RequireOneUser();
        await PrepareKeysAsync(stop);
        using var alone = await TakeLockAsync(stop);
        using var hangUp = new HangUpSignal();
        using var monitor = new ChildMonitor(_places);
        var children = Names().Select(Child).ToList();
        var state = new ReloadState(ProcessNames.Serve);
        await using var web = new MonitoringServer(MonitorAddress.At(settings.Web.Listen), "web.listen", new Page(
            monitor, children, state));
        try
        {
            await web.StartAsync(stop);
        }
        catch (IOException refused)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }

        var running = children.Select(child => child.RunAsync()).ToList();
        var code = await UntilReadyAsync(children, monitor, stop);
        if (code == ExitCode.Done && !stop.IsCancellationRequested)
        {
            var listeners = string.Join(' ', settings.Collecting.Listen.Distinct().Select(at => $"{at}")
                .Concat(settings.Collecting.Sessions.Tcp.Select(at => $"tcp://{at}"))
                .Concat(settings.Collecting.Sessions.Tls.Select(at => $"tls://{at}")));
            var console = web.Address.Authority;
            _log.ServeReady(listeners, console, settings.Report.Dir);
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var stopping = stop.Register(told.SetResult);
            var reload = new ChildReload(configuration, monitor, state, time, _log);
            await Task.WhenAny(told.Task, hangUp.RunAsync(cancel => reload.RunAsync(children, cancel), stop));
            await told.Task;
        }

        _log.ServeStopping();
        await StopAsync(children);
        await Task.WhenAll(running);
        children.ForEach(child => child.Dispose());
        _log.ServeStopped();
        return code;
    }

    private void RequireOneUser()
    {
        try
        {
            GovernanceCheck.RequireOneUser(
                settings, GovernanceCheck.Watch(settings, _places.OwnFolderOf(ProcessNames.Desk), time).InForce);
        }
        catch (InvalidDataException refused)
        {
            throw new OperatorException(refused.Message);
        }
    }

    /// <summary>Whoever takes stands before whoever gives; they are stopped in reverse.</summary>
    private IEnumerable<string> Names() =>
        !_places.IsVaultSupervised
            ? [ProcessNames.Store, ProcessNames.Desk, ProcessNames.Collector]
            : [ProcessNames.Vault, ProcessNames.Store, ProcessNames.Desk, ProcessNames.Collector];

    private SupervisedProcess Child(string name) => new(
        new SupervisedOptions(name, configuration, name == ProcessNames.Collector ? CollectorStops : OthersStop), time,
        logs.CreateLogger<SupervisedProcess>());

    /// <summary>All four are of this user, so their keys are made here, and listed.</summary>
    private async Task PrepareKeysAsync(CancellationToken stop)
    {
        if (_places.IsVaultSupervised)
        {
            KeyFile.Folder(Path.GetFullPath(settings.Vault.Dir));
        }

        List<string> lines = _places is { HasVault: true, IsVaultSupervised: false } ? await VaultLinesAsync(stop) : [];
        foreach (var (process, role, name) in ((string, string, string)[])
        [
            (ProcessNames.Collector, ProcessNames.Collector, settings.Processes.Collector.Name),
            (ProcessNames.Store, ProcessNames.Store, ProcessNames.Store),
            .. settings.Profile == Profile.Lab ? [(ProcessNames.Desk, ProcessNames.Vault, "lab")]
                : (IEnumerable<(string, string, string)>)[],
            .. _places.IsVaultSupervised ? [(ProcessNames.Vault, ProcessNames.Vault, ProcessNames.Vault)]
                : (IEnumerable<(string, string, string)>)[],
        ])
        {
            using var key = process == ProcessNames.Desk
                ? ProcessKeys.Open(_places.KeyOf(process)) : ProcessKeys.OpenAtStart(_places.KeyOf(process));
            lines.Add(ProcessKeys.LineOf(role, name, key.Public));
        }

        try
        {
            ProcessKeys.WriteRing(_places.PublicKeys, lines);
            foreach (var process in (string[])[ProcessNames.Store, ProcessNames.Desk, ProcessNames.Vault])
            {
                Directory.CreateDirectory(
                    Path.GetDirectoryName(_places.SocketOf(process))!,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"processes.dir: {settings.Processes.Dir} cannot be written: {fault.Message}; give it to this user or "
                + "name another", ExitCode.Failed);
        }
    }

    /// <summary>The key of a vault that runs by itself: it says so over its socket, whose user is checked. One that
    /// does not answer stays with what is listed.</summary>
    private async Task<List<string>> VaultLinesAsync(CancellationToken stop)
    {
        try
        {
            using var vault = new VaultPeer(_places.VaultSocket, _places.VaultUser);
            var status = await new OperatorVaultClient(vault.Client).StatusAsync(stop);
            return [$"{ProcessNames.Vault} {ProcessNames.Vault} {status.GrantKey}"];
        }
        catch (Exception away) when (away is VaultDownException or VaultRefusedException)
        {
            _log.VaultKeyUnknown(away.Message);
            return File.Exists(_places.PublicKeys)
                ? [.. File.ReadLines(_places.PublicKeys)
                    .Where(line =>
                        line.StartsWith(ProcessNames.Vault + " " + ProcessNames.Vault + " ", StringComparison.Ordinal))]
                : [];
        }
    }

    /// <exception cref="OperatorException">Another weir serve has these folders.</exception>
    private async Task<ProcessLock> TakeLockAsync(CancellationToken stop)
    {
        try
        {
            return await ProcessLock.TakeAsync(
                Path.Combine(_places.RunFolder, "serve.lock"), LockPatience, time, stop);
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"processes.run-dir: {held.Message}", ExitCode.Failed);
        }
    }

    /// <returns>0 when all are ready or the stop was told, else the code of the first that refused.</returns>
    private async Task<int> UntilReadyAsync(
        List<SupervisedProcess> children, ChildMonitor monitor, CancellationToken stop)
    {
        var waiting = children.ToList();
        while (!stop.IsCancellationRequested)
        {
            // One that ended between its answer and the note of it has refused all the same.
            if (children.FirstOrDefault(child => child.Refused.IsCompleted) is { } refused)
            {
                return await refused.Refused is var code && code != ExitCode.Done ? code : ExitCode.Failed;
            }

            if (waiting.Count == 0)
            {
                break;
            }

            foreach (var child in waiting.ToList())
            {
                if (await monitor.IsReadyAsync(child.Name, stop))
                {
                    child.WasReady();
                    _ = waiting.Remove(child);
                }
            }

            await Task.WhenAny(Task.Delay(LookEvery, time, stop));
        }

        return ExitCode.Done;
    }

    /// <summary>The collector first, so that what it took still finds everybody; then the rest.</summary>
    private static async Task StopAsync(List<SupervisedProcess> children)
    {
        foreach (var child in children.AsEnumerable().Reverse())
        {
            await child.StopAsync();
        }
    }

    /// <summary>What the children tell, on one page.</summary>
    private sealed class Page(ChildMonitor monitor, List<SupervisedProcess> children, ReloadState reload) : IMonitored
    {
        public ReloadResult Configuration => reload.Latest;

        public async Task<string> MetricsAsync(CancellationToken cancel) => MergedMetrics.Merge(
            await Task.WhenAll(children.Select(async child =>
                (child.Name, await monitor.MetricsAsync(child.Name, cancel) ?? ""))));

        public async Task<(string Json, bool IsLive, bool IsReady)> HealthAsync(CancellationToken cancel) =>
            MergedHealth.Merge(await Task.WhenAll(children.Select(async child =>
                (child.Name, await monitor.HealthAsync(child.Name, cancel)))));

        public async Task<string?> RetentionAsync(CancellationToken cancel) =>
            HeldByProcesses.Merge(await Task.WhenAll(children.Select(async child =>
                (child.Name, await monitor.RetentionAsync(child.Name, cancel)))));

        public Task<string?> ExportersAsync(CancellationToken cancel) =>
            monitor.ExportersAsync(ProcessNames.Collector, cancel);
    }
}
