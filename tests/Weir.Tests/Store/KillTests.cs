// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Store.Engine;
using Weir.Store.Loading;
using Weir.Tests.Support;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

/// <summary>kill -9, for real, in the middle of the work.</summary>
public sealed class KillTests : IDisposable
{
    private const int RowsPerBatch = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_child_killed_again_and_again_doubles_nothing_and_loses_nothing()
    {
        var segments = 60 * Endurance.Times;
        using var spool = new Spool(new SpoolOptions
        {
            Directory = _folder,
            SegmentRows = 20_000,
            MinimumFree = 0,
            LongestPause = TimeSpan.FromMilliseconds(200)
        }, NullLogger<Spool>.Instance);
        spool.Write(Pairs.Make(segments * 20_000).OrderBy(row => row.HourSeconds).ToArray());
        await using var store = await FlowStore.OpenAsync(
            new() { Embedded = Path.Combine(_folder, "store") }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = Engines.CommandLine });
        using var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        var draining = loader.DrainAsync(default);
        var moments = new Random(20_060_817);
        for (var kill = 0; kill < 5 * Endurance.Times && !draining.IsCompleted; kill++)
        {
            await Until.IsSoAsync(() => store.Process!.State.Running);
            await Until.AnyMomentAsync(moments, 400);
            Kill(store.Process!.State.ProcessId);
            await Until.IsSoAsync(() => store.Process!.State.Restarts > kill);
        }

        await draining;
        Assert.True(store.Process!.State.Restarts >= 3, $"only {store.Process.State.Restarts} kills hit the load");
        Assert.Equal(
            (ulong)segments * 20_000, await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default));
        Assert.Equal(
            (ulong)segments * 20_000,
            await store.Client.ScalarAsync<ulong>("SELECT uniqExact(flows) FROM pairs", default));
        Assert.Equal(segments * 20_000, loader.State.RowsLoaded + loader.State.RowsAlreadyThere);
        Assert.Equal(0, loader.State.SegmentsSetAside);
    }

    [Trait("Run", "prove")]
    [Fact]
    public async Task Everything_killed_again_and_again_doubles_nothing_and_loses_nothing_that_was_held()
    {
        var moments = new Random(7_703);
        var held = new HashSet<ulong>();
        ulong next = 0;
        var rounds = 5 * Endurance.Times;
        for (var round = 0; round < rounds; round++)
        {
            // By turns at any moment of the start, and at any moment of the loading.
            next = await RunAndKillAsync(next, round % 2 == 0, moments, held);
        }

        Assert.True(held.Count >= rounds, $"only {held.Count} batches were held");
        using var spool = new Spool(
            new SpoolOptions { Directory = _folder, MinimumFree = 0 }, NullLogger<Spool>.Instance);
        await using var store = await FlowStore.OpenAsync(
            new() { Embedded = Path.Combine(_folder, "store") }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = Engines.CommandLine });
        using var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        var before = await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default);
        await loader.DrainAsync(default);

        var found = new HashSet<ulong>();
        await foreach (var block in store.Client.QueryAsync(
            "SELECT octets_in AS batch, count() AS n, uniqExact(subject) AS distinct_rows FROM pairs GROUP BY batch",
            default))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                Assert.Equal((ulong)RowsPerBatch, block["n"].Values<ulong>()[i]);
                Assert.Equal((ulong)RowsPerBatch, block["distinct_rows"].Values<ulong>()[i]);
                found.Add(block["batch"].Values<ulong>()[i]);
            }
        }

        Assert.True(before > 0, "nothing was loaded before the last kill");
        Assert.Empty(held.Except(found));
        Assert.True(found.Count - held.Count <= rounds, "more than one batch a round was held without being said");
        Assert.Equal(0, loader.State.SegmentsSetAside);
    }

    /// <summary>Starts the victim, kills it, and waits until its child is gone too.</summary>
    /// <returns>The number the next victim begins with: never one that may have been held.</returns>
    private async Task<ulong> RunAndKillAsync(
        ulong first, bool onceLoading, Random moments, HashSet<ulong> held)
    {
        var start = new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "Weir.SpoolVictim.dll"), _folder,
            Path.Combine(AppContext.BaseDirectory, "Weir.Cli.dll"), first.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        using var victim = Process.Start(start)!;
        Assert.Equal("open", await victim.StandardOutput.ReadLineAsync());
        var child = 0;
        using var loading = new ManualResetEventSlim();
        var last = first;
        var reading = Task.Run(() =>
        {
            while (victim.StandardOutput.ReadLine() is { } line)
            {
                var number = ulong.Parse(line.AsSpan(line.IndexOf(' ') + 1), CultureInfo.InvariantCulture);
                if (line.StartsWith("child", StringComparison.Ordinal))
                {
                    child = (int)number;
                }
                else if (line.StartsWith("loaded", StringComparison.Ordinal))
                {
                    loading.Set();
                }
                else
                {
                    held.Add(number);
                    last = number + 1;
                }
            }
        });
        Assert.True(!onceLoading || loading.Wait(Until.Patience), "the victim never loaded");
        await Until.AnyMomentAsync(moments, onceLoading ? 400 : 1_500);
        Kill(victim.Id);
        await victim.WaitForExitAsync();
        await reading;
        if (child != 0)
        {
            await Until.IsSoAsync(() => !Directory.Exists($"/proc/{child}"), "the child goes with its parent");
        }

        return last + 1;
    }

    private static void Kill(int process)
    {
        if (process != 0)
        {
            try
            {
                Process.GetProcessById(process).Kill();
            }
            catch (ArgumentException)
            {
                // It died on its own in between; the next round kills the next one.
                return;
            }
        }
    }
}
