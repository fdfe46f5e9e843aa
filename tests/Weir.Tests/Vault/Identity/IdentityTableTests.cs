// SPDX-License-Identifier: Apache-2.0
using Weir.Tests.Support;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Ipam;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>The tables by themselves: bounds, retention, chains, rows for the lanes.</summary>
public class IdentityTableTests
{
    private static readonly SubscriberLineName Alice = new("mac:a");
    private static readonly SubscriberLineName Bob = new("mac:b");

    private readonly FakeTimeProvider _clock = IdentitySamples.Clock(1_000);

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void More_than_seven_days_are_refused(int days) =>
        Assert.Contains(
            "R10",
            Assert.Throws<ArgumentOutOfRangeException>(() => new IdentityTableOptions { RetentionDays = days }).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_moment_before_the_retention_or_in_the_future_is_outside_and_what_ended_is_forgotten()
    {
        var table = new IdentityTable(new IdentityTableOptions { RetentionDays = 1 }, _clock);
        Lease(table, "198.51.100.7", Alice, 0, 500);
        Assert.Equal("confirmed", table.CodeOf("198.51.100.7", 400));
        Assert.Equal("outside-retention", table.CodeOf("198.51.100.7", 2_000));

        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("outside-retention", table.CodeOf("198.51.100.7", 400));
        Assert.Equal(1, table.Expire());
        Assert.Equal(0, table.Count);
        Assert.Empty(table.IntakeRows(0, out _));
        Assert.Empty(table.HeldBy(Alice));
    }

    [Fact]
    public void A_full_table_refuses_and_counts_and_keeps_what_it_has()
    {
        var table = new IdentityTable(new IdentityTableOptions { MaxHoldings = 2 }, _clock);
        var counters = Lease(table, "198.51.100.1", Alice, 0, 500);
        Lease(table, "198.51.100.2", Alice, 0, 500);
        var refused = Lease(table, "198.51.100.3", Bob, 0, 500);

        Assert.Equal((1, 1, 1), (counters.Applied, refused.Refused, table.Refused));
        Assert.Equal("confirmed", table.CodeOf("198.51.100.2", 100));
        Assert.Equal("no-lease", table.CodeOf("198.51.100.3", 100));
    }

    [Fact]
    public void An_address_outside_the_networks_is_told_so()
    {
        var table = new IdentityTable(
            new IdentityTableOptions { Networks = [Prefix.Parse("198.51.100.0/24")] }, _clock);
        Assert.Equal("unknown-network", table.CodeOf("203.0.113.1", 100));
        Assert.Equal("no-lease", table.CodeOf("198.51.100.1", 100));
    }

    [Fact]
    public void The_longest_network_counts_and_leases_come_before_the_plan()
    {
        var table = new IdentityTable(new IdentityTableOptions(), _clock);
        table.Replace(new AddressPlan([new(Prefix.Parse("198.51.100.0/24"), new("customer:1"), 0, long.MaxValue), new(
            Prefix.Parse("198.51.100.0/28"), new("customer:2"), 0, long.MaxValue)]));
        Lease(table, "198.51.100.1", Alice, 100, 500);

        Assert.Equal("customer:1", table.LineOf("198.51.100.77", 200)?.Text);
        Assert.Equal("customer:2", table.LineOf("198.51.100.2", 200)?.Text);
        Assert.Equal(Alice, table.LineOf("198.51.100.1", 200));
        Assert.Equal("customer:2", table.LineOf("198.51.100.1", 600)?.Text);
    }

    [Fact]
    public void A_port_leads_by_its_block_to_the_inside_address_and_on_to_the_line()
    {
        var table = new IdentityTable(new IdentityTableOptions(), _clock);
        Lease(table, "100.64.0.1", Alice, 0, 900);
        Lease(table, "100.64.0.2", Bob, 0, 900);
        Block(table, "198.51.100.1", 1024, 2047, "100.64.0.1", 10, 300);
        Block(table, "198.51.100.1", 1024, 2047, "100.64.0.2", 310, null);
        Block(table, "198.51.100.1", 2048, 3071, "100.64.0.2", 10, 300);

        Assert.Equal("cgnat-needs-port", table.CodeOf("198.51.100.1", 100));
        Assert.Equal(Alice, table.LineOf("198.51.100.1", 100, 1_024));
        Assert.Equal(Alice, table.LineOf("198.51.100.1", 100, 2_047));
        Assert.Equal(Bob, table.LineOf("198.51.100.1", 100, 2_048));
        Assert.Equal("no-lease", table.CodeOf("198.51.100.1", 100, 3_072));
        Assert.Equal("no-lease", table.CodeOf("198.51.100.1", 305, 1_500));
        Assert.Equal(Bob, table.LineOf("198.51.100.1", 400, 1_500));
        Assert.Equal("presumed", table.CodeOf("198.51.100.1", 400, 1_500));
        Assert.Equal(IdentitySource.Dhcp, Assert.IsType<IdentityAnswer.Line>(
            table.WhoHad(IpKey.Parse("198.51.100.1"), 1_500, IdentitySamples.Ms(100))).Source);
    }

    [Fact]
    public void A_block_whose_release_is_lost_ends_unheard_and_one_whose_release_came_first_is_mended()
    {
        var table = new IdentityTable(new IdentityTableOptions(), _clock);
        Lease(table, "100.64.0.1", Alice, 0, 900);
        Lease(table, "100.64.0.2", Bob, 0, 900);
        Block(table, "198.51.100.1", 1024, 2047, "100.64.0.1", 10, null);
        Block(table, "198.51.100.1", 1024, 2047, "100.64.0.2", 300, 400);
        Assert.Equal("lost-stop", table.CodeOf("198.51.100.1", 200, 1_500));

        // Alice has it again; its release comes before its allocation.
        ApplyBlock(table, "198.51.100.1", 1024, 2047, "100.64.0.1", 600, release: true);
        Assert.Equal("no-lease", table.CodeOf("198.51.100.1", 550, 1_500));
        ApplyBlock(table, "198.51.100.1", 1024, 2047, "100.64.0.1", 500, release: false);
        Assert.Equal(Alice, table.LineOf("198.51.100.1", 550, 1_500));

        // What was told already changes nothing.
        Assert.Equal(1, ApplyBlock(table, "198.51.100.1", 1024, 2047, "100.64.0.1", 500, release: false).Stale);
        Assert.Equal(1, ApplyBlock(table, "198.51.100.1", 1024, 2047, "100.64.0.1", 600, release: true).Stale);
    }

    [Fact]
    public void Rows_tell_what_changed_since_a_version_and_a_line_that_ended_unheard_ends_for_the_lanes_too()
    {
        var table = new IdentityTable(new IdentityTableOptions(), _clock);
        Lease(table, "100.64.0.1", Alice, 10, 900);
        Block(table, "198.51.100.1", 1024, 2047, "100.64.0.1", 20, null);
        var first = table.IntakeRows(0, out var version).ToList();

        Assert.Equal(version, table.Version);
        Assert.Equal(2, first.Count);
        var outside = Assert.Single(first, r => r.Network == Prefix.Parse("198.51.100.1"));
        Assert.Equal((Alice, 1024, 2047, IdentitySamples.Ms(20), IdentitySamples.Ms(900)), (
            outside.Line, outside.PortFrom, outside.PortTo, outside.FromMs, outside.UntilMs));
        Assert.Empty(table.IntakeRows(version, out _));

        Lease(table, "100.64.0.1", Bob, 400, 800);
        var second = table.IntakeRows(version, out _).ToList();
        Assert.Equal(
            IdentitySamples.Ms(11),
            Assert.Single(second, r => r.Line == Alice && r.Network == Prefix.Parse("100.64.0.1")).UntilMs);
        Assert.Equal(
            IdentitySamples.Ms(400),
            Assert.Single(second, r => r.Line == Bob && r.Network == Prefix.Parse("198.51.100.1")).FromMs);
        Assert.Contains(second, r => r.Id == outside.Id && r.UntilMs <= r.FromMs);
        Assert.Equal([Prefix.Parse("100.64.0.1")], table.HeldBy(Bob)
            .Where(r => r.PortTo == ushort.MaxValue).Select(r => r.Network));
    }

    [Fact]
    public void A_network_that_left_the_plan_is_withdrawn_from_the_lanes()
    {
        var table = new IdentityTable(new IdentityTableOptions(), _clock);
        var old = new PlannedNetwork(
            Prefix.Parse("198.51.100.0/24"), new("customer:1"), IdentitySamples.Ms(0), long.MaxValue);
        table.Replace(new AddressPlan([old]));
        var row = Assert.Single(table.IntakeRows(0, out var version));
        table.Replace(AddressPlan.Empty);

        var withdrawn = Assert.Single(table.IntakeRows(version, out _));
        Assert.Equal(row.Id, withdrawn.Id);
        Assert.True(withdrawn.UntilMs <= withdrawn.FromMs);
    }

    private static RecordCounters Lease(
        IdentityTable table, string network, SubscriberLineName line, double from, double until)
    {
        var counters = new RecordCounters();
        new DhcpLeaseTracker(table, counters).Lease(
            Prefix.Parse(network), line, IdentitySamples.Ms(from), IdentitySamples.Ms(until));
        return counters;
    }

    private static void Block(
        IdentityTable table, string outside, ushort from, ushort to, string inside, double given, double? taken)
    {
        ApplyBlock(table, outside, from, to, inside, given, release: false);
        if (taken is { } at)
        {
            ApplyBlock(table, outside, from, to, inside, at, release: true);
        }
    }

    private static RecordCounters ApplyBlock(
        IdentityTable table, string outside, ushort from, ushort to, string inside, double at, bool release)
    {
        var counters = new RecordCounters();
        new PortBlockTracker(table, counters).Handle(
            new PortBlockEvent(
                IpKey.Parse(outside), from, to, IpKey.Parse(inside), null, release, IdentitySamples.Ms(at), 1_000),
            IdentitySamples.Ms(at), live: true);
        return counters;
    }
}
