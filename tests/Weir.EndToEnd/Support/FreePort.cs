// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Weir.EndToEnd.Support;

/// <summary>Ports of the loopback that nobody has, each given once. They lie below those that the kernel gives to
/// whoever asks for any (ip_local_port_range, from 32768 on), so that nobody gets one between its finding and its use.
/// </summary>
internal static class FreePort
{
    private const int First = 15_000;
    private const int Count = 17_000;

    // Two runs on a machine begin at different places.
    private static int _next = Environment.ProcessId * 131 % Count;

    public static int Udp() => Find(SocketType.Dgram, ProtocolType.Udp);

    public static int Tcp() => Find(SocketType.Stream, ProtocolType.Tcp);

    private static int Find(SocketType type, ProtocolType protocol)
    {
        for (var tried = 0; tried < Count; tried++)
        {
            var port = First + ((Interlocked.Increment(ref _next) & int.MaxValue) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody has it; the next.
            }
        }

        throw new InvalidOperationException($"no port from {First} to {First + Count - 1} of 127.0.0.1 is free");
    }
}
