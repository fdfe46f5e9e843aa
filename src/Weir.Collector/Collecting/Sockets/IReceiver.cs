// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>A way of taking datagrams off a lane's sockets. Structs, so that the lane's calls are direct.</summary>
internal interface IReceiver
{
    /// <summary>Waits until a socket has something, at most <paramref name="atMost"/>.</summary>
    /// <returns>Whether any has.</returns>
    bool Wait(TimeSpan atMost);

    bool IsReady(int socket);

    /// <summary>Takes what waits on a socket, without blocking.</summary>
    /// <returns>Number of datagrams; read them by index, then <see cref="Release"/>.</returns>
    /// <exception cref="IOException">The socket failed.</exception>
    int Receive(int socket);

    ReadOnlySpan<byte> Payload(int index);

    IpKey Exporter(int index, out ushort port);

    /// <summary>Milliseconds since the UNIX epoch by the kernel; 0 where it does not tell.</summary>
    long ArrivedAtMs(int index);

    bool IsTruncated(int index);

    void Release(int count);
}
