// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;
using Weir.Store.Cluster;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Tests.Store.Cluster;

/// <summary>How a segment is divided among shards, and what a section of shards may not say.</summary>
public sealed class SegmentSharesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Every_row_is_in_one_share_and_a_subject_in_one_shard(int shards)
    {
        var rows = Pairs.Make(20_000);
        using var native = new MemoryStream();
        PairBlocks.Write(rows, 5, new NativeWriter(), native);
        var first = await DivideAsync(SegmentKind.Pairs, native, (uint)rows.Length, shards);
        var again = await DivideAsync(SegmentKind.Pairs, native, (uint)rows.Length, shards);

        Assert.Equal(shards, first.Count);
        Assert.Equal(first.Select(share => share.Rows), again.Select(share => share.Rows));
        var seen = new Dictionary<ulong, (int Shard, UInt128 Subject, ulong Octets)>();
        foreach (var share in first)
        {
            var reader = new NativeReader(share.Blocks);
            while (await reader.ReadAsync(default) is { } block)
            {
                for (var i = 0; i < block.Rows; i++)
                {
                    Assert.Equal(share.Shard, ShardHash.ShardOf(block["subject"].Key(i), shards));
                    seen.Add(
                        block["flows"].Values<ulong>()[i],
                        (share.Shard, block["subject"].Key(i), block["octets_in"].Values<ulong>()[i]));
                }
            }
        }

        Assert.Equal(rows.Length, seen.Count);
        Assert.All(rows, row => Assert.Equal(
            (row.Subject.Pseudonym, row.OctetsIn), (seen[row.Flows].Subject, seen[row.Flows].Octets)));
    }

    [Fact]
    public async Task Names_of_lists_go_with_their_rows()
    {
        var writer = new NativeWriter();
        SightingRow[] rows =
        [
            .. Enumerable.Range(0, 100).Select(i => new SightingRow(
                new Sighting(
                    new SubjectKey((UInt128)(uint)i), new Endpoint(IpKey.Parse("192.0.2.1"), 443, Protocols.Tcp),
                    $"list-{i}", ContactKind.Exchange, 1, 2, 3), (byte)ListRole.C2, 100)),
        ];
        SightingBlocks.Append(rows, 5, writer);
        using var native = new MemoryStream(writer.Written.ToArray());
        foreach (var share in await DivideAsync(SegmentKind.Sightings, native, (uint)rows.Length, 2))
        {
            var block = (await new NativeReader(share.Blocks).ReadAsync(default))!;
            for (var i = 0; i < block.Rows; i++)
            {
                Assert.Equal($"list-{block["subject"].Key(i)}", block["list"].Texts[i]);
            }
        }
    }

    [Fact]
    public async Task What_names_no_line_goes_whole_to_the_shard_of_its_segment()
    {
        using var native = new MemoryStream([1, 2, 3]);
        var share = Assert.Single(await DivideAsync(SegmentKind.Coverage, native, 9, 2));
        Assert.Equal((1, 9u), (share.Shard, share.Rows));
        Assert.Same(native, share.Blocks);
    }

    [Fact]
    public void The_hash_is_SipHash_2_4()
    {
        // The engine gives this for sipHash64 of sixteen octets of zero.
        Assert.Equal(0x32CA_ECC2_8017_2976UL, ShardHash.Hash(UInt128.Zero));
    }

    [Fact]
    public void A_section_says_what_is_wrong_with_its_shards()
    {
        var cluster = new ClusterOptions
        {
            Shards =
            [
                new() { Name = "a", Host = "10.0.0.1" }, new() { Name = "a", Host = "10.0.0.1" },
                new() { Name = "b c", Host = "http://x" },
            ],
            User = "weir", Loader = "weir",
        };
        string[] told = [.. SectionFaults.Of(new StoreOptions { Cluster = cluster }, "store").Select(
            fault => $"{fault.Path} {fault.Sentence}")];
        Assert.Contains(told, line => line.StartsWith("store.cluster.shards[1] repeats a", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("store.cluster.shards[2].name is 'b c'", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("store.cluster.shards[2].host", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("store.cluster.loader is weir", StringComparison.Ordinal));
        Assert.Contains(
            SectionFaults.Of(new StoreOptions { Cluster = new() { Shards = [new() { Name = "a", Host = "b" }] } }, "store"),
            fault => fault.Path == "store.cluster.shards");
    }

    private static async Task<IReadOnlyList<SegmentShare>> DivideAsync(
        SegmentKind kind, MemoryStream native, uint rows, int shards)
    {
        native.Position = 0;
        return await SegmentShares.DivideAsync(
            new(kind, 20_260_302, 5, rows, (ulong)native.Length, 0), native, shards, default);
    }
}
