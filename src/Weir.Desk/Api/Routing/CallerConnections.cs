// SPDX-License-Identifier: Apache-2.0
//
// How many connections one user may hold, so that who opens all that the socket has room for, and says nothing on them,
// does not keep the others out.
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Weir.Hosting.Posix;

namespace Weir.Desk.Api.Routing;

/// <summary>Counts open connections by user. Safe for any thread.</summary>
internal sealed class CallerConnections
{
    /// <summary>Most connections of one user.</summary>
    public const int MaxOfUser = 24;

    private readonly ConcurrentDictionary<uint, int> _open = [];

    /// <summary>Serves a connection, or closes it where its user has too many.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is not { } peer)
        {
            throw new IOException("the connection is no socket, so nobody knows who is at its other end");
        }

        var user = SocketPeer.Get(peer.Socket).User;
        try
        {
            if (_open.AddOrUpdate(user, 1, (_, open) => open + 1) > MaxOfUser)
            {
                return;
            }

            await next(connection);
        }
        finally
        {
            _ = _open.AddOrUpdate(user, 0, (_, open) => open - 1);
        }
    }
}
