// SPDX-License-Identifier: Apache-2.0
//
// Who shares rare peers with whom: mutual contacts, after PeerHunter (Zhuang and Chang 2017). Two lines are linked
// where they share endpoints at two addresses: a peer that is met over TCP and UDP is one peer.
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;

namespace Weir.Store.Comparing.Peers;

/// <summary>Lines and their links. Immutable; the same whatever the order of its uses.</summary>
internal sealed class PeerGraph
{
    /// <summary>Rare peers that a pair shares at least (r).</summary>
    public const int Shared = 2;

    private readonly int[] _starts;
    private readonly int[] _linked;
    private readonly Endpoint[][] _peers;

    private PeerGraph(Endpoint[][] peers, SubjectKey[] lines, int[] starts, int[] linked)
    {
        (_peers, Lines, _starts, _linked) = (peers, lines, starts, linked);
        Peers = Array.ConvertAll(peers, own => own.Select(peer => peer.Address).Distinct().Count());
    }

    /// <summary>In order of their keys.</summary>
    public SubjectKey[] Lines { get; }

    /// <summary>Rare peers of each line, by address.</summary>
    public int[] Peers { get; }

    /// <summary>The rare peers of some lines, by number.</summary>
    public IEnumerable<PeerUse> UsesOf(IEnumerable<int> lines) =>
        lines.SelectMany(line => _peers[line].Select(peer => new PeerUse(Lines[line], peer)));

    /// <summary>Numbers of the lines that a line is linked with.</summary>
    public ReadOnlySpan<int> Of(int line) => _linked.AsSpan(_starts[line], _starts[line + 1] - _starts[line]);

    /// <param name="lines">Every line, linked or not.</param>
    /// <param name="uses">Of any of them.</param>
    public static PeerGraph Build(IEnumerable<SubjectKey> lines, IEnumerable<PeerUse> uses)
    {
        SubjectKey[] all = [.. lines.Order()];
        var own = uses.ToLookup(use => use.Subject, use => use.Peer);
        var peers = Array.ConvertAll(all, line => own[line].Order(EndpointComparer.Instance).ToArray());
        var users = new Dictionary<Endpoint, List<int>>();
        for (var line = 0; line < peers.Length; line++)
        {
            foreach (var peer in peers[line])
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(users, peer, out _) ??= []).Add(line);
            }
        }

        var starts = new int[peers.Length + 1];
        var linked = new List<int>();
        var common = new (int With, int LastPeer, int Count)[peers.Length];
        for (var line = 0; line < peers.Length; line++)
        {
            Link(line, peers[line], users, common, linked);
            starts[line + 1] = linked.Count;
        }

        return new(peers, all, starts, [.. linked]);
    }

    private static void Link(
        int line, Endpoint[] peers, Dictionary<Endpoint, List<int>> users, (int With, int LastPeer, int Count)[] common,
        List<int> linked)
    {
        var number = 0;
        for (var at = 0; at < peers.Length; at++)
        {
            number += at == 0 || peers[at].Address != peers[at - 1].Address ? 1 : 0;
            foreach (var other in users[peers[at]])
            {
                ref var met = ref common[other];
                met = met.With == line + 1 ? met : (line + 1, 0, 0);
                if (other != line && met.LastPeer != number)
                {
                    met = (line + 1, number, met.Count + 1);
                    if (met.Count == Shared)
                    {
                        linked.Add(other);
                    }
                }
            }
        }
    }
}
