// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Wire;

namespace Weir.Tests.Matching;

public class WatchlistTests
{
    private const long Noon = 1_714_564_800_000;

    internal static Feed FeedOf(string name, ListRole role, params string[] lines) =>
        FeedReader.Parse(
            string.Concat(lines.Select(line => line + "\n")), new FeedOptions { Path = name, Name = name, Role = role },
            TimeProvider.System);

    internal static Watchlist ListOf(params Feed[] feeds) => Watchlist.From(feeds, DateTimeOffset.UnixEpoch);

    internal static Endpoint At(string address, ushort port, byte protocol = Protocols.Tcp) =>
        new(IpKey.Parse(address), port, protocol);

    [Fact]
    public void An_entry_with_a_port_matches_that_port_and_one_without_every_port()
    {
        var list = ListOf(FeedOf("a", ListRole.C2, "192.0.2.1:443", "192.0.2.2", "192.0.2.3:53/udp"));

        Assert.True(list.TryFind(At("192.0.2.1", 443), Noon, out var entry));
        Assert.Equal("192.0.2.1:443", entry.ToString());
        Assert.False(list.TryFind(At("192.0.2.1", 80), Noon, out _));
        Assert.True(list.TryFind(At("192.0.2.2", 80), Noon, out _));
        Assert.True(list.TryFind(At("192.0.2.3", 53, Protocols.Udp), Noon, out _));
        Assert.False(list.TryFind(At("192.0.2.3", 53), Noon, out _));
        Assert.False(list.TryFind(At("192.0.2.4", 53), Noon, out _));
    }

    [Fact]
    public void Icmp_matches_only_where_the_list_names_it()
    {
        var list = ListOf(FeedOf("a", ListRole.C2, "192.0.2.1", "192.0.2.2/icmp"));

        Assert.False(list.TryFind(At("192.0.2.1", 0, Protocols.Icmp), Noon, out _));
        Assert.True(list.TryFind(At("192.0.2.2", 0, Protocols.Icmp), Noon, out _));
    }

    [Fact]
    public void Expiry_is_judged_at_the_flows_time()
    {
        var feed = FeedReader.Parse(
            $"ip,expires\n192.0.2.1,2024-05-01T12:00:00Z\n", new FeedOptions { Path = "a" }, TimeProvider.System);
        var list = ListOf(feed);

        Assert.True(list.TryFind(At("192.0.2.1", 1), Noon - 1_000, out _));
        Assert.False(list.TryFind(At("192.0.2.1", 1), Noon, out _));
    }

    [Fact]
    public void Allow_wins_over_every_list_and_every_length()
    {
        var bad = FeedOf("bad", ListRole.C2, "192.0.2.1:443", "198.51.100.9", "203.0.113.7:80");
        var good = FeedOf("good", ListRole.Allow, "192.0.2.0/24", "198.51.100.9:443", "2001:db8::/32");
        var list = ListOf(bad, good);

        Assert.False(list.TryFind(At("192.0.2.1", 443), Noon, out _));
        Assert.False(list.TryFind(At("198.51.100.9", 443), Noon, out _));
        Assert.True(list.TryFind(At("198.51.100.9", 80), Noon, out _));
        Assert.True(list.TryFind(At("203.0.113.7", 80), Noon, out _));
        Assert.True(list.IsAllowed(At("192.0.2.1", 443)));
        Assert.True(list.IsAllowed(At("2001:db8:1::1", 443)));
        Assert.False(list.IsAllowed(At("203.0.113.7", 80)));
    }

    [Fact]
    public void Of_several_lists_the_weightier_role_decides_and_the_sources_of_that_role_are_counted()
    {
        var list = ListOf(
            FeedOf("bogon", ListRole.Bogon, "192.0.2.1"),
            FeedOf("one", ListRole.C2, "192.0.2.0/24", "192.0.2.1"),
            FeedOf("two", ListRole.C2, "192.0.2.1:443"),
            FeedOf("hole", ListRole.Sinkhole, "192.0.2.1:443"));

        Assert.True(list.TryFind(At("192.0.2.1", 443), Noon, out var entry, out var sources));
        Assert.Equal(("two", 2), (entry.List, sources));
        Assert.True(list.TryFind(At("192.0.2.1", 80), Noon, out entry, out sources));
        Assert.Equal(("one", 1), (entry.List, sources));
        Assert.Equal(128, entry.What.Length);
        Assert.Equal(5, list.All(At("192.0.2.1", 443)).Count);
    }

    [Theory]
    [InlineData("192.0.2.1:443")]
    [InlineData("192.0.2.0/24")]
    public void What_others_list_as_well_decides_before_our_own_list(string theirs)
    {
        var ours = FeedOf(PromotedList.Name, ListRole.C2, "192.0.2.1:443");
        var others = FeedOf("published", ListRole.C2, theirs);
        foreach (var list in (Watchlist[])[ListOf(ours, others), ListOf(others, ours)])
        {
            Assert.True(list.TryFind(At("192.0.2.1", 443), Noon, out var entry, out var sources));
            Assert.Equal(("published", 2), (entry.List, sources));
        }
    }

    [Fact]
    public void The_same_entry_said_twice_by_one_list_lives_as_long_as_either()
    {
        var feed = FeedReader.Parse(
            "ip,port,expires\n192.0.2.1,1,2024-05-01\n192.0.2.1,1,2024-06-01\n192.0.2.1,1,2024-04-01\n",
            new FeedOptions { Path = "a" }, TimeProvider.System);
        var list = ListOf(feed);

        Assert.Equal(1, list.Count);
        Assert.True(list.TryFind(
            At("192.0.2.1", 1), DateTimeOffset.Parse("2024-05-31T00:00:00Z").ToUnixTimeMilliseconds(), out _));
    }

    [Fact]
    public void An_address_listed_with_very_many_ports_is_found_by_each()
    {
        var list = ListOf(
            FeedOf("a", ListRole.C2, [.. Enumerable.Range(1, 5_000).Select(port => $"192.0.2.1:{port}")]));

        Assert.True(list.TryFind(At("192.0.2.1", 4_321), Noon, out var entry));
        Assert.Equal(4_321, entry.Port);
        Assert.False(list.TryFind(At("192.0.2.1", 5_001), Noon, out _));
    }

    /// <summary>Random lists of addresses and networks, both families, with and without ports, protocols, expiry, over
    /// few values so that they overlap.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 7)]
    [InlineData(4, 40)]
    [InlineData(5, 400)]
    [InlineData(6, 4_000)]
    public void It_agrees_with_a_search_entry_by_entry(int seed, int count)
    {
        var random = new Random(seed);
        var feeds = Enumerable.Range(0, 4)
            .Select(i => RandomFeed(random, $"list{i}", count / 4 + (count % 4))).ToArray();
        var list = ListOf(feeds);
        var all = feeds.SelectMany(feed => feed.Entries).ToList();
        var listed = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var endpoint = new Endpoint(
                RandomAddress(random), (ushort)random.Next(0, 4),
                random.Next(3) switch { 0 => Protocols.Tcp, 1 => Protocols.Udp, _ => Protocols.Icmp });
            var at = random.Next(0, 6) * 1_000L;
            var covering = all.Where(entry => entry.Covers(endpoint) && entry.IsValidAt(at)).ToList();
            var allowed = covering.Exists(entry => entry.Role == ListRole.Allow);
            var role = covering.Count == 0 ? default : covering.Min(entry => entry.Role);

            var found = list.TryFind(endpoint, at, out var entry, out var sources);

            Assert.Equal(covering.Count > 0 && !allowed, found);
            if (found)
            {
                listed++;
                Assert.Equal(role, entry.Role);
                Assert.True(entry.Covers(endpoint) && entry.IsValidAt(at));
                Assert.Equal(
                    covering.Where(other => other.Role == role).Select(other => other.List).Distinct().Count(),
                    sources);
            }

            Assert.Equal(
                all.Exists(other => other.Role == ListRole.Allow && other.Covers(endpoint)), list.IsAllowed(endpoint));
        }

        Assert.True(count < 40 || listed > 100, $"{listed} of 4000 questions met an entry");
    }

    private static Feed RandomFeed(Random random, string name, int count)
    {
        var entries = new List<ListEntry>();
        for (var i = 0; i < count; i++)
        {
            var address = RandomAddress(random);
            var what = random.Next(3) > 0
                ? Prefix.From(address, 128)
                : Prefix.From(address, address.IsV4 ? 96 + random.Next(20, 32) : random.Next(100, 128));
            var role = random.Next(10) switch
            {
                < 5 => ListRole.C2,
                < 7 => ListRole.Sinkhole,
                7 => ListRole.Attacker,
                8 => ListRole.Bogon,
                _ => random.Next(4) == 0 ? ListRole.Allow : ListRole.C2
            };
            entries.Add(new ListEntry(
                what, (ushort)random.Next(0, 4),
                random.Next(4) switch { 0 => Protocols.Tcp, 1 => Protocols.Icmp, _ => 0 },
                new ListTag(name, role, 100, ""), 0, 0,
                random.Next(3) == 0 ? random.Next(1, 6) * 1_000L : ListEntry.Never, random.Next(5) == 0 ? 2_000 : 0));
        }

        return FeedOf(name, ListRole.C2) with { Entries = entries };
    }

    private static IpKey RandomAddress(Random random) => random.Next(2) == 0
        ? IpKey.FromV4(0xC000_0200u + (uint)random.Next(0, 3_000))
        : new IpKey((UInt128.One << 125) + (UInt128)random.Next(0, 3_000));
}
