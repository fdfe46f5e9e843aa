// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Accounting;

namespace Weir.Tests.CollectorProcess;

/// <summary>What was sent, by the exporter's own numbers, is what is in the store and what is said to be lost.</summary>
public sealed class CollectorAccountTests
{
    private const int Counted = 5;
    private const int Beyond = 4;
    private const int Away = 3;

    [Fact]
    public async Task Counts_go_on_over_kills_and_what_each_cost_is_counted_with_its_interval()
    {
        await using var world = new CollectorWorld();
        var sent = 0L;
        for (var run = 1; run <= 3; run++)
        {
            var process = await world.StartAsync();
            var account = process.Services.GetRequiredService<Account>();
            Assert.Equal(run, account.Generation);
            await world.SendAsync(process, Counted);
            sent += Counted;
            await AddsUpAsync(world, account, sent);
            await world.UntilAsync(() => DurableIn(world) == account.Totals.Digested, "the count is durable");

            await world.SendAsync(process, Beyond);
            await AddsUpAsync(world, account, sent + Beyond);
            await process.DisposeAsync();
            world.Lose(Away);
            sent += Beyond + Away;
        }

        var last = await world.StartAsync();
        var totals = last.Services.GetRequiredService<Account>();
        await world.SendAsync(last, 2);
        await AddsUpAsync(world, totals, sent + 2);
        var absence = Assert.Single(totals.Absences);
        Assert.Equal((Beyond + Away, "records"), (absence.Missing, absence.Unit));
        Assert.True(absence.FromMs < absence.UntilMs);
        await world.UntilAsync(
            () => world.Desk.Status?.Losses.Any(loss => loss.Count == Beyond + Away
                && loss.Reason.Contains("killed or away", StringComparison.Ordinal)) == true,
            "the status says it");

        var end = totals.Totals;
        await last.StopAsync(CancellationToken.None);
        Assert.Equal((3 * (Beyond + Away), 0L), (end.MissingRecords, end.MissingMessages));
        Assert.Equal(end.Digested + end.Kept, await world.Store.FlowsAsync());
    }

    [Fact]
    public async Task An_account_that_is_no_account_is_begun_anew_and_said()
    {
        await using var world = new CollectorWorld();
        await File.WriteAllTextAsync(Path.Combine(world.Folder, "account"), "weir-account 1 7\n");
        var process = await world.StartAsync();
        Assert.Equal(1, process.Services.GetRequiredService<Account>().Generation);
        Assert.Contains("is no account of this program", world.Logs.All, StringComparison.Ordinal);
    }

    private static Task AddsUpAsync(CollectorWorld world, Account account, long sent) => world.UntilAsync(
        () => account.Totals is var totals && totals.Digested + totals.Other + totals.MissingRecords == sent,
        $"{sent} flows are accounted for");

    private static long DurableIn(CollectorWorld world) => long.Parse(
        File.ReadAllText(Path.Combine(world.Folder, "account")).Split(' ')[6], CultureInfo.InvariantCulture);
}
