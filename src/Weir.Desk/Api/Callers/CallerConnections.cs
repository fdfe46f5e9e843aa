// SPDX-License-Identifier: Apache-2.0
//
// How many connections there may be, in all and of one user, so that who opens all that the socket has room for, and
// says nothing on them, does not keep the others out; nor do several such users, since the last ones are reserved. Who
// has as many as may be gets one more, for the emergency stop and the record alone, and for seconds. Users without a
// role share a few of their own, on which they are told so; further ones of theirs are closed at connect, and none of
// them takes the place of somebody who has to stop all blocks, or to read the record.
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Posix;

namespace Weir.Desk.Api.Callers;

/// <summary>Whose connection it is.</summary>
/// <param name="user">A user of the operating system.</param>
/// <param name="isKnown">Whether it has a role here, or runs this process.</param>
/// <param name="isForUrgent">Whether only what may not wait is answered on it.</param>
internal sealed class CallerConnection(uint user, bool isKnown, bool isForUrgent)
{
    private bool _hasAsked;

    public uint User => user;

    public bool IsKnown => isKnown;

    public bool IsForUrgent => isForUrgent;

    /// <summary>Whether a whole request came on it.</summary>
    public bool HasAsked
    {
        get => Volatile.Read(ref _hasAsked);
        set => Volatile.Write(ref _hasAsked, value);
    }
}

/// <summary>Counts open connections by user. Safe for any thread.</summary>
/// <param name="callers">Who has a role.</param>
/// <param name="clock">The time that connections are timed by.</param>
internal sealed class CallerConnections(ApiCallers callers, TimeProvider clock)
{
    /// <summary>Most connections of one user.</summary>
    public const int MaxOfUser = 24;

    /// <summary>Most connections.</summary>
    public const int Max = 64;

    /// <summary>Beside those, of one user who has as many as may be.</summary>
    public const int MaxUrgentOfUser = 4;

    /// <summary>Of these, for users who have fewer than two.</summary>
    private const int Reserved = 16;

    /// <summary>Of all such users.</summary>
    private const int MaxUrgent = 32;

    /// <summary>Most connections of users without a role, beside those.</summary>
    private const int MaxOfStrangers = 8;

    /// <summary>Of one of them.</summary>
    private const int MaxOfStranger = 2;

    /// <summary>A connection for what may not wait on which nobody asks for so long is ended.</summary>
    private static readonly TimeSpan UrgentPatience = TimeSpan.FromSeconds(2);

    private readonly ConnectionSlots _slots = new(Max, Reserved, MaxOfUser);
    private readonly ConnectionSlots _urgent = new(MaxUrgent, MaxUrgent / 2, MaxUrgentOfUser);
    private readonly ConnectionSlots _strangers = new(MaxOfStrangers, 0, MaxOfStranger);

    /// <summary>Serves a connection, or closes it where there are too many.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is not { } peer)
        {
            throw new IOException("the connection is no socket, so nobody knows who is at its other end");
        }

        var uid = SocketPeer.Get(peer.Socket).User;
        var (isKnown, user) = (callers.IsKnown(uid), uid.ToString(CultureInfo.InvariantCulture));
        var slots = isKnown ? _slots : _strangers;
        if (slots.Acquire(user) is not null)
        {
            slots = _urgent;
            if (!isKnown || slots.Acquire(user) is not null)
            {
                return;
            }
        }

        try
        {
            var caller = new CallerConnection(uid, isKnown, slots == _urgent);
            connection.Features.Set(caller);
            await using var idle = caller.IsForUrgent ? EndIdle(connection, caller) : null;
            await next(connection);
        }
        finally
        {
            slots.Release(user);
        }
    }

    private ITimer EndIdle(ConnectionContext connection, CallerConnection caller) => clock.CreateTimer(
        _ =>
        {
            if (!caller.HasAsked)
            {
                connection.Abort();
            }
        },
        null, UrgentPatience, Timeout.InfiniteTimeSpan);
}
