// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Accounting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;

namespace Weir.Tests.CollectorProcess;

/// <summary>A contact window is told once, at store and desk, wherever a kill falls; or what it was made of is counted
/// as missing.</summary>
public sealed class ContactsOverKillsTests
{
    private const long SlotMs = 600_000;
    private const int FlowsOfContact = 6;

    public static TheoryData<int> Steps => [.. Enum.GetValues<TellingStep>().Select(step => (int)step)];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_window_is_told_once_whichever_step_of_its_telling_is_the_last(int step)
    {
        await using var world = new CollectorWorld();
        var process = await StartAsync(world);
        var killed = KillAt(process, (TellingStep)step, 0);
        await ContactAsync(world, process);
        await world.UntilAsync(() => killed.IsCompleted, "it is told so far", TimeSpan.FromSeconds(10));
        await process.DisposeAsync();

        var second = await StartAsync(world);
        await world.UntilAsync(
            () => world.Store.Rows(SegmentKind.Sightings) > 0 && Closed(world).Count > 0, "it is told",
            TimeSpan.FromSeconds(10));
        await world.PassAsync(TimeSpan.FromMinutes(40), TimeSpan.FromSeconds(10));
        await second.StopAsync(CancellationToken.None);

        Assert.Single(await ToldAsync(world));
        Assert.Single(Closed(world));
        Assert.Single(world.Desk.Journal.Select(one => one.Number).Distinct());
        Assert.Equal(0, world.Counted["weir.account.lost_windows"]);
        Assert.DoesNotContain(
            await File.ReadAllLinesAsync(Path.Combine(world.Folder, "account")),
            line => line.StartsWith("contact ", StringComparison.Ordinal)
                || line.StartsWith("window ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2, Traits = ["Run", "prove"])]
    [InlineData(3, Traits = ["Run", "prove"])]
    [InlineData(4, Traits = ["Run", "prove"])]
    public async Task Every_window_of_any_run_is_told_once_or_its_flows_are_missing(int seed)
    {
        await using var world = new CollectorWorld();
        var random = new Random(seed);
        List<long> sent = [];
        for (var run = 0; run < 5; run++)
        {
            var process = await StartAsync(world);
            var killed = KillAt(process, (TellingStep)random.Next(Enum.GetValues<TellingStep>().Length), random.Next(3));
            for (var i = 0; i < 4 && !killed.IsCompleted; i++)
            {
                sent.Add(await ContactAsync(world, process));
                var end = world.NowMs + random.Next(2, 900) * 1_000L;
                await world.UntilAsync(() => killed.IsCompleted || world.NowMs >= end, "time", TimeSpan.FromSeconds(10));
            }

            await process.DisposeAsync();
        }

        var last = await StartAsync(world);
        sent.Add(await ContactAsync(world, last));
        await world.PassAsync(TimeSpan.FromMinutes(40), TimeSpan.FromSeconds(10));
        await last.StopAsync(CancellationToken.None);
        var totals = last.Services.GetRequiredService<Account>().Totals;

        var told = await ToldAsync(world);
        Assert.Equal(told.Distinct(), told);
        Assert.Empty(told.Except(sent));
        Assert.Equal(Closed(world).Distinct(), Closed(world));
        Assert.Equal(told.Count, Closed(world).Count);
        var silent = sent.Count(slot => !told.Contains(slot)) * FlowsOfContact;
        Assert.True(
            silent <= totals.MissingRecords, $"{silent} flows are in no window told, {totals.MissingRecords} are missing");
        Assert.Equal(0, totals.Windows);
    }

    private static async Task<Collector.Composing.CollectorProcess> StartAsync(CollectorWorld world)
    {
        var process = await world.StartAsync();
        world.Desk.Give(1, [CollectorListsTests.List(7703, Protocols.Udp, CollectorWorld.Victim + "/32")]);
        await world.UntilAsync(
            () => process.Services.GetRequiredService<CurrentWatchlist>().Current.Count == 1, "the lists");
        return process;
    }

    /// <summary>Ends what is told at a step, for the so-manieth time that something is.</summary>
    private static Task KillAt(Collector.Composing.CollectorProcess process, TellingStep last, int after)
    {
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTelling = false;
        process.Services.GetRequiredService<Telling>().Reached = step =>
        {
            isTelling |= step == TellingStep.Decided;
            if (killed.Task.IsCompleted || (isTelling && step == last && --after < 0))
            {
                killed.TrySetResult();
                throw new InvalidOperationException("killed");
            }
        };
        return killed.Task;
    }

    /// <returns>The window of it.</returns>
    private static async Task<long> ContactAsync(CollectorWorld world, Collector.Composing.CollectorProcess process)
    {
        var at = world.NowMs - 30_000;
        await world.SendAsync(process, FlowsOfContact / 2, startMs: at);
        await world.SendAsync(process, FlowsOfContact / 2, startMs: at, isAnswer: true);
        return at / SlotMs;
    }

    private static List<ulong> Closed(CollectorWorld world) =>
        [.. world.Desk.Journal.Where(one => one.Phase == EventPhase.Closed).Select(one => one.Number)];

    /// <summary>Windows of the sightings, one for each contact.</summary>
    private static async Task<List<long>> ToldAsync(CollectorWorld world)
    {
        List<long> told = [];
        foreach (var block in await world.Store.BlocksAsync(SegmentKind.Sightings))
        {
            for (var row = 0; row < block.Rows; row++)
            {
                Assert.Equal(1u, block["contacts"].Values<uint>()[row]);
                told.Add(block["first"].Values<long>()[row] / SlotMs);
            }
        }

        return told;
    }
}
