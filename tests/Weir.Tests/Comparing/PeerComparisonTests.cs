// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Comparing.Peers;
using Weir.Store.Runs;
using Weir.Wire;

namespace Weir.Tests.Comparing;

/// <summary>Botnets without a hub: planted ones are found, file sharing is not, chance is told as chance.</summary>
public sealed class PeerComparisonTests : IDisposable
{
    private const int Lines = 1_500;
    private const int Cases = 40;
    private const int Bots = 12;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-peers-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_net_whose_bots_share_peers_two_by_two_is_found_where_no_endpoint_is(int seed)
    {
        var made = Provider(seed, sharersOf: line => line % 20 == 13);
        Overlay(made, [.. Enumerable.Range(0, Bots), .. Enumerable.Range(Cases, Bots)]);

        var (run, peers) = await made.PeersAsync();

        Assert.Empty(run.Endpoints.Findings);
        Assert.True(peers.IsSufficient, peers.Why);
        Assert.Equal(0.001, peers.P);
        Assert.InRange(peers.Expected, 0, peers.Pairs / 3.0);
        var group = Assert.Single(peers.Groups);
        Assert.Equal(Enumerable.Range(0, Bots).Select(HandMadeProvider.Key).Order(), group.Lines);
        Assert.InRange(group.Peers, group.Pairs, 400);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(101)]
    [InlineData(201)]
    public async Task The_infected_who_share_files_more_often_than_others_are_no_botnet(int first)
    {
        var quiet = 0;
        for (var seed = first; seed < first + 20; seed++)
        {
            var (_, peers) = await Provider(seed, line => line < Cases ? line % 7 == 0 : line % 20 == 0).PeersAsync();
            Assert.Empty(peers.Groups);
            quiet += peers.P > 0.05 ? 1 : 0;
        }

        Assert.InRange(quiet, 19, 20);
    }

    [Fact]
    public void Labels_without_meaning_have_any_p()
    {
        var random = new Random(4);
        PeerUse[] uses = [.. Swarms(random, 400)];
        var graph = PeerGraph.Build(uses.Select(use => use.Subject).Distinct(), uses);
        const int Runs = 300;
        var (below, half) = (0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var isCase = new bool[graph.Lines.Length];
            foreach (var line in random.GetItems(Enumerable.Range(0, isCase.Length).ToArray(), 30))
            {
                isCase[line] = true;
            }

            var test = new PeerTest(graph, isCase, [[.. Enumerable.Range(0, isCase.Length)]], (ulong)run * 10_000);
            below += test.P <= 0.05 ? 1 : 0;
            half += test.P <= 0.5 ? 1 : 0;
        }

        // Ties make it a little larger than uniform, never smaller: 15 and 150 are expected at most.
        Assert.InRange(below, 4, 15 + 12);
        Assert.InRange(half, 100, 150 + 26);
    }

    [Fact]
    public async Task Command_servers_that_few_bots_use_make_no_group()
    {
        var made = Provider(1, line => line % 20 == 0);
        foreach (var server in new[] { "192.0.2.1", "192.0.2.2", "192.0.2.3" })
        {
            made.Contact(Enumerable.Range(0, 5), HandMadeProvider.At(server, 8_443), 13);
        }

        var (_, peers) = await made.PeersAsync();

        Assert.True(peers.Pairs >= 10);
        Assert.Empty(peers.Groups);
    }

    [Fact]
    public async Task Who_is_a_case_does_not_say_what_a_rare_peer_is()
    {
        var (before, after) = (Provider(1, _ => false), Provider(1, _ => false));
        foreach (var made in new[] { before, after })
        {
            made.Contact(Enumerable.Range(Cases - 3, 6), HandMadeProvider.At("192.0.2.1", 8_443), 13);
            made.Contact(Enumerable.Range(Cases - 3, 6), HandMadeProvider.At("192.0.2.2", 8_443), 13);
        }

        for (var line = Cases; line < Cases + 3; line++)
        {
            after.Infect(line, 12);
        }

        Assert.Equal(0, (await before.PeersAsync()).Peers.Pairs);
        Assert.Equal(0, (await after.PeersAsync()).Peers.Pairs);
    }

    [Fact]
    public async Task A_run_that_cannot_conclude_says_why()
    {
        var (_, none) = await new HandMadeProvider(300, 2).PeersAsync();
        Assert.False(none.IsSufficient);
        Assert.Contains("three are needed", none.Why, StringComparison.Ordinal);

        var alone = new HandMadeProvider(6, 3);
        Overlay(alone, [.. Enumerable.Range(0, 3)]);
        var (_, all) = await alone.PeersAsync();
        Assert.False(all.IsSufficient);
        Assert.Empty(all.Groups);
        Assert.Contains("too few others", all.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_it_is_a_candidate_or_can_be_promoted_and_a_case_names_the_infection()
    {
        using var pairs = new MemoryPairCounts();
        var sightings = new List<Sighting>();
        var peers = new HashSet<Endpoint>();
        var random = new Random(1);
        void Meet(int line, Endpoint endpoint)
        {
            var at = HandMadeProvider.Start + (13 * HandMadeProvider.Hour);
            pairs.Add(HandMadeProvider.Key(line), endpoint, at, at + 1);
        }

        foreach (var use in Swarms(random, 900))
        {
            pairs.Add(use.Subject, use.Peer, HandMadeProvider.Start + 1, HandMadeProvider.Start + 2);
        }

        for (var line = 0; line < 2_000; line++)
        {
            for (var n = 5 + random.Next(30); n > 0; n--)
            {
                Meet(line, HandMadeProvider.At($"198.18.0.{random.Next(200)}", 443));
            }
        }

        for (var line = 0; line < Bots; line++)
        {
            Meet(line, HandMadeProvider.Listed);
            sightings.Add(new(
                HandMadeProvider.Key(line), HandMadeProvider.Listed, "c2", ContactKind.Exchange,
                HandMadeProvider.Start + 1, HandMadeProvider.Start + 2, 1));
            for (var peer = 0; peer < 4; peer++)
            {
                foreach (var of in new[] { line, (line + 1) % Bots })
                {
                    var endpoint = HandMadeProvider.At($"192.0.2.{(of * 4) + peer + 1}", 16_464);
                    peers.Add(endpoint);
                    Meet(line, endpoint);
                }
            }
        }

        var input = new PairComparisonInput
        {
            Window = HandMadeProvider.Day,
            Standing = sightings,
            Allowed = [],
            Networks = new NetworkTable([]),
            Seed = 5,
            WithPeers = true,
        };
        var found = FoundIn(_folder.FullName, out var known);
        var figures = await known.FollowAsync(
            pairs, input, await PairComparison.ComputeAsync(pairs, input, default), default);

        var group = Assert.Single(figures.Peers!.Groups);
        Assert.Equal(Bots, group.Lines.Count);
        Assert.All(group.Lines, line => Assert.Contains(
            figures.Infections.Single(one => one.Subject == line).Infections, one => one.Kind == "peer-to-peer"));
        Assert.All(peers, peer => Assert.DoesNotContain(figures.Candidates, one => one.Remote == $"{peer.Address}"));
        Assert.DoesNotContain(figures.Candidates, one => one.Port == 16_464);
        Assert.DoesNotContain(
            figures.Campaigns.SelectMany(one => one.Endpoints),
            name => name.Contains(":16464/", StringComparison.Ordinal));
        Assert.All(peers, peer => Assert.False(found.Has(peer)));

        // What is told of them holds nothing that could be listed or blocked.
        var told = JsonSerializer.Serialize(figures.Peers);
        Assert.All(peers, peer => Assert.DoesNotContain($"{peer.Address}", told, StringComparison.Ordinal));
    }

    private static FoundEndpoints FoundIn(string folder, out ComparedEndpoints known)
    {
        var options = new ComparisonOptions
        {
            Networks = new([]),
            FoundFile = Path.Combine(folder, "found.json"),
            FrozenFile = Path.Combine(folder, "frozen.json"),
        };
        var found = new FoundEndpoints(options, TimeProvider.System);
        known = new(found, new FrozenCandidates(options));
        return found;
    }

    /// <summary>Ordinary lines, cases, and swarms of some that share files.</summary>
    private static HandMadeProvider Provider(int seed, Func<int, bool> sharersOf)
    {
        var made = new HandMadeProvider(Lines, Cases, seed);
        var random = new Random(seed);
        int[] sharers = [.. Enumerable.Range(0, Lines).Where(sharersOf)];
        random.Shuffle(sharers);
        foreach (var (swarm, members) in sharers.Chunk(15).Index())
        {
            foreach (var line in members)
            {
                for (var peer = 0; peer < 200; peer++)
                {
                    if (random.NextDouble() < 0.3)
                    {
                        var endpoint = HandMadeProvider.At($"198.51.{swarm}.{peer}", 20_000 + peer);
                        made.Contact(line, endpoint, random.Next(24));
                    }
                }
            }
        }

        return made;
    }

    /// <summary>Each line shares three peers with the next and three with the one after it.</summary>
    private static void Overlay(HandMadeProvider made, int[] bots)
    {
        foreach (var (at, line) in bots.Index())
        {
            for (var peer = 0; peer < 3; peer++)
            {
                foreach (var (step, port) in new[] { (1, 30_001), (2, 30_002) })
                {
                    var (own, next) = (bots[at], bots[(at + step) % bots.Length]);
                    var endpoint = HandMadeProvider.At($"203.0.{at + 1}.{(step * 10) + peer}", port + at);
                    made.Contact([own, next], endpoint, 14);
                }
            }
        }
    }

    private static IEnumerable<PeerUse> Swarms(Random random, int lines) =>
        from line in Enumerable.Range(100, lines)
        from peer in Enumerable.Range(0, 200)
        where random.NextDouble() < 0.25
        select new PeerUse(
            HandMadeProvider.Key(line), new(IpKey.FromV4(0x5000_0000u + (uint)((line / 15 * 200) + peer)), 7_000, 17));
}
