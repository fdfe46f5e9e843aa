// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Wire;

namespace Weir.Tests.Wire;

/// <summary>One table for whatever is said of networks: the longest match counts.</summary>
public sealed class PrefixTableTests
{
    [Fact]
    public void The_longest_network_counts_and_an_address_alone_is_the_longest()
    {
        var table = Of("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "2001:db8::1");

        Assert.Equal("10.1.2.3/32", table.Find(IpKey.Parse("10.1.2.3")));
        Assert.Equal("10.1.0.0/16", table.Find(IpKey.Parse("10.1.2.4")));
        Assert.Equal("10.0.0.0/8", table.Find(IpKey.Parse("10.2.0.0")));
        Assert.Null(table.Find(IpKey.Parse("11.0.0.0")));
        Assert.Equal("2001:db8::1/128", table.Find(IpKey.Parse("2001:db8::1")));
        Assert.Equal("2001:db8::/32", table.Find(IpKey.Parse("2001:db8:ffff::")));
        Assert.True(table.TryFind(IpKey.Parse("10.1.9.9"), out _, out var network));
        Assert.Equal(Prefix.Parse("10.1.0.0/16"), network);
        Assert.Equal(5, table.Count);
    }

    [Fact]
    public void All_of_one_family_is_nothing_of_the_other()
    {
        Assert.Null(Of("::/0").Find(IpKey.Parse("192.0.2.1")));
        Assert.Null(Of("0.0.0.0/0").Find(IpKey.Parse("2001:db8::1")));
        Assert.NotNull(Of("::/0").Find(IpKey.Parse("2001:db8::1")));
        Assert.NotNull(Of("0.0.0.0/0").Find(IpKey.Parse("192.0.2.1")));
    }

    [Fact]
    public void Of_two_rows_for_one_network_the_first_counts()
    {
        var table = new PrefixTable<int>([(Prefix.Parse("192.0.2.0/24"), 1), (Prefix.Parse("192.0.2.0/24"), 2)]);
        Assert.Equal((1, 1), (table.Find(IpKey.Parse("192.0.2.9")), table.Count));
    }

    /// <summary>Against a walk through all rows.</summary>
    [Fact]
    public void It_answers_as_a_walk_through_all_rows_does() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        List<Prefix> rows =
        [
            .. Enumerable.Range(0, 40).Select(_ => random.Next(2) == 0
                ? Prefix.From(IpKey.FromV4((uint)random.Next(16) << 28 | (uint)random.Next(4)), 96 + random.Next(33))
                : Prefix.From(new IpKey(new UInt128((ulong)random.Next(16) << 60, (ulong)random.Next(4))), random.Next(129)))
                .Where(row => row.IsV4 || row.Network.Bits >> 32 != 0xFFFF).Distinct(),
        ];
        var table = new PrefixTable<Prefix>(rows.Select(row => (row, row)));
        for (var i = 0; i < 200; i++)
        {
            var asked = random.Next(2) == 0
                ? IpKey.FromV4((uint)random.Next(16) << 28 | (uint)random.Next(4))
                : new IpKey(new UInt128((ulong)random.Next(16) << 60, (ulong)random.Next(4)));
            var longest = rows.Where(row => row.IsV4 == asked.IsV4 && row.Contains(asked))
                .Select(row => (Prefix?)row).MaxBy(row => row!.Value.Length);
            Assert.Equal(longest, table.TryFind(asked, out var found, out _) ? found : null);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private static PrefixTable<string> Of(params string[] networks) =>
        new(networks.Select(Prefix.Parse).Select(network => (network, network.ToString())));
}
