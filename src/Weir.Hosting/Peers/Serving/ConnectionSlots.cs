// SPDX-License-Identifier: Apache-2.0
//
// How many connections there may be, in all and of one peer. The last ones are reserved for peers that have fewer than
// two, so that one peer that opens all it can never keeps the others out.
namespace Weir.Hosting.Peers.Serving;

/// <summary>Counts open connections. Safe for any thread.</summary>
internal sealed class ConnectionSlots(int total, int reserved, int perPeer)
{
    private const int FewPerPeer = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ofPeer = [];
    private int _open;

    public int Open => Volatile.Read(ref _open);

    /// <returns>Null where the connection was taken, else why not: <c>too-many</c> of this peer, or
    /// <c>full</c>.</returns>
    public string? Acquire(string peer)
    {
        lock (_gate)
        {
            var its = _ofPeer.GetValueOrDefault(peer);
            if (its >= perPeer)
            {
                return "too-many";
            }

            if (_open >= (its < FewPerPeer ? total : total - reserved))
            {
                return "full";
            }

            _ofPeer[peer] = its + 1;
            _open++;
            return null;
        }
    }

    public void Release(string peer)
    {
        lock (_gate)
        {
            _open--;
            if (--_ofPeer[peer] == 0)
            {
                _ofPeer.Remove(peer);
            }
        }
    }
}
