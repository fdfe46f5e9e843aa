// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Braking;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Contracts.Braking;

/// <summary>How the brake counts: lines of a network and a day, of what is corroborated alone.</summary>
public sealed class NetworkLinesTests
{
    private const int Bound = 5;
    private const long DayMs = 86_400_000;

    private static readonly Prefix Network = Prefix.Parse("198.51.100.0/24");

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.0/24")]
    [InlineData("198.51.100.255", "198.51.100.0/24")]
    [InlineData("2001:db8:1:2::9", "2001:db8:1::/48")]
    public void A_far_end_is_counted_with_its_network(string address, string network)
    {
        Assert.Equal(Prefix.Parse(network), ListedNetwork.Of(IpKey.Parse(address)));
        Assert.True(ListedNetwork.TryParse(network, out var read));
        Assert.Equal(network, read.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("198.51.100.7")]
    [InlineData("198.51.100.7/24")]
    [InlineData("198.51.100.0/25")]
    [InlineData("198.51.0.0/16")]
    [InlineData("2001:db8:1::/64")]
    [InlineData("nonsense/24")]
    public void What_is_no_such_network_is_not_read(string? text) => Assert.False(ListedNetwork.TryParse(text, out _));

    [Fact]
    public void Lines_within_the_bound_stay_within_and_others_are_counted_beyond()
    {
        var lines = new NetworkLines(Bound);
        Assert.All(Enumerable.Range(1, Bound), line => Assert.True(lines.TryAdd(Contact(line))));
        Assert.All(Enumerable.Range(Bound + 1, 100), line => Assert.False(lines.TryAdd(Contact(line))));

        Assert.True(lines.TryAdd(Contact(1)));
        Assert.Equal(Bound + 100, lines.MostOf(Network));
        Assert.False(lines.TryAdd(Contact(Bound + 1)));
        Assert.Equal(Bound + 100, lines.MostOf(Network));
    }

    [Fact]
    public void A_further_day_and_a_further_network_begin_at_nought_and_old_days_go()
    {
        var lines = new NetworkLines(1);
        Assert.True(lines.TryAdd(Contact(1)));
        Assert.False(lines.TryAdd(Contact(2)));
        Assert.True(lines.TryAdd(Contact(2) with { Day = 101 }));
        Assert.True(lines.TryAdd(Contact(2) with { Network = Prefix.Parse("198.51.101.0/24") }));

        Assert.Equal(3, lines.Count);
        Assert.True(lines.TryAdd(Contact(3) with { Day = 200 }));
        Assert.Equal(1, lines.Count);
    }

    [Fact]
    public void What_two_lists_name_may_be_met_by_ten_times_as_many()
    {
        var lines = new NetworkLines(Bound);
        Assert.All(
            Enumerable.Range(1, 10 * Bound), line => Assert.True(lines.TryAdd(Contact(line) with { Sources = 2 })));
        Assert.False(lines.TryAdd(Contact(1_000) with { Sources = 2 }));
        Assert.False(lines.TryAdd(Contact(1_001)));
    }

    /// <summary>Whoever comes first: as many of one list, and as many altogether.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lines_of_two_lists_use_up_nothing_of_what_one_list_may_bring(bool isTwoFirst)
    {
        var lines = new NetworkLines(Bound);
        BrakedContact[] two = [.. Enumerable.Range(100, 3 * Bound).Select(line => Contact(line) with { Sources = 2 })];
        BrakedContact[] one = [.. Enumerable.Range(1, 2 * Bound).Select(Contact)];
        var within = (isTwoFirst ? two.Concat(one) : one.Concat(two)).Where(line => lines.TryAdd(line)).ToList();

        Assert.Equal(
            (Bound, 3 * Bound), (within.Count(line => line.Sources == 1), within.Count(line => line.Sources == 2)));
        Assert.Equal(5 * Bound, lines.MostOf(Network));
    }

    /// <summary>A line has another name in another epoch, and its scope goes on.</summary>
    [Fact]
    public void An_order_counts_the_name_and_the_day_of_its_earliest_evidence()
    {
        using var key = SigningKey.Create();
        var (before, now) = (new SubjectKey(7), new SubjectKey(8));
        var order = SignedOrders.Make(key, new(1), before, new(1), DateTimeOffset.UnixEpoch.AddDays(3));
        order = order with
        {
            Subject = now,
            Grounds =
            [
                EventDocument.Sign(SignedOrders.Contact(now, DateTimeOffset.UnixEpoch.AddDays(4)), key),
                .. order.Grounds,
            ],
        };

        Assert.True(ListedNetwork.TryOf(order, out var contact));
        Assert.Equal((Network, before, 3), (contact.Value.Network, contact.Value.Line, contact.Value.Day));
        Assert.True(ListedNetwork.TryOf(order with { Purpose = Purpose.RemediationCheck }, out var check));
        Assert.Equal(contact, check);
        Assert.False(ListedNetwork.TryOf(order with { Purpose = Purpose.DdosSource }, out _));
    }

    [Fact]
    public void Only_a_corroborated_contact_is_counted()
    {
        var contact = SignedOrders.Contact(new SubjectKey(7), DateTimeOffset.UnixEpoch.AddMilliseconds(3 * DayMs)) with
        {
            Sources = 1,
        };
        Assert.True(ListedNetwork.TryOf(contact, out var counted));
        Assert.Equal(new(Network, new SubjectKey(7), 3, 1), counted);
        Assert.False(ListedNetwork.TryOf(contact with { Doubt = EvidenceDoubt.NewStream }, out _));
        Assert.False(ListedNetwork.TryOf(contact with { Rule = RuleId.FloodOut }, out _));
        Assert.True(ListedNetwork.TryNetwork(contact with { Doubt = EvidenceDoubt.NewStream }, out var network));
        Assert.Equal(Network, network);
    }

    private static BrakedContact Contact(int line) => new(Network, new SubjectKey((UInt128)line), 100, 1);
}
