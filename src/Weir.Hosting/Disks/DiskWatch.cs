// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Health;

namespace Weir.Hosting.Disks;

/// <summary>Tries every folder of a process every five seconds, each on a thread of its own. By the machine's own time:
/// disks answer in it, whatever clock the process is given, and a clock that runs ahead must not try them a million
/// times.</summary>
internal sealed class DiskWatch(WatchedFolders folders) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, TimeProvider.System);
        do
        {
            foreach (var folder in folders.All)
            {
                _ = Task.Factory.StartNew(
                    folder.Try, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

/// <summary>The folders of a process.</summary>
public sealed class WatchedFolders(IEnumerable<string> folders, IEnumerable<string> remade)
{
    /// <summary>Each once.</summary>
    public IReadOnlyList<WatchedFolder> All { get; } =
    [
        .. remade.Select(Path.GetFullPath).Distinct()
            .Select(folder => new WatchedFolder(folder, TimeProvider.System, isRemade: true)),
        .. folders.Select(Path.GetFullPath).Distinct().Except(remade.Select(Path.GetFullPath))
            .Select(folder => new WatchedFolder(folder, TimeProvider.System)),
    ];

    public WatchedFolder Of(string folder) => All.First(one => one.Path == Path.GetFullPath(folder));

    public ComponentHealth Check() =>
        string.Join("; ", All.Select(folder => folder.Fault).Where(fault => fault.Length > 0)) is { Length: > 0 } faults
            ? ComponentHealth.Degraded(faults)
            : ComponentHealth.Ok;
}

/// <summary>Puts the watch over a process's disks into a host.</summary>
public static class DisksRegistration
{
    /// <summary>Adds it: health part <c>disk</c>, and what is left as metrics.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="folders">Folders that the process writes; they are made where they are missing.</param>
    /// <param name="remade">Of them, those that their users make anew where they were removed.</param>
    public static IServiceCollection AddDiskWatch(
        this IServiceCollection services, IEnumerable<string> folders, params string[] remade) => services
        .AddSingleton(_ => new WatchedFolders(folders, remade))
        .AddSingleton<IHostedService>(provider =>
        {
            var watched = provider.GetRequiredService<WatchedFolders>();
            _ = new DiskMetrics(provider.GetRequiredService<IMeterFactory>(), () => watched.All);
            provider.GetRequiredService<HealthRegistry>().Add("disk", watched.Check);
            return new DiskWatch(watched);
        });
}
