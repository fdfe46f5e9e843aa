// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.EndToEnd.Support;
using Weir.Hosting.Metrics;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>kill -9 of the four processes, each of a user of its own, while traffic comes in. make prove does it a
/// hundred times; how often, and to whom, is said by WEIR_KILLS and WEIR_KILLED.</summary>
public sealed class KillProofTests : IDisposable
{
    private readonly TempFolder _calm = new();

    public void Dispose() => _calm.Dispose();

    /// <summary>One kill in the middle is followed by an absence, until traffic has filled spool and outbox and for as
    /// long as WEIR_ABSENCE says, such as an hour. Of every run it is CollectorSegmentsTests' and CollectorEventsTests',
    /// whose clock the test moves.</summary>
    [Fact]
    [Trait("Run", "prove")]
    public async Task Store_desk_and_vault_killed_under_traffic_leave_the_cases_scopes_and_evidence_of_a_run_without()
    {
        // Half an hour's traffic: late enough that no scope is over by the clock before its flows have come, and so early
        // that the last contact window can be closed when all has been sent.
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-60);
        var (expected, sent) = await CalmAsync(from);
        Assert.NotEmpty(expected.Cases);
        Assert.Contains(expected.Scopes, scope => !scope.EndsWith(" rows=0", StringComparison.Ordinal));

        await using var four = new FourProcesses();
        await four.RunAllAsync(from);
        four.Traffic.Pace = Kills.PaceOf(sent.Datagrams); // as the calm run's: what comes late is judged by the clock
        var sending = four.Traffic.SendAsync("sent");
        for (var i = 0; i < Kills.Count; i++)
        {
            var process = Kills.Of[i % Kills.Of.Length];
            await four.KillAsync(process);
            if (i == Kills.Count / 2)
            {
                await AbsenceAsync(four, process, sending);
            }

            await four.RunAsync(process);
        }

        Assert.Equal(sent.Datagrams, (await sending).Datagrams);
        var outcome = await KillOutcome.ReadAsync(four, sent);

        KillOutcome.AreEqual(expected, outcome);
        Assert.Equal(sent.Datagrams, await four["collector"].SumAsync("weir_collecting_received_datagrams_total"));
        Assert.Equal(0, await four["collector"].SumAsync("weir_spool_rows_set_aside_total"));
        Assert.Equal(0, await four["collector"].SumAsync("weir_outbox_set_aside_total"));
        await StopAsync(four);
        Assert.Equal(sent.Flows, await StoredPairs.FlowsAsync(StoreOf(four)));
        Assert.Equal(0, (await StoredPairs.RowsAsync(StoreOf(four))).Twice);
        await JoinAsync(four);
    }

    [Fact]
    [Trait("Run", "prove")]
    public async Task A_collector_killed_under_traffic_loses_and_doubles_nothing_durable_and_says_what_it_lost()
    {
        await using var four = new FourProcesses();
        await four.RunAllAsync();
        var collector = four["collector"];
        var (rows, signed, datagrams) = (0.0, 0.0, 0L);
        HashSet<string> scopes = [];
        for (var i = 0; i < Kills.CollectorCount; i++)
        {
            four.Traffic.Later = TimeSpan.FromSeconds(i);
            var sending = four.Traffic.SendAsync(string.Create(CultureInfo.InvariantCulture, $"run-{i}"));
            await collector.UntilAsync("a part is durable", async () =>
                await collector.SumAsync("weir_digesting_flows_total") > 500
                && await collector.SumAsync("weir_events_signed_total") > 0);
            // A minute old and rounded up: at least so many were durable.
            rows += Math.Max(0, await collector.SumAsync("weir_spool_rows_written_total") - CoarseCount.Step);
            signed += await collector.SumAsync("weir_events_signed_total");
            foreach (var scope in await KillOutcome.ScopesAsync(four))
            {
                scopes.Add(scope.Id);
            }

            await four.KillAsync("collector");
            datagrams += (await sending).Datagrams;
            await four.RunAsync("collector");
            collector = four["collector"];
        }

        four.Traffic.Later = TimeSpan.FromSeconds(Kills.CollectorCount);
        var last = await four.Traffic.SendAsync("last");
        _ = await KillOutcome.ReadAsync(four, last);
        var desk = four["desk"];
        Assert.True(
            await desk.SumAsync("weir_cases_events_total", "handled") >= signed, "an event that was durable is lost");
        Assert.Equal(0, await desk.SumAsync("weir_cases_events_total", "refused"));
        var after = await KillOutcome.ScopesAsync(four);
        Assert.Empty(scopes.Except(after.Select(scope => scope.Id)));
        Assert.Equal(after.Count, after.Select(scope => scope.Id).Distinct().Count());
        Assert.Empty(
            after.GroupBy(scope => (scope.Case, scope.Class, scope.From, scope.Trigger)).Where(one => one.Count() > 1)
                .Select(one => one.Key));
        Assert.All(
            after.Where(scope => scope.State == "open"),
            scope => Assert.True(scope.WholeSince is not null, $"{scope.Id} does not say from when it is whole"));
        await StopAsync(four);
        var (stored, twice) = await StoredPairs.RowsAsync(StoreOf(four));
        Assert.True(stored >= rows, $"{stored} rows in the store, {rows} were durable before the kills");
        Assert.Equal(0, twice);
        // What was sent and stands in no minute's coverage is what the kills cost: comparing and reports read it there.
        var covered = await StoredPairs.CoveredAsync(StoreOf(four));
        Assert.InRange(covered, last.Datagrams, datagrams + last.Datagrams);
        TestContext.Current.SendDiagnosticMessage(
            "{0} kills: {1} of {2} datagrams are covered", Kills.CollectorCount, covered, datagrams + last.Datagrams);
    }

    /// <summary>One stream of records over all kills, so that the exporters' own numbers say what each kill cost. A part of
    /// make prove alone.</summary>
    [Fact]
    [Trait("Run", "prove")]
    public async Task What_a_killed_collector_lost_is_counted_by_interval_and_everything_sent_adds_up()
    {
        await using var four = new FourProcesses();
        await four.RunAllAsync();
        // Traffic for twice as long as the kills take: an exporter that is done while nobody listens leaves its last
        // messages unknown to everybody.
        four.Traffic.Pace = Kills.PaceOf(
            (await four.Traffic.CountAsync("count", "--protocol", "ipfix")).Datagrams, (2 * Kills.CollectorCount) + 3);
        var sending = four.Traffic.SendAsync("sent", "--protocol", "ipfix");
        for (var i = 0; i < Kills.CollectorCount; i++)
        {
            var collector = four["collector"];
            var before = await DigestedAsync(collector);
            await collector.UntilAsync("more is read", async () => await DigestedAsync(collector) > before);

            // Exporters stand still wherever the test waits: what comes after their last message is known to nobody.
            await Exporters.SignalAsync(four.Traffic.Sender, "STOP");
            var counts = await CountsAsync(collector);
            await collector.UntilAsync(
                "that is in a durable count", async () => await CountsAsync(collector) > counts + 1);
            await Exporters.SignalAsync(four.Traffic.Sender, "CONT");
            await four.KillAsync("collector");
            await Exporters.AreNotHeardAsync(5);
            await Exporters.SignalAsync(four.Traffic.Sender, "STOP");
            await four.RunAsync("collector");
            await Exporters.SignalAsync(four.Traffic.Sender, "CONT");
            Assert.False(sending.IsCompleted, "all was sent before the collector was killed; send more slowly");
        }

        var sent = await sending;
        var last = four["collector"];
        var account = default(KillAccount);
        await Until.IsSoAsync(
            async () =>
            {
                account = await KillAccount.ReadAsync(last);
                return account.Sum >= sent.Records && await last.SumAsync("weir_spool_segments_waiting") == 0
                    && await last.SumAsync("weir_digesting_pairs_held") == 0;
            },
            "all that was sent is accounted for", TimeSpan.FromMilliseconds(100),
            () => $"{account} makes {account.Sum} of {sent.Records}\n{last.Log}");
        Assert.Equal(Kills.CollectorCount + 1, account.Generation);
        Assert.Equal(sent.Records, account.Sum);
        Assert.True(account.Lost > 0, "kill -9 under traffic costs what is in memory");
        await StopAsync(four);
        Assert.Equal(account.Digested + account.Kept, await StoredPairs.FlowsAsync(StoreOf(four)));
        TestContext.Current.SendDiagnosticMessage(
            "{0} kills: {1} of {2} records lost, each in its interval", Kills.CollectorCount, account.Lost, sent.Records);
    }

    private static Task<double> CountsAsync(RunningProcess collector) =>
        collector.SumAsync("weir_account_counts_total");

    private static Task<double> DigestedAsync(RunningProcess collector) =>
        collector.SumAsync("weir_account_flows_total", "digested");

    private async Task<(KillOutcome Outcome, LabRun Sent)> CalmAsync(DateTimeOffset from)
    {
        await using var four = new FourProcesses();
        await four.RunAllAsync(from);
        four.Traffic.Pace = Kills.PaceOf((await four.Traffic.CountAsync("count")).Datagrams);
        var sent = await four.Traffic.SendAsync("sent");
        return (await KillOutcome.ReadAsync(four, sent), sent);
    }

    /// <summary>Until something waits for who is away, or all traffic has come.</summary>
    private static async Task AbsenceAsync(FourProcesses four, string process, Task sending)
    {
        var collector = four["collector"];
        var back = TimeProvider.System.GetUtcNow() + Kills.Absence;
        await collector.UntilAsync($"work waits for {process}", async () => sending.IsCompleted
            || await collector.SumAsync("weir_spool_segments_waiting") + await collector.SumAsync("weir_outbox_waiting")
                > 2);
        await Until.MomentAsync(back);
    }

    private static async Task StopAsync(FourProcesses four)
    {
        foreach (var process in (string[])["collector", "desk", "store", "vault"])
        {
            Assert.Equal(0, await four[process].StopAsync());
        }
    }

    /// <summary>What left store and vault stands in the desk's record, kills or not.</summary>
    private static async Task JoinAsync(FourProcesses four)
    {
        foreach (var process in (string[])["store", "vault"])
        {
            var verified = await WeirProcess.RunAsync(
                "audit", "verify", "--dir", Path.Combine(four.Place.Folder("desk"), "audit"), "--beside",
                Path.Combine(four.Place.Folder(process), "audit"));
            Assert.True(verified.ExitCode == 0, verified.Out);
        }
    }

    private static string StoreOf(FourProcesses four) => Path.Combine(four.Place.Folder("store"), "flows");
}
