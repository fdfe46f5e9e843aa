// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Web;
using Weir.Contracts.Mitigation;
using Weir.Desk.Alerts;
using Weir.Desk.Cases.Records;
using Weir.Desk.Enrichment;
using Weir.Hosting.Health;
using Weir.Tests.Blocking;
using Weir.Tests.Support;

namespace Weir.Tests.Notifying;

public sealed class AlertFeedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-feed-").FullName;
    private readonly HealthSnapshot _well = new(HealthState.Ok, []);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_case_is_told_when_it_opens_and_when_it_closes_and_never_again()
    {
        using var place = await PlaceAsync();
        var file = File(7, TimeProvider.System.GetUtcNow());
        await place.PollAsync([file], [], _well);
        await place.PollAsync([file], [], _well);
        await place.PollAsync([file with
        {
            State = CaseState.Closed,
            ClosedAt = TimeProvider.System.GetUtcNow(),
            Verdict = CaseClosureReason.FalsePositive
        }], [], _well);

        using var after = await PlaceAsync();
        await after.PollAsync([file], [], _well);

        Assert.Equal(["case-opened", "case-closed"], (await after.KeptAsync()).Select(a => a.Kind));
    }

    [Fact]
    public async Task What_was_there_before_the_journal_is_not_told()
    {
        using var place = await PlaceAsync();
        await place.PollAsync([File(7, TimeProvider.System.GetUtcNow().AddDays(-1))], [], _well);

        Assert.Empty(await place.KeptAsync());
    }

    [Fact]
    public async Task A_block_is_told_when_it_is_in_force_and_when_it_is_over_and_a_line_s_address_stays_here()
    {
        using var place = await PlaceAsync();
        var at = TimeProvider.System.GetUtcNow().AddSeconds(1);
        var line = MitigationSamples.Lease(
            "flowspec 203.0.113.9/32 tcp 443 discard line=100.64.0.7/32", 1, LeaseState.Announced) with
        {
            StateAt = at
        };
        var all = MitigationSamples.Lease("blackhole 203.0.113.10/32", 2, LeaseState.Approved) with { StateAt = at };
        Assert.True(line.Target.IsForOneLine);
        await place.PollAsync([], [line, all], _well);
        await place.PollAsync(
            [], [line with { State = LeaseState.Verified }, all with { State = LeaseState.Verified }], _well);
        await place.PollAsync([], [line with { State = LeaseState.Expired }, all], _well);
        await place.PollAsync(
            [],
            [
                all with
                {
                    StateAt = at.AddMinutes(-6), Reason = LeaseReasonCode.NoNeighbour, State = LeaseState.Announced,
                },
            ],
            _well);

        var kept = await place.KeptAsync();
        Assert.Equal(
            ["block-in-force", "block-in-force", "block-over", "block-not-in-force"], kept.Select(a => a.Kind));
        Assert.EndsWith("is not in force: no neighbour is sent it", kept[^1].Text, StringComparison.Ordinal);
        Assert.Equal(["one line", "blackhole 203.0.113.10/32"], kept.Take(2).Select(a => a.Words["target"]));
        Assert.DoesNotContain(
            kept, a => $"{a.Text} {string.Join(' ', a.Words.Values)}".Contains("100.64.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_far_end_is_told_with_whose_network_it_is_in_and_a_line_never_is()
    {
        var names = Path.Combine(_folder, "names");
        await System.IO.File.WriteAllTextAsync(
            names, "203.0.113.0\t203.0.113.255\t64500\tDE\tEXAMPLE\n100.64.0.0\t100.64.255.255\t64501\tDE\tOWN\n");
        var owners = new NetworkOwners([names]);
        owners.Refresh();
        using var place = await PlaceAsync(owners);
        var at = TimeProvider.System.GetUtcNow().AddSeconds(1);
        var line = MitigationSamples.Lease(
            "flowspec 203.0.113.9/32 tcp 443 discard line=100.64.0.7/32", 1, LeaseState.Verified) with { StateAt = at };
        var all = MitigationSamples.Lease("blackhole 203.0.113.10/32", 2, LeaseState.Verified) with { StateAt = at };
        var name = MitigationSamples.Lease("blackhole 192.0.2.10/32", 3, LeaseState.Verified) with { StateAt = at };
        await place.PollAsync([], [line, all, name], _well);

        var kept = await place.KeptAsync();
        Assert.Equal(
            ["-", "AS64500 EXAMPLE, DE", "-"], kept.Select(a => a.Words.GetValueOrDefault("network") ?? "-"));
        Assert.Contains("blackhole 203.0.113.10/32 (AS64500 EXAMPLE, DE) is in force", kept[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("AS64501", string.Join(' ', kept.Select(a => a.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_is_told_when_it_goes_bad_and_when_it_is_well_again()
    {
        using var place = await PlaceAsync();
        HealthSnapshot Of(ComponentHealth health) =>
            new(health.State, [new("audit", health, TimeProvider.System.GetUtcNow())]);
        foreach (var health in new[]
        {
            ComponentHealth.Ok,
            ComponentHealth.Failing("disk full"),
            ComponentHealth.Failing("disk full"),
            ComponentHealth.Ok
        })
        {
            await place.PollAsync([], [], Of(health));
            await TheNextMillisecondAsync(); // two changes in one are one
        }

        Assert.Equal(
            [("health-bad", Severity.Error, "audit: disk full"), (
                "health-good", Severity.Notice, "audit is well again")],
            (await place.KeptAsync()).Select(a => (a.Kind, a.Severity, a.Text)));
    }

    [Fact]
    public async Task Each_alarm_is_told_once_also_beside_another_of_its_kind_and_again_when_it_is_over()
    {
        var since = new DateTimeOffset(2026, 11, 29, 6, 0, 0, TimeSpan.Zero);
        var first = new Alarm("exporter-silent", "192.0.2.1", since, "exporter 192.0.2.1 has delivered nothing");
        var second = first with { Key = "2001:db8::1", Text = "exporter 2001:db8::1 has delivered nothing" };
        using (var place = await PlaceAsync())
        {
            await place.PollAsync([], [], _well, first);
            await place.PollAsync([], [], _well, first, second);
        }

        using var after = await PlaceAsync(); // started again: they stand still
        await after.PollAsync([], [], _well, first, second);
        await after.PollAsync([], [], _well, second);
        await after.PollAsync([], [], _well, second, first with { Since = since.AddHours(1) });
        var kept = await after.KeptAsync();
        Assert.Equal(
            ["exporter-silent 192.0.2.1", "exporter-silent 2001:db8::1", "alarm-over 192.0.2.1",
                "exporter-silent 192.0.2.1"],
            kept.Select(alert => $"{alert.Kind} {alert.Words["what"]}"));
        Assert.All(kept.Where(alert => alert.Kind != "alarm-over"), alert => Assert.Equal(Severity.Warning, alert.Severity));
    }

    private static CaseFile File(ulong number, DateTimeOffset opened) =>
        new() { Id = new(number), Subject = default, Epoch = 1, State = CaseState.Open, OpenedAt = opened };

    private static Task TheNextMillisecondAsync() =>
        Until.MomentAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(1));

    private async Task<AlertFeedFixture> PlaceAsync(NetworkOwners? owners = null)
    {
        var journal = AlertJournal.Open(Path.Combine(_folder, "alerts"), TimeProvider.System);
        var channel = new RecordingAlertChannel();
        await TheNextMillisecondAsync(); // what follows is after the journal began
        return new(journal, channel, await AlertSender.OpenAsync(
            journal, [channel], new(), TimeProvider.System, NullLogger<AlertSender>.Instance, default),
            owners ?? NetworkOwners.None);
    }

    private sealed class RecordingAlertChannel : IAlertChannel
    {
        public string Name => "one";

        public Task SendAsync(Alert alert, CancellationToken cancel) => Task.CompletedTask;
    }

    private sealed class AlertFeedFixture(
        AlertJournal journal, RecordingAlertChannel channel, AlertSender sender, NetworkOwners owners) : IDisposable
    {
        private readonly AlertFeed _feed = new(sender, owners, TimeProvider.System);

        public Task PollAsync(
            IEnumerable<CaseFile> cases, IEnumerable<Lease> leases, HealthSnapshot health, params Alarm[] alarms) =>
            _feed.LookAsync(cases, leases, 0, health, alarms, default);

        /// <summary>All that waits, in its order.</summary>
        public async Task<List<Alert>> KeptAsync()
        {
            var kept = new List<Alert>();
            while (await journal.NextAsync(channel.Name, default) is { } next)
            {
                kept.Add(next.Alert);
                await journal.MarkAsync(
                    next.Sequence, channel.Name, AlertState.Sent, 1, TimeProvider.System.GetUtcNow(), default);
            }

            return kept;
        }

        public void Dispose()
        {
            sender.Dispose();
            journal.Dispose();
        }
    }
}
