// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Weir.EndToEnd.Namespaces;

/// <summary>A server of one address and port, which answers whoever says something and counts them.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Task _serving;
    private int _heard;

    public Listener(NetworkNamespace host, IPEndPoint at)
    {
        At = at;
        _socket = host.Make(() =>
        {
            var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(at);
            socket.Listen();
            return socket;
        });
        _serving = ServeAsync();
    }

    public IPEndPoint At { get; }

    /// <summary>Connections in which something was said.</summary>
    public int Heard => Volatile.Read(ref _heard);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            Socket caller;
            try
            {
                caller = await _socket.AcceptAsync();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            using (caller)
            {
                try
                {
                    var said = new byte[256];
                    if (await caller.ReceiveAsync(said) is > 0 and var octets)
                    {
                        _ = Interlocked.Increment(ref _heard);
                        _ = await caller.SendAsync(said.AsMemory(0, octets));
                        _ = await caller.ReceiveAsync(said);
                    }
                }
                catch (SocketException)
                {
                    // the caller went away: it was heard or it was not
                }
            }
        }
    }
}
