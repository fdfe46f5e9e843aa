// SPDX-License-Identifier: Apache-2.0
//
// A net without a server: each bot keeps a list of peers, other people's computers somewhere in the world, and each
// peer is on the lists of two bots of the provider. So nothing is used by three, and what holds the net together is
// that each bot shares peers with several others. Some families speak on one port, others on any.
using Weir.Lab.Population;

namespace Weir.Lab.Jobs;

/// <summary>Who has which peers.</summary>
internal sealed class PeerOverlay
{
    private const int ListLength = 40;
    private const int ListsOfPeer = 2;
    private const ushort OnePort = 16_464;

    private readonly Dictionary<Bot, IReadOnlyList<SimulatedEndpoint>> _peers =
        new(ReferenceEqualityComparer.Instance);

    private PeerOverlay(int net) => Net = net;

    public int Net { get; }

    public static PeerOverlay Draw(int net, IReadOnlyList<Bot> bots, SimulatedEndpoints places, Dice dice)
    {
        var overlay = new PeerOverlay(net);
        var onePort = dice.Chance(0.5);
        var count = Math.Max(ListLength, bots.Count * ListLength / ListsOfPeer);
        var peers = new SimulatedEndpoint[count];
        for (var i = 0; i < count; i++)
        {
            var port = onePort ? OnePort : (ushort)(1_024 + dice.Below(60_000));
            peers[i] = places.AddJob(EndpointRole.Peer, net, (port, 17), Shape.Gossip);
        }

        SimulatedEndpoint[] dealt = [.. Enumerable.Repeat(peers, ListsOfPeer).SelectMany(one => one)];
        for (var i = dealt.Length - 1; i > 0; i--)
        {
            var other = dice.Below(i + 1);
            (dealt[i], dealt[other]) = (dealt[other], dealt[i]);
        }

        foreach (var (at, bot) in bots.Index())
        {
            overlay._peers[bot] =
                [.. dealt.Skip(at * ListLength).Take(ListLength).DistinctBy(peer => peer.Mark)];
        }

        return overlay;
    }

    public IReadOnlyList<SimulatedEndpoint> Of(Bot bot) => _peers.GetValueOrDefault(bot) ?? [];
}
