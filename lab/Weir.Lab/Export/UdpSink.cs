// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Weir.Lab.Export;

/// <summary>Sends export datagrams over UDP at a given pace, one socket an exporter, and counts what left.</summary>
/// <param name="to">The collector.</param>
/// <param name="perSecond">Datagrams a second; 0 = as fast as the socket takes them.</param>
/// <param name="time">Clock of the pace.</param>
public sealed class UdpSink(IPEndPoint to, int perSecond, TimeProvider time) : IDatagramSink, IDisposable
{
    /// <summary>Being ahead by less than this is not worth a sleep.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    /// <summary>Who stood still owes no more than this: routers that were away send no backlog.</summary>
    private static readonly TimeSpan LongestDebt = TimeSpan.FromSeconds(1);

    private readonly Dictionary<uint, Socket> _sockets = [];
    private readonly SocketAddress _target = to.Serialize();
    private long _began;
    private TimeSpan _forgiven;

    /// <summary>Datagrams the socket took.</summary>
    public long Sent { get; private set; }

    public long SentOctets { get; private set; }

    /// <summary>Datagrams the socket refused: lost and counted.</summary>
    public long Refused { get; private set; }

    public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload)
    {
        Wait();
        if (!_sockets.TryGetValue(exporter.Domain, out var socket))
        {
            socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 1 << 20 };
            _sockets.Add(exporter.Domain, socket);
        }

        try
        {
            socket.SendTo(payload, SocketFlags.None, _target);
            Sent++;
            SentOctets += payload.Length;
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.NoBufferSpaceAvailable
            or SocketError.ConnectionRefused or SocketError.WouldBlock)
        {
            Refused++;
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    /// <summary>Sleeps until the next datagram is due; a late sender catches up by a second's worth at most.</summary>
    private void Wait()
    {
        if (perSecond <= 0)
        {
            return;
        }

        if (_began == 0)
        {
            _began = time.GetTimestamp();
        }

        var due = TimeSpan.FromSeconds((double)(Sent + Refused) / perSecond) + _forgiven;
        if (time.GetElapsedTime(_began) - due - LongestDebt is var excess && excess > TimeSpan.Zero)
        {
            _forgiven += excess;
            return;
        }

        for (var ahead = due - time.GetElapsedTime(_began); ahead > Grain; ahead = due - time.GetElapsedTime(_began))
        {
            Thread.Sleep(Math.Max(1, (int)ahead.TotalMilliseconds));
        }
    }
}
