// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Tests.Attributing;

public class IntakeTableTests
{
    private static readonly IpKey Ann = SubscriberLineId.From([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    private static readonly IpKey Bob = SubscriberLineId.From([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);

    [Fact]
    public void An_address_that_changes_hands_is_each_lines_in_its_time()
    {
        var table = IntakeTable.From([Lease("10.0.0.7/32", Ann, 1_000, 2_000), Lease("10.0.0.7/32", Bob, 3_000)]);

        Assert.Null(Find(table, "10.0.0.7", 0, 999));
        Assert.Equal(Ann, Find(table, "10.0.0.7", 0, 1_000));
        Assert.Equal(Ann, Find(table, "10.0.0.7", 65_535, 1_999));
        Assert.Null(Find(table, "10.0.0.7", 0, 2_000));
        Assert.Equal(Bob, Find(table, "10.0.0.7", 0, long.MaxValue - 1));
        Assert.Null(Find(table, "10.0.0.8", 0, 1_500));
        Assert.Null(Find(table, "10.0.0.6", 0, 1_500));
    }

    [Fact]
    public void A_shared_address_is_told_by_its_port()
    {
        var table = IntakeTable.From([Lease("192.0.2.1/32", Ann, 0, ports: (1_024, 2_047)), Lease(
            "192.0.2.1/32", Bob, 0, ports: (2_048, 3_071))]);

        Assert.Equal(Ann, Find(table, "192.0.2.1", 2_047, 5));
        Assert.Equal(Bob, Find(table, "192.0.2.1", 2_048, 5));
        Assert.Null(Find(table, "192.0.2.1", 3_072, 5));
        Assert.Null(Find(table, "192.0.2.1", 0, 5));
    }

    [Fact]
    public void Two_lines_that_claim_the_same_are_nobody_and_a_longer_prefix_wins()
    {
        var table = IntakeTable.From([
            Lease("10.0.0.7/32", Ann, 0, 2_000), Lease("10.0.0.7/32", Bob, 1_000, 3_000), Lease("10.0.1.0/24", Ann, 0),
            Lease("10.0.1.9/32", Bob, 500)]);

        Assert.Equal(Ann, Find(table, "10.0.0.7", 0, 999));
        Assert.Null(Find(table, "10.0.0.7", 0, 1_500));
        Assert.Equal(Bob, Find(table, "10.0.0.7", 0, 2_500));
        Assert.Equal(Ann, Find(table, "10.0.1.9", 0, 499));
        Assert.Equal(Bob, Find(table, "10.0.1.9", 0, 500));
        Assert.Equal(Ann, Find(table, "10.0.1.8", 0, 500));
        Assert.Equal(Ann, Find(table, "10.0.1.10", 0, 500));
    }

    [Fact]
    public void A_delegated_prefix_is_one_line_and_the_ends_of_the_space_are_found()
    {
        var table = IntakeTable.From(
            [Lease("2001:db8:1::/48", Ann, 0), Lease("ffff:ffff:ffff:ffff::/64", Bob, 0), Lease("::/64", Bob, 0)]);

        Assert.Equal(Ann, Find(table, "2001:db8:1:ffff::1", 0, 5));
        Assert.Null(Find(table, "2001:db8:2::1", 0, 5));
        Assert.Equal(Bob, Find(table, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0, 5));
        Assert.Equal(Bob, Find(table, "::", 0, 5));
    }

    [Fact]
    public void One_port_of_two_protocols_is_of_two_lines()
    {
        var table = IntakeTable.From([
            Lease("10.0.0.7/32", Ann, 0, ports: (40_000, 40_000)) with { Protocol = 6 },
            Lease("10.0.0.7/32", Bob, 0, ports: (40_000, 40_000)) with { Protocol = 17 },
            Lease("10.0.0.7/32", Bob, 0, ports: (1_024, 2_047)),
        ]);
        IpKey? Of(byte protocol, ushort port) =>
            table.TryFind(IpKey.Parse("10.0.0.7"), port, protocol, 5, out var line) ? line : null;
        Assert.Equal((Ann, Bob, null), (Of(6, 40_000), Of(17, 40_000), Of(1, 40_000)));
        Assert.Equal((Bob, Bob, Bob), (Of(6, 1_500), Of(17, 1_500), Of(132, 1_500)));
    }

    [Fact]
    public void A_withdrawn_row_says_nothing()
    {
        Assert.Null(Find(IntakeTable.From([Lease("10.0.0.7/32", Ann, 5, 5)]), "10.0.0.7", 0, 5));
        Assert.Null(Find(IntakeTable.Empty, "10.0.0.7", 0, 5));
    }

    [Fact]
    public void It_agrees_with_a_naive_list_on_random_rows()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            var rows = Enumerable.Range(0, random.Next(1, 80)).Select(_ => RandomRow(random)).ToArray();
            var table = IntakeTable.From(rows);
            for (var i = 0; i < 400; i++)
            {
                var address = IpKey.FromV4(0x0A000000 + (uint)random.Next(20));
                var port = (ushort)random.Next(40);
                var at = random.Next(60);
                var protocol = (byte)(random.Next(3) switch { 0 => 6, 1 => 17, _ => 132 });
                Assert.Equal(
                    Naive(rows, address, port, protocol, at),
                    table.TryFind(address, port, protocol, at, out var line) ? line : null);
            }
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var table = IntakeTable.From(Enumerable.Range(0, 1_000).Select(i =>
            new AddressAssignment(Prefix.From(IpKey.FromV4((uint)i), 128), 0, ushort.MaxValue, 0, long.MaxValue, Ann)));
        var holder = new CurrentIntakeTable();
        holder.Swap(table, long.MaxValue);
        _ = holder.TryFind(IpKey.FromV4(500), 80, 6, 5, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _ = holder.TryFind(IpKey.FromV4((uint)i), 80, 6, 5, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_table_that_nobody_confirms_is_believed_for_a_while_only()
    {
        var holder = new CurrentIntakeTable();
        holder.Swap(IntakeTable.From([Lease("10.0.0.7/32", Ann, 0)]), 1_000);

        Assert.True(holder.TryFind(IpKey.Parse("10.0.0.7"), 0, 6, 999, out _));
        Assert.False(holder.TryFind(IpKey.Parse("10.0.0.7"), 0, 6, 1_000, out _));
    }

    private static IpKey? Naive(AddressAssignment[] rows, IpKey address, ushort port, byte protocol, long at)
    {
        var around = rows.Where(r => r.IsValid && r.Network.Contains(address)
            && (r.Protocol == 0 || r.Protocol == protocol)
            && r.PortFrom <= port && port <= r.PortTo && r.FromMs <= at && at < r.UntilMs)
            .ToArray();
        var lines = around.Where(r => r.Network.Length == around.Max(o => o.Network.Length))
            .Select(r => r.Line).Distinct().ToArray();
        return lines.Length == 1 ? lines[0] : null;
    }

    private static AddressAssignment RandomRow(Random random)
    {
        var length = random.Next(124, 129);
        var ports = random.Next(3) == 0
            ? (From: (ushort)0, To: ushort.MaxValue)
            : (From: (ushort)random.Next(40), To: (ushort)random.Next(40));
        var from = random.Next(50);
        return new AddressAssignment(
            Prefix.From(IpKey.FromV4(0x0A000000 + (uint)random.Next(16)), length), ports.From, ports.To, from,
            random.Next(4) == 0 ? long.MaxValue : from + random.Next(20), random.Next(2) == 0 ? Ann : Bob,
            (byte)(random.Next(4) switch { 0 => 6, 1 => 17, _ => 0 }));
    }

    private static AddressAssignment Lease(
        string network, IpKey line, long from, long until = long.MaxValue, (ushort From, ushort To)? ports = null) =>
            new(Prefix.Parse(network), ports?.From ?? 0, ports?.To ?? ushort.MaxValue, from, until, line);

    private static IpKey? Find(IntakeTable table, string address, ushort port, long at) =>
        table.TryFind(IpKey.Parse(address), port, 6, at, out var line) ? line : null;
}
