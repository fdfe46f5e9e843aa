// SPDX-License-Identifier: Apache-2.0
//
// How many connections of one address a page takes, so that who opens all it has room for keeps nobody else out
// (rules.md R25). An IPv6 address counts as its /64, which one line has whole. This machine's own is a proxy in front,
// behind which everybody comes from one address: it has what all have.
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Counts open connections by address. Safe for any thread.</summary>
/// <param name="total">Most in all.</param>
/// <param name="perAddress">Most of one address.</param>
internal sealed class AddressConnections(int total, int perAddress)
{
    private const int NetworkOctets = 8;

    private readonly ConnectionSlots _slots = new(total, Math.Max(1, total / 8), perAddress);
    private readonly ConnectionSlots _own = new(total, 0, total);

    /// <summary>Serves a connection, or closes it where there are too many.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var (slots, from) = connection.RemoteEndPoint is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address)
            ? (_slots, NameOf(address))
            : (_own, "");
        if (slots.Acquire(from) is not null)
        {
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            slots.Release(from);
        }
    }

    /// <summary>What counts as one.</summary>
    internal static string NameOf(IPAddress address)
    {
        var octets = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return Convert.ToHexStringLower(octets.AsSpan(0, Math.Min(octets.Length, NetworkOctets)));
    }
}
