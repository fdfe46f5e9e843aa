// SPDX-License-Identifier: Apache-2.0
//
// How much of request bodies a process holds in memory at once, so that no peer makes it hold more than it has: one
// that sends many at a time is refused, and the others are answered.
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Counts octets of bodies that are held. Safe for any thread.</summary>
/// <param name="total">Most octets in all.</param>
/// <param name="perPeer">Most octets of one peer.</param>
internal sealed class BodyRoom(long total = BodyRoom.UsualTotal, long perPeer = BodyRoom.UsualOfPeer)
{
    /// <summary>Room for the largest body of all, 64 MiB, and for what is asked beside it.</summary>
    public const long UsualOfPeer = 96L << 20;

    /// <summary>Room for two peers that send as much as they may.</summary>
    public const long UsualTotal = 2 * UsualOfPeer;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _ofPeer = new(StringComparer.Ordinal);
    private long _held;

    /// <summary>Octets that are held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Nothing yet of one request; disposed when it was answered.</summary>
    public BodyShare Of(string peer) => new(this, peer);

    /// <exception cref="PeerRefusalException">503 <c>busy</c>: there is no room for as much.</exception>
    internal void Take(string peer, long octets)
    {
        lock (_gate)
        {
            var its = _ofPeer.GetValueOrDefault(peer) + octets;
            if (its > perPeer || _held + octets > total)
            {
                throw new PeerRefusalException(
                    PeerCodes.Busy, string.Create(CultureInfo.InvariantCulture,
                        $"requests of {(its > perPeer ? peer : "all peers")} hold as many octets as they may; ask "
                        + $"fewer at a time"),
                    StatusCodes.Status503ServiceUnavailable);
            }

            (_ofPeer[peer], _held) = (its, _held + octets);
        }
    }

    internal void Give(string peer, long octets)
    {
        lock (_gate)
        {
            _held -= octets;
            if ((_ofPeer[peer] -= octets) == 0)
            {
                _ofPeer.Remove(peer);
            }
        }
    }
}

/// <summary>What one request holds of the room. For one thread at a time.</summary>
internal sealed class BodyShare(BodyRoom room, string peer) : IDisposable
{
    private long _octets;

    /// <summary>Takes more.</summary>
    /// <exception cref="PeerRefusalException">There is no room.</exception>
    public void Take(long octets)
    {
        room.Take(peer, octets);
        _octets += octets;
    }

    public void Dispose()
    {
        if (_octets > 0)
        {
            room.Give(peer, _octets);
            _octets = 0;
        }
    }
}
