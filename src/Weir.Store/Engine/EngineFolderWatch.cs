// SPDX-License-Identifier: Apache-2.0
//
// An engine whose folder somebody removed answers errors for ever. What it held is lost, and that is said; the engine
// is started on a new folder, so that what comes is kept again. Where the folder above is another, too, a disk was
// unmounted: then nothing is made, since it would fill the disk below.
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Posix;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>Looks at the embedded engine's folder every five seconds.</summary>
internal sealed class EngineFolderWatch(
    StoreOptions settings, EngineHost engine, TimeProvider time, ILogger<EngineFolderWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private readonly string _folder = Path.GetFullPath(settings.Embedded ?? ".");
    private (ulong Folder, ulong Tables) _own;
    private ulong _above;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        (_own, _above) = (Own(), Above());
        return settings.Embedded is null ? Task.CompletedTask : base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Own() != _own && Above() == _above)
            {
                await MakeAnewAsync(stoppingToken);
            }
        }
    }

    private async Task MakeAnewAsync(CancellationToken cancel)
    {
        var until = time.GetUtcNow();
        var holdsRows = engine.Store.HoldsRows;
        if (holdsRows && engine.Lost.Length == 0)
        {
            log.FolderRemoved(_folder);
        }

        try
        {
            await engine.Store.RenewAsync(cancel);
            _own = Own();
            log.FolderMade(_folder);
        }
        catch (StoreException fault)
        {
            log.FolderNotMade(_folder, fault.Message);
        }

        engine.Lost = !holdsRows ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"all flows and evidence before {until:u} are lost: {_folder} was removed while it was in use. No backup "
                + $"holds them, and what comes now is kept; find out who removed it, then restart this process");
    }

    private (ulong Folder, ulong Tables) Own() =>
        (PathOwner.InodeOf(_folder), PathOwner.InodeOf(Path.Combine(_folder, "metadata")));

    private ulong Above() => PathOwner.InodeOf(Path.GetDirectoryName(_folder) ?? "/");
}
