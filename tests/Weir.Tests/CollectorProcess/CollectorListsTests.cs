// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.CollectorProcess;

/// <summary>Lists: what the notice digests is in force, anything else is not.</summary>
public sealed class CollectorListsTests
{
    private static Feed List(params string[] addresses) => List(443, 6, addresses);

    internal static Feed List(ushort port, byte protocol, params string[] addresses)
    {
        var tag = new ListTag("c2", ListRole.C2, 90, "emotet") { Provenance = "by hand" };
        return new Feed
        {
            Name = "c2",
            Path = "c2.txt",
            Format = "text",
            Role = ListRole.C2,
            Entries = [.. addresses.Select(one => new ListEntry(
                Prefix.Parse(one), port, protocol, tag, 1, 2, ListEntry.Never, 0))],
            Domains = [],
            Refused = new RejectedLines(0, []),
            Ignored = new Dictionary<string, int>(),
            ReadAt = DateTimeOffset.UnixEpoch,
        };
    }

    private static bool Lists(Collector.Composing.CollectorProcess process, string address) =>
        process.Services.GetRequiredService<CurrentWatchlist>().Current.TryFind(
            new Endpoint(IpKey.Parse(address), 443, 6), 1_800_000_000_000, out _);

    [Fact]
    public async Task Lists_are_put_in_force_replaced_and_there_again_after_a_start_without_the_desk()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        var waiting = world.Health.Read();
        Assert.False(waiting.IsReady);
        Assert.StartsWith(
            "no list is in force", waiting.Parts.Single(part => part.Part == "lists").Health.Reason,
            StringComparison.Ordinal);
        world.Desk.Give(1, [List("192.0.2.7/32")]);
        await world.UntilAsync(() => Lists(process, "192.0.2.7"), "the first lists");
        await world.UntilAsync(() => world.Health.Read().IsReady, "the collector is ready");
        world.Desk.Give(2, [List("192.0.2.8/32", "2001:db8::/32")]);
        await world.UntilAsync(() => Lists(process, "192.0.2.8"), "the second");
        Assert.False(Lists(process, "192.0.2.7"));
        Assert.True(Lists(process, "2001:db8::9"));
        await process.StopAsync(CancellationToken.None);
        await process.DisposeAsync();

        world.Peers.Stop("desk");
        var second = await world.StartAsync();
        Assert.True(Lists(second, "192.0.2.8"));
        Assert.NotEmpty(world.Logs.Of(1232));
    }

    [Fact]
    public async Task Lists_of_another_digest_are_refused_and_the_last_good_ones_stay()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        world.Desk.Give(1, [List("192.0.2.7/32")]);
        await world.UntilAsync(() => Lists(process, "192.0.2.7"), "the first lists");
        world.Desk.Give(2, [List("192.0.2.8/32")], new string('a', 64));
        await world.UntilAsync(() => world.Counted["weir.lists.refused{reason=wrong-digest}"] > 0, "a refusal");

        Assert.True(Lists(process, "192.0.2.7"));
        Assert.False(Lists(process, "192.0.2.8"));
        await world.UntilAsync(
            () => world.Health.Read().ToJson().Contains("those of before stay in force", StringComparison.Ordinal),
            "health says so");
        world.Desk.Give(3, [List("192.0.2.9/32")]);
        await world.UntilAsync(() => Lists(process, "192.0.2.9"), "the third", TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task An_exchange_with_a_listed_endpoint_is_a_sighting_at_the_store_and_an_event_at_the_desk()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        world.Desk.Give(1, [List(7703, Protocols.Udp, CollectorWorld.Victim + "/32")]);
        await world.UntilAsync(
            () => process.Services.GetRequiredService<CurrentWatchlist>().Current.Count == 1, "the lists");
        for (var i = 0; i < 3; i++)
        {
            await world.SendAsync(process, 3);
            await world.SendAsync(process, 3, isAnswer: true);
            await world.PassAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));
        }

        await world.UntilAsync(() => world.Desk.Journal.Count > 0, "an event", TimeSpan.FromSeconds(10));
        var contact = world.Desk.Journal[0];
        Assert.Equal(RuleId.CncContact, contact.Rule);
        Assert.Equal("both udp rport=7703 raddr=203.0.113.9", contact.Class!.ToString());
        await world.UntilAsync(
            () => world.Store.Rows(SegmentKind.Sightings) > 0, "a sighting", TimeSpan.FromSeconds(1));
        Assert.True(world.Ring.Verify(world.Desk.Envelopes[0]).IsBelieved);
    }

    /// <summary>One half of a contact before a kill and the other after it: each alone is no exchange.</summary>
    [Fact]
    public async Task A_contact_whose_halves_lie_before_and_after_a_kill_is_an_exchange()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        world.Desk.Give(1, [List(7703, Protocols.Udp, CollectorWorld.Victim + "/32")]);
        await world.UntilAsync(
            () => process.Services.GetRequiredService<CurrentWatchlist>().Current.Count == 1, "the lists");
        await world.SendAsync(process, 1);
        var account = Path.Combine(world.Folder, "account");
        await world.UntilAsync(
            () => File.ReadLines(account).Any(line => line.StartsWith("window p-", StringComparison.Ordinal)),
            "the window is written down");
        await process.DisposeAsync();

        var second = await world.StartAsync();
        await world.SendAsync(second, 1, isAnswer: true);
        await world.UntilAsync(() => world.Desk.Journal.Count > 0, "an event", TimeSpan.FromSeconds(10));
        Assert.Equal(RuleId.CncContact, world.Desk.Journal[0].Rule);
        Assert.Equal(1, world.Counted["weir.account.resumed_windows"]);
        await world.UntilAsync(
            () => world.Store.Rows(SegmentKind.Sightings) > 0, "a sighting", TimeSpan.FromSeconds(10));
        Assert.Equal(1, world.Store.Rows(SegmentKind.Sightings));
        Assert.Equal(0, world.Counted["weir.account.lost_windows"]);
    }

    [Fact]
    public async Task A_certain_exchange_is_an_event_at_the_desk_before_its_window_closes()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        world.Desk.Give(1, [List(7703, Protocols.Udp, CollectorWorld.Victim + "/32")]);
        await world.UntilAsync(
            () => process.Services.GetRequiredService<CurrentWatchlist>().Current.Count == 1, "the lists");
        var sent = world.NowMs;
        await world.SendAsync(process, 3);
        await world.SendAsync(process, 3, isAnswer: true);
        await world.UntilAsync(() => world.Desk.Journal.Count > 0, "an event", TimeSpan.FromMilliseconds(1));

        Assert.InRange(world.NowMs - sent, 0, 3_000);
        var opened = Assert.Single(world.Desk.Journal);
        Assert.Equal((RuleId.CncContact, EventPhase.Opened), (opened.Rule, opened.Phase));
        Assert.Equal(0, world.Store.Rows(SegmentKind.Sightings));

        await world.UntilAsync(() => world.Desk.Journal.Count > 1, "its window closed", TimeSpan.FromSeconds(10));
        Assert.InRange(world.NowMs - sent, 600_000, 3_600_000);
        Assert.Equal((opened.Number, EventPhase.Closed), (world.Desk.Journal[1].Number, world.Desk.Journal[1].Phase));
    }

    [Fact]
    public void Lists_are_the_same_octets_for_the_same_lists_and_come_back_as_they_were()
    {
        Feed[] feeds = [List("192.0.2.7/32", "2001:db8::/32", "198.51.100.0/24"), List()];
        var octets = ListsDocument.Format(feeds);
        Assert.Equal(octets, ListsDocument.Format(feeds));
        var read = ListsDocument.TryParse(octets, DateTimeOffset.UnixEpoch)!;
        Assert.Equal(feeds.SelectMany(one => one.Entries), read.SelectMany(one => one.Entries));
        Assert.Equal(octets, ListsDocument.Format(read));
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.Null(ListsDocument.TryParse(octets.AsMemory(0, length), DateTimeOffset.UnixEpoch));
        }

        var random = new Random(3);
        for (var turn = 0; turn < 2_000; turn++)
        {
            var broken = octets.ToArray();
            broken[random.Next(broken.Length)] = (byte)random.Next(256);
            _ = ListsDocument.TryParse(broken, DateTimeOffset.UnixEpoch);
        }
    }
}
