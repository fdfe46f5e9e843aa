// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Health;

namespace Weir.Hosting.Disks;

/// <summary>Tries every folder of a process every five seconds, each on a thread of its own.</summary>
internal sealed class DiskWatch(WatchedFolders folders, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
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
public sealed class WatchedFolders(IEnumerable<string> folders, IEnumerable<string> remade, TimeProvider time)
{
    /// <summary>Each once.</summary>
    public IReadOnlyList<WatchedFolder> All { get; } =
    [
        .. remade.Select(Path.GetFullPath).Distinct().Select(folder => new WatchedFolder(folder, time, isRemade: true)),
        .. folders.Select(Path.GetFullPath).Distinct().Except(remade.Select(Path.GetFullPath))
            .Select(folder => new WatchedFolder(folder, time)),
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
        .AddSingleton(provider => new WatchedFolders(
            folders, remade, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IHostedService>(provider =>
        {
            var watched = provider.GetRequiredService<WatchedFolders>();
            Measure(provider.GetRequiredService<IMeterFactory>().Create("Weir.Disks"), watched.All);
            provider.GetRequiredService<HealthRegistry>().Add("disk", watched.Check);
            return new DiskWatch(watched, provider.GetRequiredService<TimeProvider>());
        });

    private static void Measure(Meter meter, IReadOnlyList<WatchedFolder> watched)
    {
        meter.CreateObservableGauge(
            "weir.disk.free", () => Each(watched, folder => folder.Room?.FreeOctets), "By",
            "Octets left for this process where it writes.");
        meter.CreateObservableGauge(
            "weir.disk.free_files", () => Each(watched, folder => folder.Room?.FreeFiles), "{file}",
            "Files that can still be made there; absent where the file system has no such bound.");
        meter.CreateObservableGauge(
            "weir.disk.answer", () => watched.Select(folder =>
                new Measurement<double>(folder.Took.TotalSeconds, Label(folder))), "s",
            "How long a small file takes to be written and synced, or takes already.");
    }

    private static IEnumerable<Measurement<long>> Each(
        IReadOnlyList<WatchedFolder> watched, Func<WatchedFolder, long?> read) =>
        from folder in watched
        let value = read(folder)
        where value is not null
        select new Measurement<long>(value.Value, Label(folder));

    private static KeyValuePair<string, object?> Label(WatchedFolder folder) => new("folder", folder.Path);
}
