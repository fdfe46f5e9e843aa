// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>One datagram a call, by .NET's own sockets: for systems without recvmmsg.</summary>
internal struct PlainReceiver(UdpSocket[] sockets, int payloadOctets) : IReceiver
{
    private readonly byte[] _buffer = new byte[65_536];
    private readonly List<Socket> _ready = new(sockets.Length);
    private readonly SocketAddress[] _sources = [.. sockets.Select(s => new SocketAddress(s.Socket.AddressFamily))];
    private int _received;
    private int _from;

    public readonly bool Wait(TimeSpan atMost)
    {
        _ready.Clear();
        foreach (var socket in sockets)
        {
            _ready.Add(socket.Socket);
        }

        Socket.Select(_ready, null, null, atMost);
        return _ready.Count > 0;
    }

    public readonly bool IsReady(int socket) => _ready.Contains(sockets[socket].Socket);

    public int Receive(int socket)
    {
        try
        {
            _received = sockets[socket].Socket.ReceiveFrom(_buffer, SocketFlags.None, _sources[socket]);
            _from = socket;
            return 1;
        }
        catch (SocketException failure)
            when (failure.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.Interrupted)
        {
            return 0;
        }
        catch (SocketException failure)
        {
            throw new IOException($"UDP {sockets[socket].Listener} cannot be read: {failure.Message}", failure);
        }
    }

    public readonly ReadOnlySpan<byte> Payload(int index) => _buffer.AsSpan(0, Math.Min(_received, payloadOctets));

    public readonly IpKey Exporter(int index, out ushort port)
    {
        var name = _sources[_from].Buffer.Span;
        port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        return _sources[_from].Family == AddressFamily.InterNetwork
            ? IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(name[4..]))
            : IpKey.FromV6(name.Slice(8, 16));
    }

    public readonly long ArrivedAtMs(int index) => 0;

    public readonly bool IsTruncated(int index) => _received > payloadOctets;

    public readonly void Release(int count)
    {
    }
}
