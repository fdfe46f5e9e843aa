// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Weir.EndToEnd.Namespaces;

/// <summary>A line's connections, a bounded number at a time.</summary>
internal static class Caller
{
    /// <summary>Packets that fill a block at softflowd's capture length.</summary>
    private const int Block = 3_000;

    /// <summary>Calls a server a few times; gives how often it answered.</summary>
    /// <param name="host">Where the line is.</param>
    /// <param name="from">The line's address.</param>
    /// <param name="to">The server.</param>
    /// <param name="times">How often.</param>
    /// <param name="patience">How long an answer may take; a SYN that is lost is sent again after a second.</param>
    public static async Task<int> CallAsync(
        NetworkNamespace host, string from, IPEndPoint to, int times, TimeSpan patience) =>
            (await Task.WhenAll(Enumerable.Range(0, times)
                .Select(_ => OnceAsync(host, IPAddress.Parse(from), to, patience)))).Count(answered => answered);

    /// <summary>A second's worth of a busy wire: datagrams to the router itself, which nobody there takes. softflowd
    /// sees packets by the block of 256 KiB, and nothing hands it a block that is not full.</summary>
    public static void Chatter(NetworkNamespace host, string from, IPEndPoint to)
    {
        using var socket = host.Make(() =>
        {
            var made = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            made.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            return made;
        });
        var words = new byte[200];
        for (var i = 0; i < Block; i++)
        {
            _ = socket.SendTo(words, to);
        }
    }

    private static async Task<bool> OnceAsync(NetworkNamespace host, IPAddress from, IPEndPoint to, TimeSpan patience)
    {
        using var given = new CancellationTokenSource(patience);
        using var socket = host.Make(() =>
        {
            var made = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            made.Bind(new IPEndPoint(from, 0));
            return made;
        });
        try
        {
            await socket.ConnectAsync(to, given.Token);
            var words = new byte[200];
            _ = await socket.SendAsync(words, given.Token);
            var answered = await socket.ReceiveAsync(words, given.Token) > 0;
            socket.Shutdown(SocketShutdown.Both);
            return answered;
        }
        catch (Exception unanswered) when (unanswered is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
