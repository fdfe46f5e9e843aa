// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Owning;
using Weir.Contracts.Networks;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Tests.Owning;

/// <summary>Whose a flow is: by its line's address and its start, the same for every collector.</summary>
public sealed class SubjectOwnersTests
{
    private static readonly AttributingOptions Networks = new()
    {
        Networks =
        [
            new() { Prefix = Prefix.Parse("10.0.0.0/8"), Access = "ftth" },
            new() { Prefix = Prefix.Parse("2001:db8::/32") },
        ],
    };

    private static readonly OwnersOptions Two = new()
    {
        Collectors =
        [
            new() { Name = "edge-1", Networks = [Prefix.Parse("10.0.0.0/9"), Prefix.Parse("2001:db8::/32")] },
            new() { Name = "edge-2", Networks = [Prefix.Parse("10.128.0.0/9")] },
        ],
    };

    private static readonly OwnersOptions Moved = Two with
    {
        Next =
        [
            new() { Name = "edge-2", Networks = [Prefix.Parse("10.0.0.0/8")] },
            new() { Name = "edge-1", Networks = [Prefix.Parse("2001:db8::/32")] },
        ],
        NextFrom = "2026-12-01T06:00Z",
    };

    private static readonly long Edge =
        new DateTimeOffset(2026, 12, 1, 6, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData("10.1.2.3", "edge-1")]
    [InlineData("10.200.2.3", "edge-2")]
    [InlineData("2001:db8:7::1", "edge-1")]
    public void Every_collector_names_the_same_owner(string address, string owner)
    {
        foreach (var own in (string[])["edge-1", "edge-2"])
        {
            var owners = new SubjectOwners(Two, Networks, own);
            Assert.Equal(owner, owners.Names[owners.OwnerOf(IpKey.Parse(address), owners.MapAt(Edge))]);
            Assert.Equal(own, owners.Names[owners.Own]);
        }
    }

    [Fact]
    public void At_the_hours_edge_and_not_before_a_network_changes_hands_by_the_flows_start()
    {
        var owners = new SubjectOwners(Moved, Networks, "edge-1");
        var line = IpKey.Parse("10.1.2.3");
        Assert.Equal("edge-1", owners.Names[owners.OwnerOf(line, owners.MapAt(Edge - 1))]);
        Assert.Equal("edge-2", owners.Names[owners.OwnerOf(line, owners.MapAt(Edge))]);
    }

    [Fact]
    public void A_change_that_is_to_come_alters_nothing_that_collectors_agree_on_now()
    {
        var now = new SubjectOwners(Two, Networks, "edge-1");
        var coming = new SubjectOwners(Moved, Networks, "edge-2");
        Assert.Equal(0, coming.FindMap(now.DigestOf(0).Span));
        Assert.Equal(-1, now.FindMap(coming.DigestOf(1).Span));

        var done = new SubjectOwners(
            new()
            {
                Collectors =
                [
                    .. Moved.Next.Select(one => new OwnerOptions { Name = one.Name, Networks = one.Networks }),
                ],
            },
            Networks, "edge-2");
        Assert.Equal(1, coming.FindMap(done.DigestOf(0).Span));
    }

    [Fact]
    public void Rows_in_another_order_agree_and_other_rows_or_networks_do_not()
    {
        var digest = new SubjectOwners(Two, Networks, "edge-1").DigestOf(0).ToArray();
        var turned = Two with { Collectors = [.. Two.Collectors.Reverse()] };
        Assert.Equal(digest, new SubjectOwners(turned, Networks, "edge-2").DigestOf(0).ToArray());
        var swapped = Two with
        {
            Collectors = [Two.Collectors[0] with { Networks = Two.Collectors[1].Networks },
                Two.Collectors[1] with { Networks = Two.Collectors[0].Networks }],
        };
        Assert.NotEqual(digest, new SubjectOwners(swapped, Networks, "edge-1").DigestOf(0).ToArray());
        foreach (var other in (AttributingOptions[])[
            Networks with { Ipv6SubjectLength = 56 },
            Networks with { Networks = [Networks.Networks[0] with { Access = "cable" }, Networks.Networks[1]] },
            Networks with
            {
                Networks = [Networks.Networks[0] with { Attribution = SubscriberMapping.Leased }, Networks.Networks[1]],
            },
            Networks with { Networks = [Networks.Networks[0]] }])
        {
            Assert.NotEqual(digest, new SubjectOwners(Two, other, "edge-1").DigestOf(0).ToArray());
        }
    }
}
