// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Blocking;

/// <summary>What BIRD shows, not what we remember.</summary>
public class GoBgpTests
{
    private const string Rule4 = "flowspec 198.51.100.7/32 tcp 443 discard";
    private const string Rule6 = "flowspec 2001:db8:bad::7/128 tcp 443 discard";

    [Fact]
    public async Task An_approved_endpoint_stands_at_the_router_and_goes_when_its_time_is_over()
    {
        await using var routers = await Routers.StartAsync();
        using var place = await MitigationFixture.OpenAsync(new DurableMitigationRecords(), routers);
        var lease = await place.BlockAsync(Rule4, TimeSpan.FromSeconds(8));
        var six = await place.BlockAsync(Rule6);
        var forLine = await place.BlockAsync("flowspec 198.51.100.9/32 udp 53,7703 rate=12500 line=100.64.0.9/32");
        var whole = await place.BlockAsync("blackhole 198.51.100.66/32");
        var whole6 = await place.BlockAsync("blackhole 2001:db8:bad::66/128");
        await place.SettleAsync();

        var flow4 = await Peer.UntilAsync(
            "the IPv4 rules", () => routers.BirdAsync("show route table flowtab4 all"),
            a => a.Contains("198.51.100.7", StringComparison.Ordinal)
                && a.Contains("198.51.100.9", StringComparison.Ordinal));
        Assert.Contains("flow4 { dst 198.51.100.7/32; proto 6; dport 443; }", flow4);
        Assert.Contains("flow4 { dst 198.51.100.9/32; src 100.64.0.9/32; proto 17; dport 53,7703; }", flow4);
        Assert.Contains("(generic, 0x8006fbf4, 0x0)", flow4);
        Assert.Contains("(generic, 0x8006fbf4, 0x46435000)", flow4);
        Assert.Contains("(64500, 1466263922, 1)", flow4);
        var flow6 = await Peer.UntilAsync(
            "the IPv6 rule", () => routers.BirdAsync("show route table flowtab6 all"),
            a => a.Contains("2001:db8:bad::7", StringComparison.Ordinal));
        Assert.Contains("flow6 { dst 2001:db8:bad::7/128; next header 6; dport 443; }", flow6);
        var black = await Peer.UntilAsync(
            "the blackhole", () => routers.BirdAsync("show route 198.51.100.66/32 all"),
            a => a.Contains("65535,666", StringComparison.Ordinal));
        Assert.Contains("(65535,65281)", black);
        Assert.Contains("blackhole", black);
        Assert.Contains("BGP.next_hop: 192.0.2.1", black);
        _ = await Peer.UntilAsync(
            "the IPv6 blackhole", () => routers.BirdAsync("show route 2001:db8:bad::66/128 all"),
            a => a.Contains("65535,666", StringComparison.Ordinal)
                && a.Contains("BGP.next_hop: 100::1", StringComparison.Ordinal));

        await place.SettleAsync();
        Assert.All(
            [lease, six, forLine, whole, whole6], l => Assert.Equal(LeaseState.Verified, place.Desk.Find(l.Id)!.State));
        Assert.Equal("established, is sent 5 routes", place.Keeper.Status.Peers.Single().Text);

        await Until.IsSoAsync(async () =>
        {
            await place.SettleAsync();
            return place.Desk.Find(lease.Id)!.State == LeaseState.Expired;
        });
        _ = await Peer.UntilAsync("the end of the rule", () => routers.BirdAsync("show route table flowtab4"), a =>
            !a.Contains("198.51.100.7", StringComparison.Ordinal));
        Assert.Contains("198.51.100.9", await routers.BirdAsync("show route table flowtab4"));
    }

    [Fact]
    public async Task A_socket_is_as_good_as_a_port()
    {
        await using var routers = await Routers.StartAsync(withSocket: true);
        using var socket = new GoBgpClient(routers.ApiSocket, TimeSpan.FromSeconds(20));
        using var port = new GoBgpClient(routers.Api, TimeSpan.FromSeconds(20));

        Assert.Equal([new RouterPeer("127.0.0.1", true)], await socket.PeersAsync(CancellationToken.None));
        var plan = RoutePlan.Create(
            [MitigationFixture.CreateActiveLease(1, Rule4)], MitigationFixture.Routes, DateTimeOffset.UnixEpoch);
        Assert.Empty(await socket.AnnounceAsync(plan.Routes, 1, CancellationToken.None));
        var held = await port.ListAllAsync(CancellationToken.None);
        Assert.Equal(plan.Routes.Select(r => r.Key), held.Select(r => r.Key));
        Assert.Empty(await socket.WithdrawAsync(held, CancellationToken.None));
        Assert.Empty(await port.ListAllAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_block_does_not_outlive_its_lease_until_the_next_round()
    {
        await using var routers = await Routers.StartAsync();
        using var place = await MitigationFixture.OpenAsync(new DurableMitigationRecords(), routers);
        using var end = new CancellationTokenSource();
        var keeping = place.Keeper.RunAsync(end.Token);
        _ = await place.BlockAsync(Rule4, TimeSpan.FromSeconds(6));
        _ = await Peer.UntilAsync("the rule", () => routers.BirdAsync("show route table flowtab4"), a =>
            a.Contains("198.51.100.7", StringComparison.Ordinal));

        // A round comes every minute; what is asked here is half of it.
        _ = await Peer.UntilAsync(
            "the end of the rule", () => routers.BirdAsync("show route table flowtab4"),
            a => !a.Contains("198.51.100.7", StringComparison.Ordinal), 30);
        await end.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => keeping);
    }

    [Fact]
    public async Task Routes_of_others_are_never_touched_and_an_emergency_stop_leaves_nothing_of_ours()
    {
        await using var routers = await Routers.StartAsync();
        // The operator's own: another rule, another host route, and the very rule that we announce as well.
        _ = await routers.GoBgpAsync(
            "global", "rib", "-a", "ipv4-flowspec", "add", "match", "destination", "203.0.113.5/32", "then", "discard");
        _ = await routers.GoBgpAsync(
            "global", "rib", "-a", "ipv4-flowspec", "add", "match", "destination", "198.51.100.7/32", "protocol", "tcp",
            "destination-port", "==443", "then", "rate-limit", "1000000");
        _ = await routers.GoBgpAsync("global", "rib", "-a", "ipv4", "add", "203.0.113.6/32", "nexthop", "192.0.2.1");
        var records = new DurableMitigationRecords();
        using var place = await MitigationFixture.OpenAsync(records, routers);
        _ = await place.BlockAsync(Rule4);
        _ = await place.BlockAsync(Rule6);
        _ = await place.BlockAsync("blackhole 198.51.100.66/32");
        await place.SettleAsync();
        _ = await Peer.UntilAsync("our blackhole", () => routers.BirdAsync("show route"), a =>
            a.Contains("198.51.100.66", StringComparison.Ordinal));
        Assert.Equal(3, place.Keeper.Status.Foreign);
        Assert.Contains("rate: 1000000", await routers.GoBgpAsync("global", "rib", "-a", "ipv4-flowspec"));

        Assert.Equal(3, await place.Desk.StopAllAsync("drill", "otto", "operator", CancellationToken.None));
        await place.SettleAsync();

        Assert.All(place.Desk.Leases, l => Assert.Equal(LeaseState.Withdrawn, l.State));
        Assert.Equal(3, records.Entries.Count(e =>
            e.Act == "unblock" && e.Reason.Contains("emergency stop", StringComparison.Ordinal)));
        _ = await Peer.UntilAsync("nothing of ours", () => routers.BirdAsync("show route table all all"), a =>
            !a.Contains("1466263922", StringComparison.Ordinal));
        var left = await Peer.UntilAsync(
            "the operator's rule alone", () => routers.BirdAsync("show route table all all"),
            a => a.Contains("198.51.100.7", StringComparison.Ordinal));
        Assert.Contains("203.0.113.5", left);
        Assert.Contains("203.0.113.6", left);
        Assert.Contains("(generic, 0x80060000, 0x49742400)", left);
        Assert.DoesNotContain("198.51.100.66", left);
    }

    [Fact]
    public async Task Whatever_is_killed_between_two_steps_the_router_is_as_planned_afterwards()
    {
        await using var routers = await Routers.StartAsync();
        var records = new DurableMitigationRecords();
        Lease kept;
        using (var first = await MitigationFixture.OpenAsync(records, routers))
        {
            // Approved, and gobgpd dies before it is told.
            kept = await first.BlockAsync(Rule4);
            await routers.GoBgp.KillAsync();
            Assert.False(await first.Keeper.RoundAsync(CancellationToken.None));
            Assert.False(first.Keeper.Status.IsReachable);
            Assert.Contains("cannot be reached", first.Keeper.Status.Fault);
            Assert.Equal(LeaseState.Approved, first.Desk.Find(kept.Id)!.State);
            routers.GoBgp.Start();
            await first.SettleAsync();
            _ = await Peer.UntilAsync(
                "the rule after a kill before it", () => routers.BirdAsync("show route table flowtab4"),
                a => a.Contains("198.51.100.7", StringComparison.Ordinal));

            // Announced, and gobgpd dies with all it knew.
            await routers.GoBgp.KillAsync();
            _ = await Peer.UntilAsync(
                "the rule gone with its router", () => routers.BirdAsync("show route table flowtab4"),
                a => !a.Contains("198.51.100.7", StringComparison.Ordinal));
            routers.GoBgp.Start();
            await first.SettleAsync();
            _ = await Peer.UntilAsync("the rule again", () => routers.BirdAsync("show route table flowtab4"), a =>
                a.Contains("198.51.100.7", StringComparison.Ordinal));

            // A lease ends while gobgpd is away; and Weir is away too when it comes back.
            var doomed = await first.BlockAsync("flowspec 198.51.100.8/32 tcp 80 discard");
            await first.SettleAsync();
            _ = await Peer.UntilAsync("the second rule", () => routers.BirdAsync("show route table flowtab4"), a =>
                a.Contains("198.51.100.8", StringComparison.Ordinal));
            _ = await first.Desk.WithdrawAsync([doomed.Id], LeaseReasonCode.Appeal, "otto", "operator",
                CancellationToken.None);
        }

        // Weir is gone between the record and the act: the orphan stands at the router until the next start sweeps it.
        Assert.Contains("198.51.100.8", await routers.BirdAsync("show route table flowtab4"));
        using var second = await MitigationFixture.OpenAsync(records, routers);
        await second.SettleAsync();
        _ = await Peer.UntilAsync("the orphan's end", () => routers.BirdAsync("show route table flowtab4"), a =>
            !a.Contains("198.51.100.8", StringComparison.Ordinal));
        Assert.Contains("198.51.100.7", await routers.BirdAsync("show route table flowtab4"));
        Assert.Equal(1, second.Keeper.Status.Withdrawn);
        Assert.Equal(LeaseState.Verified, second.Desk.Find(kept.Id)!.State);
    }

    [Fact]
    public async Task A_lost_journal_withdraws_everything_and_dry_run_announces_nothing()
    {
        await using var routers = await Routers.StartAsync();
        var records = new DurableMitigationRecords();
        using (var place = await MitigationFixture.OpenAsync(records, routers))
        {
            _ = await place.BlockAsync(Rule4);
            await place.SettleAsync();
            _ = await Peer.UntilAsync("the rule", () => routers.BirdAsync("show route table flowtab4"), a =>
                a.Contains("198.51.100.7", StringComparison.Ordinal));
            records.JournalIsLost = true;
            await place.SettleAsync();
            Assert.Contains("Nothing is blocked until", place.Desk.Lost);
            _ = await Assert.ThrowsAsync<MitigationJournalException>(() => place.BlockAsync(Rule6));
        }

        _ = await Peer.UntilAsync("nothing after the loss", () => routers.BirdAsync("show route table flowtab4"), a =>
            !a.Contains("198.51.100.7", StringComparison.Ordinal));

        records.JournalIsLost = false;
        using (var mended = await MitigationFixture.OpenAsync(records, routers))
        {
            await mended.SettleAsync();
            _ = await Peer.UntilAsync(
                "the rule after the mend", () => routers.BirdAsync("show route table flowtab4"),
                a => a.Contains("198.51.100.7", StringComparison.Ordinal));
        }

        using var dry = await MitigationFixture.OpenAsync(records, routers, enforce: false);
        await dry.SettleAsync();
        _ = await Peer.UntilAsync("nothing under dry run", () => routers.BirdAsync("show route table flowtab4"), a =>
            !a.Contains("198.51.100.7", StringComparison.Ordinal));
        Assert.Equal(LeaseState.Approved, dry.Desk.Leases.Single().State);
    }

    [Fact]
    public async Task Ten_thousand_leases_come_and_go_and_leave_nothing_behind()
    {
        await using var routers = await Routers.StartAsync();
        const int Leases = 10_000;
        var records = new DurableMitigationRecords();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await records.WriteAsync(
            [.. Enumerable.Range(0, Leases).Select(i => MitigationFixture.Row(
                (ulong)i + 1, $"flowspec 198.18.{i / 256}.{i % 256}/32 tcp 443 discard", now, now + 3_600_000))],
            CancellationToken.None);
        using var place = await MitigationFixture.OpenAsync(records, routers);
        var time = TimeProvider.System;
        var from = time.GetTimestamp();
        await place.SettleAsync();
        var announced = time.GetElapsedTime(from);
        var count = await Peer.UntilAsync(
            "all rules at BIRD", () => routers.BirdAsync("show route table flowtab4 count"),
            a => a.Contains($"{Leases} of {Leases} routes", StringComparison.Ordinal));
        var arrived = time.GetElapsedTime(from);
        await place.SettleAsync();
        var reconciled = time.GetElapsedTime(from);
        Assert.Equal(Leases, place.Desk.Leases.Count(l => l.State == LeaseState.Verified));

        Assert.Equal(Leases, await place.Desk.StopAllAsync("drill", "otto", "operator", CancellationToken.None));
        await place.SettleAsync();
        _ = await Peer.UntilAsync(
            "nothing left at BIRD", () => routers.BirdAsync("show route table flowtab4 count"),
            a => a.Contains("0 of 0 routes", StringComparison.Ordinal));
        Console.WriteLine($"{count.Split('\n').First(l => l.Contains("routes", StringComparison.Ordinal))}: GoBGP had "
            + $"them after {announced.TotalSeconds:0.0} s, BIRD after {arrived.TotalSeconds:0.0} s, reconciled after "
            + $"{reconciled.TotalSeconds:0.0} s, withdrawn everywhere after "
            + $"{time.GetElapsedTime(from).TotalSeconds:0.0} s");
        Assert.Equal(0, place.Keeper.Status.Held);
    }
}
