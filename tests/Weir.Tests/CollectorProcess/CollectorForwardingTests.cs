// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Accounting;
using Weir.Collector.Collecting;
using Weir.Collector.Forwarding;
using Weir.Collector.Owning;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Wire;

namespace Weir.Tests.CollectorProcess;

/// <summary>Flows that one collector hears and another owns: put together there, taken once whatever becomes of an
/// answer, and counted where they are lost.</summary>
public sealed class CollectorForwardingTests
{
    [Fact]
    public async Task Directions_heard_by_two_collectors_are_one_pair_with_both_at_the_owner()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        await two.Edge.SendAsync(two.EdgeProcess, 6);
        await two.Owner.SendAsync(two.OwnerProcess, 6, isAnswer: true);
        await two.UntilAsync(() => two.Taken.Counts.Attributed == 6, "what the edge heard is taken");
        await two.EdgeProcess.StopAsync(CancellationToken.None);
        await two.OwnerProcess.StopAsync(CancellationToken.None);

        Assert.Equal((12, 0), (await two.Owner.Store.FlowsAsync(), await two.Edge.Store.FlowsAsync()));
        var pairs = await two.Owner.Store.BlocksAsync(SegmentKind.Pairs);
        foreach (var column in (string[])["packets_out", "packets_in"])
        {
            Assert.All(
                pairs.SelectMany(block => block[column].Values<ulong>().ToArray()), sum => Assert.True(sum > 0));
        }

        Assert.Equal((6, 6, 0), (two.Queue.Handed, two.Queue.Acknowledged, two.Queue.Waiting));
        Assert.Equal(6, two.Edge.Counted["weir.forwarding.acknowledged_flows{collector=edge-2}"]);
        Assert.Equal(6, two.Owner.Counted["weir.forwarding.taken_flows{reason=attributed}"]);
        var account = two.EdgeProcess.Services.GetRequiredService<Account>().Totals;
        Assert.Equal((0, 6), (account.Digested, account.Other));
        Assert.Equal(12, two.OwnerProcess.Services.GetRequiredService<Account>().Totals.Digested);
    }

    [Fact]
    public async Task An_answer_that_is_lost_and_a_batch_that_comes_twice_count_once()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        var fates = new Queue<MemoryFate>(
            [MemoryFate.LoseReply, MemoryFate.LoseReply, MemoryFate.Duplicate, MemoryFate.LoseRequest]);
        two.Edge.Peers.Fate = call =>
            call.To == TwoCollectors.OwnerName && fates.TryDequeue(out var fate) ? fate : MemoryFate.Deliver;
        for (var i = 1; i <= 3; i++)
        {
            await two.Edge.SendAsync(two.EdgeProcess, 4);
            var sent = 4 * i;
            await two.UntilAsync(
                () => two.Queue.Acknowledged + two.Queue.LostBy(ForwardLoss.InDoubt) == sent, "answered");
        }

        Assert.Empty(fates);
        Assert.Equal((12, 12), (two.Queue.Acknowledged, two.Taken.Counts.Attributed));
        await two.OwnerProcess.StopAsync(CancellationToken.None);
        Assert.Equal(12, await two.Owner.Store.FlowsAsync());
    }

    [Fact]
    public async Task While_the_owner_is_away_flows_wait_and_are_then_lost_counted_and_said_by_name_and_minute()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        two.Edge.Peers.Stop(TwoCollectors.OwnerName);
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => two.Edge.Health.Read().Parts.Any(IsAway), "health names the owner who is away");
        Assert.Equal(5, two.Queue.Waiting);

        await two.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal((5, 0), (two.Queue.Waiting, two.Queue.LostBy(ForwardLoss.TooOld)));
        await two.UntilAsync(() => two.Queue.LostBy(ForwardLoss.TooOld) == 5, "they waited for as long as they may");
        Assert.Equal(5, two.Edge.Counted["weir.forwarding.lost_flows{collector=edge-2,reason=too-old}"]);
        await two.UntilAsync(
            () => two.Edge.Desk.Status?.Losses.Any(loss => loss.Count == 5
                && loss.Reason.Contains("collector edge-2", StringComparison.Ordinal)) == true, "the status says it");

        two.OpenDoor();
        await two.Edge.SendAsync(two.EdgeProcess, 3);
        await two.UntilAsync(() => two.Taken.Counts.Attributed == 3, "the owner is back");
        Assert.DoesNotContain(two.Edge.Health.Read().Parts, IsAway);
        await two.EdgeProcess.StopAsync(CancellationToken.None);
        var (lost, minutes) = await LostAsync(two.Edge);
        Assert.True(lost > 0);
        Assert.Equal(1, minutes);

        static bool IsAway(ComponentHealthEntry part) => part.Part == "owner-edge-2"
            && part.Health.State == HealthState.Degraded
            && part.Health.Reason.Contains("collector edge-2 wait here, 5 of at most", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_owner_had_answered_for_is_counted_and_what_is_in_doubt_is_not_taken_twice()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => two.Queue.Acknowledged == 5, "five are answered for");
        await two.PassAsync(TimeSpan.FromSeconds(15));
        await two.UntilAsync(() => DurableIn(two.Owner).Contains(" 5 5 0", StringComparison.Ordinal), "and durable");

        await two.Edge.SendAsync(two.EdgeProcess, 4);
        await two.UntilAsync(() => two.Queue.Acknowledged == 9, "four are answered for and in memory");
        two.Edge.Peers.Fate = call => call.To == TwoCollectors.OwnerName ? MemoryFate.LoseReply : MemoryFate.Deliver;
        await two.Edge.SendAsync(two.EdgeProcess, 3);
        await two.UntilAsync(() => two.Taken.Counts.Attributed == 12, "three are taken and nobody hears of it");
        await two.KillOwnerAsync();
        two.Edge.Peers.Fate = _ => MemoryFate.Deliver;
        await two.StartOwnerAsync();
        await two.UntilAsync(() => two.Queue.LostBy(ForwardLoss.InDoubt) == 3, "what is in doubt is lost, and counted");
        await two.Edge.SendAsync(two.EdgeProcess, 2);
        await two.UntilAsync(() => two.Queue.Acknowledged == 11, "it goes on");

        var position = Assert.Single(two.Taken.Positions);
        Assert.Equal((4, 7, 11), (position.Missing, position.Taken, position.Flows));
        Assert.Equal(4, two.Owner.Counted["weir.forwarding.missing_flows{collector=edge-1}"]);
        await two.OwnerProcess.StopAsync(CancellationToken.None);
        var kept = two.OwnerProcess.Services.GetRequiredService<Account>().Totals.Kept;
        Assert.Equal(7 + kept, await two.Owner.Store.FlowsAsync());
        Assert.Equal(two.Queue.Handed, two.Queue.Acknowledged + 3);
    }

    [Fact]
    public async Task An_owner_that_was_killed_before_its_first_count_lacks_all_that_it_had_answered_for()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => two.Queue.Acknowledged == 5, "five are answered for");
        await two.KillOwnerAsync();
        Assert.DoesNotContain("forwarder", DurableIn(two.Owner), StringComparison.Ordinal);
        await two.StartOwnerAsync();
        await two.Edge.SendAsync(two.EdgeProcess, 2);
        await two.UntilAsync(() => two.Queue.Acknowledged == 7, "it goes on");
        var position = Assert.Single(two.Taken.Positions);
        Assert.Equal((5, 2, 7), (position.Missing, position.Taken, position.Flows));
    }

    [Fact]
    public async Task What_waited_when_a_collector_was_killed_is_counted_by_its_next_run()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        two.Edge.Peers.Stop(TwoCollectors.OwnerName);
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => two.Queue.Waiting == 5, "they wait");
        await two.UntilAsync(
            () => DurableIn(two.Edge).Contains("waiting 5", StringComparison.Ordinal), "it is counted");
        await two.EdgeProcess.DisposeAsync();
        await two.StartEdgeAsync();
        Assert.Equal(5, two.EdgeProcess.Services.GetRequiredService<Account>().LostWaiting);
        Assert.Equal(5, two.Edge.Counted["weir.forwarding.lost_flows{collector=any,reason=killed}"]);
        Assert.Contains("up to 5 flows that waited", two.Edge.Logs.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_in_force_says_from_when_on_it_is_whole_where_flows_of_its_line_are_lost_on_their_way()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync(TwoCollectors.Rows with { LongestWait = TimeSpan.FromSeconds(10) });
        var quality = two.Edge.Flood(99);
        var order = ProvisionalScope.From(
            quality, EventDocument.Sign(quality, two.Edge.Key), ScopeLimits.Default)! with { Case = new CaseId(7) };
        two.Edge.Desk.Order(ScopeOrderFields.From(order));
        await two.UntilAsync(() => two.Edge.Desk.Reports.Count > 0, "it is in force");
        two.Edge.Peers.Stop(TwoCollectors.OwnerName);
        var heardMs = two.Edge.NowMs;
        Assert.All(two.Edge.Desk.Reports, report => Assert.True(report.WholeSinceMs <= heardMs));
        await two.Edge.SendAsync(two.EdgeProcess, 5, startMs: heardMs);
        await two.UntilAsync(() => two.Queue.LostBy(ForwardLoss.TooOld) == 5, "they are lost");

        await two.UntilAsync(
            () => two.Edge.Desk.Reports.Any(report => report.WholeSinceMs == heardMs + 1), "the scope says it");
        Assert.All(two.Edge.Desk.Reports, report => Assert.Equal(order.Id.ToString(), report.Scope));
    }

    [Fact]
    public async Task Who_knows_other_owners_sends_in_vain_and_is_told_and_nothing_of_it_is_taken()
    {
        await using var two = new TwoCollectors();
        var halves = TwoCollectors.Rows with
        {
            Collectors = [TwoCollectors.Rows.Collectors[0], TwoCollectors.Rows.Collectors[1] with
            {
                Networks = [Prefix.Parse("10.0.0.0/9"), Prefix.Parse("10.128.0.0/9")],
            }],
        };
        await two.StartAsync(halves);
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(
            () => two.Queue.Fault.Contains("has other rows of owners", StringComparison.Ordinal), "told");
        Assert.Equal((0, 5), (two.Taken.Counts.Read, two.Queue.Waiting));
        Assert.True(RefusedBy(two, ForwardingCodes.OtherOwners) > 0);

        await two.KillOwnerAsync();
        await two.StartOwnerAsync(TwoCollectors.Rows with { Collectors = [TwoCollectors.Rows.Collectors[1]] });
        await two.UntilAsync(
            () => two.Queue.Fault.Contains("has no collector edge-1", StringComparison.Ordinal), "told");
        Assert.True(RefusedBy(two, ForwardingCodes.UnknownCollector) > 0);
        await two.KillOwnerAsync();
        await two.StartOwnerAsync(halves);
        await two.UntilAsync(() => two.Taken.Counts.Attributed == 5, "the same rows on both");
    }

    [Fact]
    public async Task An_owner_whose_intake_rests_takes_nothing_of_others_either_until_it_goes_on()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        var gate = two.OwnerProcess.Services.GetRequiredService<IntakeGate>();
        gate.Close("the disk is full");
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => RefusedBy(two, ForwardingCodes.Stopped) > 0, "it takes nothing");
        Assert.Contains("the disk is full", two.Queue.Fault, StringComparison.Ordinal);
        Assert.Equal((0, 5), (two.Taken.Counts.Read, two.Queue.Waiting));
        gate.Open("the disk is full");
        await two.UntilAsync(() => two.Taken.Counts.Attributed == 5, "it goes on");
    }

    /// <summary>Sent again it would be refused again, for ever, and nothing behind it would go.</summary>
    [Fact]
    public async Task What_the_owner_cannot_read_is_lost_and_what_comes_behind_it_is_not()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        two.OpenDoor((_, _, _) => throw PeerRefusalException.Malformed("the batch of flows is none"));
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => two.Queue.LostBy(ForwardLoss.Refused) == 5, "they are lost");
        Assert.Equal(5, two.Edge.Counted["weir.forwarding.lost_flows{collector=edge-2,reason=refused}"]);
        Assert.Contains("the batch of flows is none", two.Queue.Fault, StringComparison.Ordinal);

        two.OpenDoor();
        await two.Edge.SendAsync(two.EdgeProcess, 3);
        await two.UntilAsync(() => two.Taken.Counts.Attributed == 3, "it goes on");
    }

    /// <summary>Who failed may have taken it before: another run of it does not take it once more.</summary>
    [Fact]
    public async Task What_an_owner_failed_at_is_in_doubt()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => two.Queue.Acknowledged == 5, "five are answered for");
        var intake = two.OwnerProcess.Services.GetRequiredService<FlowIntake>();
        two.OpenDoor(async (call, body, cancel) =>
        {
            _ = await intake.AnswerAsync(call, body, cancel);
            throw new InvalidOperationException("it fails behind its work");
        });
        await two.Edge.SendAsync(two.EdgeProcess, 3);
        await two.UntilAsync(
            () => two.Taken.Counts.Attributed == 8 && RefusedBy(two, PeerCodes.Failed) > 0, "three are taken");
        await two.KillOwnerAsync();
        await two.StartOwnerAsync();
        await two.UntilAsync(() => two.Queue.Waiting == 0, "there is an answer");
        Assert.Equal((3, 0), (two.Queue.LostBy(ForwardLoss.InDoubt), two.Taken.Counts.Attributed));
    }

    [Fact]
    public async Task A_batch_of_another_version_is_refused_with_both_versions_and_what_to_do()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        var octets = ForwardedFlows.Write([], _ => default);
        ForwardedFlows.WriteHead(
            new() { Owners = two.Taken.Owners.DigestOf(0), Session = 1, Sequence = 1 }, octets);
        octets[4] = 2;
        using var body = new MemoryStream(octets);
        using var client = two.Edge.Peers.Client(
            new(TwoCollectors.EdgeName, PeerRoles.Collector), TwoCollectors.OwnerName);
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => client.PostRawAsync(
            ForwardingRoutes.Flows, body, ForwardingJson.Default.ForwardReceipt, TimeSpan.FromSeconds(10), default));
        Assert.Equal(ForwardingCodes.OtherVersion, refused.Code);
        Assert.Contains(
            "of version 2, and this collector reads 1; bring both", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_sends_what_waits_and_says_what_it_could_not()
    {
        await using var two = new TwoCollectors();
        await two.StartAsync();
        await two.Edge.SendAsync(two.EdgeProcess, 5);
        await two.UntilAsync(() => two.Queue.Handed == 5, "heard");
        await two.EdgeProcess.StopAsync(CancellationToken.None);
        Assert.Equal((5, 5), (two.Queue.Acknowledged, two.Taken.Counts.Attributed));

        await two.EdgeProcess.DisposeAsync();
        await two.StartEdgeAsync();
        two.Edge.Peers.Stop(TwoCollectors.OwnerName);
        await two.Edge.SendAsync(two.EdgeProcess, 4);
        await two.UntilAsync(() => two.Queue.Handed == 4, "heard");
        await two.EdgeProcess.StopAsync(CancellationToken.None);
        Assert.Equal((0, 4), (two.Queue.Acknowledged, two.Queue.LostBy(ForwardLoss.Stopped)));
        Assert.Contains(
            "4 flows of networks of collector edge-2 are lost", two.Edge.Logs.All, StringComparison.Ordinal);
        Assert.True((await LostAsync(two.Edge)).Lost > 0);
    }

    private static double RefusedBy(TwoCollectors two, string code) =>
        two.Edge.Counted[$"weir.peers.calls{{peer=edge-2,code={code}}}"];

    private static string DurableIn(CollectorWorld world) => File.ReadAllText(Path.Combine(world.Folder, "account"));

    /// <summary>Messages that coverage calls lost, and in how many minutes.</summary>
    private static async Task<(ulong Lost, int Minutes)> LostAsync(CollectorWorld world)
    {
        var rows = new List<(uint Minute, ulong Lost)>();
        foreach (var block in await world.Store.BlocksAsync(SegmentKind.Coverage))
        {
            for (var row = 0; row < block.Rows; row++)
            {
                rows.Add((block["minute"].Values<uint>()[row], block["lost"].Values<ulong>()[row]));
            }
        }

        var lost = rows.Where(row => row.Lost > 0).ToList();
        return (lost.Aggregate(0UL, (sum, row) => sum + row.Lost), lost.Select(row => row.Minute).Distinct().Count());
    }
}
