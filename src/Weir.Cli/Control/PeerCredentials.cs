// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Connections.Features;
using Weir.Hosting.Posix;

namespace Weir.Cli.Control;

/// <summary>The user at the other end of the control socket, as the kernel knows it (unix(7), SO_PEERCRED): what a peer
/// says of itself counts for nothing.</summary>
internal static class PeerCredentials
{
    /// <summary>Whether the peer is the user that runs this process.</summary>
    public static bool IsOwn(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>() is { } connection
        && SocketPeer.Get(connection.Socket).User == OsUsers.Own;

    /// <summary>Name of the peer's user, or <c>uid-N</c> where it has none.</summary>
    public static string UserOf(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>() is { } connection
            ? OsUsers.NameOf(SocketPeer.Get(connection.Socket).User)
            : throw new IOException("the connection is no socket, so nobody knows who is at its other end");
}
