// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Segments;
using Weir.Desk.Mitigation;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Blocking;

/// <summary>Only what lists name is blocked, and what was tried is remembered.</summary>
public sealed class ListedForBlocksTests
{
    private static readonly ListTag C2 = new("ours", ListRole.C2, 100, "");
    private static readonly ListTag Allow = new("good", ListRole.Allow, 100, "");
    private static readonly ListTag Attacker = new("loud", ListRole.Attacker, 100, "");

    [Theory]
    [InlineData("flowspec 203.0.113.9/32 tcp 443 discard", true)]
    [InlineData("flowspec 203.0.113.9/32 tcp 443,8443 discard", false)]
    [InlineData("flowspec 203.0.113.9/32 udp 443 discard", false)]
    [InlineData("flowspec 203.0.113.10/32 tcp 443 discard", false)]
    [InlineData("blackhole 203.0.113.9/32", true)]
    [InlineData("blackhole 198.51.100.7/32", true)]
    [InlineData("blackhole 198.51.100.66/32", false)]
    [InlineData("blackhole 192.0.2.7/32", false)]
    [InlineData("blackhole 192.0.2.8/32", false)]
    [InlineData("name anything.example nxdomain", true)]
    public void A_far_end_is_a_listed_command_server_that_nobody_allows(string target, bool isNamed) =>
        Assert.Equal(isNamed, Listed().Names(MitigationTarget.Parse(target)));

    [Theory]
    [InlineData("cc.example", "ours")]
    [InlineData("a.below.example", "ours")]
    [InlineData("a.cc.example", null)]
    [InlineData("old.example", null)]
    [InlineData("good.below.example", null)]
    [InlineData("loud.example", null)]
    public void A_name_is_a_feed_s(string domain, string? list) => Assert.Equal(list, Listed().ListOf(domain));

    private static ListedForBlocks Listed()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        time.Advance(TimeSpan.FromSeconds(1_000));
        ListEntry Entry(string what, ushort port, byte protocol, ListTag tag, long expires = ListEntry.Never) =>
            new(Prefix.Parse(what), port, protocol, tag, 0, 0, expires, 0);
        var feed = new Feed
        {
            Name = "ours",
            Path = "",
            Format = "text",
            Role = ListRole.C2,
            Refused = new(0, []),
            Ignored = new Dictionary<string, int>(),
            ReadAt = DateTimeOffset.UnixEpoch,
            Entries =
            [
                Entry("203.0.113.9", 443, Protocols.Tcp, C2), Entry("198.51.100.0/24", 0, 0, C2),
                Entry("198.51.100.66", 443, 0, Allow), Entry("192.0.2.7", 0, 0, Attacker),
                Entry("192.0.2.8", 0, 0, C2, expires: 999_000),
            ],
            Domains =
            [
                new("cc.example", false, C2, 0, ListEntry.Never), new("below.example", true, C2, 0, ListEntry.Never),
                new("old.example", false, C2, 0, 999_000), new("good.below.example", false, Allow, 0, ListEntry.Never),
                new("loud.example", false, Attacker, 0, ListEntry.Never),
            ],
        };
        return new(new CurrentWatchlist(Watchlist.From([feed], DateTimeOffset.UnixEpoch)), time);
    }

    private sealed class RecordingSightingSink : ISightingSink
    {
        public int Count { get; private set; }

        public void Write(IReadOnlyList<Sighting> sightings) => Count += sightings.Count;
    }
}
