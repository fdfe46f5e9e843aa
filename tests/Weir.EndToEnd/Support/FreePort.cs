// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Weir.EndToEnd.Support;

/// <summary>Ports of the loopback that nobody has.</summary>
internal static class FreePort
{
    public static int Udp() => Find(SocketType.Dgram, ProtocolType.Udp);

    public static int Tcp() => Find(SocketType.Stream, ProtocolType.Tcp);

    private static int Find(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
