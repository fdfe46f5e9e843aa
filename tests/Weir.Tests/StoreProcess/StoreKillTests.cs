// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Segments;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Spooling;
using Weir.Hosting.StoreClient;
using Weir.Store.Engine;
using Weir.Tests.Hosting;
using Weir.Tests.Hosting.Peers;
using Weir.Tests.Store;
using Weir.Tests.Support;

namespace Weir.Tests.StoreProcess;

/// <summary>kill -9 of the store's process while it takes segments over a real socket: the sender sends again what it
/// is in doubt of, and every row is there once.</summary>
public sealed class StoreKillTests : IDisposable
{
    private const int Kills = 3;
    private const int Rows = 60_000;

    private readonly PeerFolders _place = new();
    private readonly Counted _counted = new();

    public void Dispose()
    {
        _place.Dispose();
        _counted.Dispose();
    }

    [Fact]
    public async Task A_store_killed_again_and_again_has_every_row_once()
    {
        var moments = new Random(20_261_129);
        using var client = new PeerClient(
            _place.Client() with { Name = "store" }, TimeProvider.System, _counted.Meters, NullLoggerFactory.Instance);
        using var spool = new Spool(
            new SpoolOptions { Directory = _place.Folder, MinimumFree = 0, SegmentRows = 2_500 },
            NullLogger<Spool>.Instance);
        spool.Write(Recent().OrderBy(row => row.HourSeconds).ToArray());
        var sent = new HashSet<string>();
        var (kills, known) = (0, 0);
        while (spool.Folder.Waiting() is { Length: > 0 } waiting)
        {
            using var victim = Start();
            var killing = kills < Kills ? KillAsync(victim, moments) : Task.CompletedTask;
            try
            {
                foreach (var path in waiting)
                {
                    known += await SendAsync(client, path, sent) ? 1 : 0;
                }
            }
            catch (PeerDownException)
            {
                kills++;
            }

            await killing;
            victim.Kill();
            await victim.WaitForExitAsync(CancellationToken.None);
        }

        Assert.InRange(kills, 1, Kills);
        await using var store = await FlowStore.OpenAsync(
            new() { Embedded = Path.Combine(_place.Folder, "store") }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = Engines.CommandLine });
        Assert.Equal((ulong)Rows, await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default));
        Assert.Equal(
            (ulong)Rows, await store.Client.ScalarAsync<ulong>("SELECT uniqExact(flows) FROM pairs", default));
        Assert.InRange(known, 0, Kills);
    }

    /// <summary>Sends one; true where the store had it from before a kill.</summary>
    private static async Task<bool> SendAsync(PeerClient client, string path, HashSet<string> sent)
    {
        var name = Path.GetFileName(path);
        var isInDoubt = !sent.Add(name);
        await using var file = File.OpenRead(path);
        var receipt = await new StoreSegments(client).SendAsync(name, file, isInDoubt, default);
        File.Delete(path);
        return receipt.WasThere;
    }

    private Process Start()
    {
        var victim = Process.Start(new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "Weir.SpoolVictim.dll"), "store", _place.Folder,
            Path.Combine(AppContext.BaseDirectory, "Weir.Cli.dll"), _place.Socket])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", victim.StandardOutput.ReadLine());
        return victim;
    }

    private static async Task KillAsync(Process victim, Random moments)
    {
        await Until.AnyMomentAsync(moments, 700);
        victim.Kill();
    }

    /// <summary>Rows of the last days by the machine's own clock, so that retention leaves them.</summary>
    private static PairDigest[] Recent() =>
        Pairs.Make(Rows, (uint)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 86_400 * 86_400) - 86_400);
}
