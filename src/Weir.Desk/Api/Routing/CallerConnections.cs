// SPDX-License-Identifier: Apache-2.0
//
// How many connections there may be, in all and of one user, so that who opens all that the socket has room for, and
// says nothing on them, does not keep the others out; nor do several such users, since the last ones are reserved. Users
// without a role share a few of their own, on which they are told so; further ones of theirs are closed at connect, and
// none of them takes the place of somebody who has to stop all blocks, or to read the record.
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Posix;

namespace Weir.Desk.Api.Routing;

/// <summary>Counts open connections by user. Safe for any thread.</summary>
/// <param name="callers">Who has a role.</param>
internal sealed class CallerConnections(ApiCallers callers)
{
    /// <summary>Most connections of one user.</summary>
    public const int MaxOfUser = 24;

    /// <summary>Most connections.</summary>
    public const int Max = 64;

    /// <summary>Of these, for users who have fewer than two.</summary>
    private const int Reserved = 16;

    /// <summary>Most connections of users without a role, beside those.</summary>
    private const int MaxOfStrangers = 8;

    /// <summary>Of one of them.</summary>
    private const int MaxOfStranger = 2;

    private readonly ConnectionSlots _slots = new(Max, Reserved, MaxOfUser);
    private readonly ConnectionSlots _strangers = new(MaxOfStrangers, 0, MaxOfStranger);

    /// <summary>Serves a connection, or closes it where there are too many.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is not { } peer)
        {
            throw new IOException("the connection is no socket, so nobody knows who is at its other end");
        }

        var uid = SocketPeer.Get(peer.Socket).User;
        var (slots, user) = (callers.IsKnown(uid) ? _slots : _strangers, uid.ToString(CultureInfo.InvariantCulture));
        if (slots.Acquire(user) is not null)
        {
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            slots.Release(user);
        }
    }
}
