// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Desk.Reporting.Html;
using Weir.Wire;

namespace Weir.Tests.Attributing;

public class NetworkTableTests
{
    [Fact]
    public void The_longest_prefix_wins()
    {
        var table = Table("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "2001:db8::/32", "2001:db8:1::/48");

        Assert.Equal("10.1.2.0/24", Found(table, "10.1.2.255"));
        Assert.Equal("10.1.0.0/16", Found(table, "10.1.3.0"));
        Assert.Equal("10.0.0.0/8", Found(table, "10.255.255.255"));
        Assert.Null(Found(table, "11.0.0.0"));
        Assert.Null(Found(table, "9.255.255.255"));
        Assert.Equal("2001:db8:1::/48", Found(table, "2001:db8:1:ffff::1"));
        Assert.Equal("2001:db8::/32", Found(table, "2001:db8:2::"));
        Assert.Null(Found(table, "2001:db9::"));
    }

    [Fact]
    public void An_exclusion_wins_over_a_longer_network_inside_it()
    {
        var table = new NetworkTable(
        [
            new Network(Prefix.Parse("10.0.0.0/8")),
            new Network(Prefix.Parse("10.0.0.0/24"), Excluded: true),
            new Network(Prefix.Parse("10.0.0.128/25")),
        ]);

        Assert.True(table.Find(IpKey.Parse("10.0.0.200"))!.Excluded);
        Assert.False(table.Find(IpKey.Parse("10.0.1.0"))!.Excluded);
    }

    [Theory]
    [InlineData("0.0.0.0/0", "255.255.255.255")]
    [InlineData("255.255.255.255/32", "255.255.255.255")]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void The_ends_of_the_address_space_are_found(string network, string address) =>
        Assert.Equal(network, Found(Table(network), address));

    [Fact]
    public void It_agrees_with_a_naive_list_on_random_networks()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var networks = Enumerable.Range(0, random.Next(1, 300))
                .Select(_ => RandomNetwork(random)).DistinctBy(n => n.Prefix).ToArray();
            var table = new NetworkTable(networks);
            for (var i = 0; i < 500; i++)
            {
                var near = networks[random.Next(networks.Length)].Prefix;
                var address = random.Next(4) switch
                {
                    0 => near.Network,
                    1 => near.Last,
                    2 => new IpKey(near.Last.Bits + 1),
                    _ => RandomAddress(random),
                };
                Assert.Equal(Naive(networks, address), table.Find(address));
            }
        }
    }

    private static Network? Naive(Network[] networks, IpKey address)
    {
        var around = networks.Where(n => n.Prefix.IsV4 == address.IsV4 && n.Prefix.Contains(address)).ToArray();
        return around.Where(n => n.Excluded).MinBy(n => n.Prefix.Length) ?? around.MaxBy(n => n.Prefix.Length);
    }

    private static Network RandomNetwork(Random random)
    {
        var address = RandomAddress(random);
        var length = address.IsV4 ? 96 + random.Next(4, 33) : random.Next(3, 129);
        return new Network(Prefix.From(address, length), Excluded: random.Next(10) == 0);
    }

    private static IpKey RandomAddress(Random random) => random.Next(2) == 0
        ? IpKey.FromV4((uint)random.NextInt64(1L << 32) & 0xFF0F03FF)
        : new IpKey(new UInt128((ulong)random.NextInt64() & 0x20FF_000F_0000_00FF, (ulong)random.NextInt64()));

    private static NetworkTable Table(params string[] prefixes) =>
        new([.. prefixes.Select(p => new Network(Prefix.Parse(p)))]);

    private static string? Found(NetworkTable table, string address) =>
        table.Find(IpKey.Parse(address))?.Prefix.ToString();
}
