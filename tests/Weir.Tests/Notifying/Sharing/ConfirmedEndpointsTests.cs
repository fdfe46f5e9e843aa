// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Sharing;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Sharing;
using Weir.Wire;

namespace Weir.Tests.Notifying.Sharing;

/// <summary>Which endpoints may be shared, and with what.</summary>
public sealed class ConfirmedEndpointsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Valid = TimeSpan.FromDays(30);

    [Fact]
    public void Listed_ones_with_traffic_here_go_out_and_no_others()
    {
        var lists = Lists(
            Entry("198.51.100.1"), Entry("198.51.100.2", ListRole.Sinkhole), Entry("198.51.100.3", ListRole.Attacker),
            Entry("198.51.100.4"), Entry("198.51.100.4", ListRole.Allow), Entry("198.51.100.5", expires: Now),
            Entry("198.51.100.6", expires: Now.AddDays(3)), Entry("198.51.100.9"));
        var shared = ConfirmedEndpoints.From(
            [.. Enumerable.Range(1, 7).Select(i => Seen($"198.51.100.{i}", i * 11))],
            new Dictionary<Endpoint, DateTimeOffset>(), lists, 10, (Now, Valid));

        Assert.Equal(
            ["198.51.100.1:443/tcp 10", "198.51.100.6:443/tcp 65"], shared.Select(s => $"{s.Endpoint} {s.Lines}"));
        Assert.Equal([Now.AddHours(-1) + Valid, Now.AddDays(3)], shared.Select(s => s.ValidUntil));
        Assert.All(shared, s => Assert.Equal((ConfirmedBy.Listed, "c2-list"), (s.By, s.Lists.Single())));
    }

    [Fact]
    public void Promoted_ones_go_out_unlisted_and_what_is_allowed_does_not()
    {
        var promoted = new Dictionary<Endpoint, DateTimeOffset>
        {
            [At("198.51.100.1")] = Now.AddDays(-2),
            [At("198.51.100.2")] = Now.AddDays(-2),
            [At("198.51.100.3")] = Now.AddDays(-2)
        };
        var shared = ConfirmedEndpoints.From(
            [Seen("198.51.100.1", 3)], promoted, Lists(Entry("198.51.100.3", ListRole.Allow)), 10, (Now, Valid));

        Assert.Equal(
            ["198.51.100.1:443/tcp <10", "198.51.100.2:443/tcp <10"], shared.Select(s => $"{s.Endpoint} {s.Lines}"));
        Assert.All(shared, s => Assert.Equal(ConfirmedBy.Promoted, s.By));
        Assert.Equal(Now.AddDays(-2), shared[1].Last);
    }

    [Fact]
    public void A_row_goes_over_the_API_and_comes_back()
    {
        var shared = Assert.Single(ConfirmedEndpoints.From(
            [Seen("2001:db8::1", 30)], new Dictionary<Endpoint, DateTimeOffset>(), Lists(Entry("2001:db8::1")), 10,
            (Now, Valid)));
        var back = SharedEndpointRow.From(shared).Read()!;
        Assert.Equal((shared.Endpoint, shared.First, shared.Last, shared.ValidUntil, shared.Lines, shared.By), (
            back.Endpoint, back.First, back.Last, back.ValidUntil, back.Lines, back.By));
        Assert.Null((SharedEndpointRow.From(shared) with { Endpoint = "somewhere" }).Read());
    }

    private static Endpoint At(string address) => new(IpKey.Parse(address), 443, Protocols.Tcp);

    private static ListedSighting Seen(string address, long lines) =>
        new(At(address), Now.AddHours(-5).ToUnixTimeMilliseconds(), Now.AddHours(-1).ToUnixTimeMilliseconds(), lines);

    private static ListEntry Entry(string address, ListRole role = ListRole.C2, DateTimeOffset? expires = null) => new(
        Prefix.From(IpKey.Parse(address), 128), 443, Protocols.Tcp,
        new ListTag(role == ListRole.C2 ? "c2-list" : "other", role, 100, ""),
        0, 0, expires?.ToUnixTimeMilliseconds() ?? ListEntry.Never, 0);

    private static Watchlist Lists(params ListEntry[] entries) => Watchlist.From(
        [.. entries.GroupBy(e => e.List).Select(g => new Feed
        {
            Name = g.Key,
            Path = "",
            Format = "",
            Role = g.First().Role,
            Entries = [.. g],
            Domains = [],
            Refused = new(0, []),
            Ignored = new Dictionary<string, int>(),
            ReadAt = Now
        })],
        Now);
}
