// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>The requests of the last minutes, by source, identifier and authenticator (RFC 2865 §2.5, RFC 5080 §2.2.2).
/// Bounded: the oldest goes first.</summary>
internal sealed class RecentRequests(TimeSpan window, int most = 1 << 18)
{
    private readonly HashSet<(IpKey Source, byte Identifier, UInt128 Authenticator)> _known = [];
    private readonly Queue<((IpKey, byte, UInt128) Request, long AtMs)> _order = new();

    /// <summary>True where the very request was taken before.</summary>
    public bool IsKnown(IpKey source, in RadiusPacket packet, long nowMs)
    {
        while (_order.TryPeek(out var oldest)
            && (nowMs - oldest.AtMs > window.TotalMilliseconds || _order.Count >= most))
        {
            _known.Remove(oldest.Request);
            _order.Dequeue();
        }

        return _known.Contains(KeyOf(source, in packet));
    }

    public void Remember(IpKey source, in RadiusPacket packet, long nowMs)
    {
        var request = KeyOf(source, in packet);
        if (_known.Add(request))
        {
            _order.Enqueue((request, nowMs));
        }
    }

    private static (IpKey, byte, UInt128) KeyOf(IpKey source, in RadiusPacket packet) =>
        (source, packet.Identifier, BinaryPrimitives.ReadUInt128BigEndian(packet.Authenticator));
}
