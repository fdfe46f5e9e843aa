// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Weir.Wire;

namespace Weir.EndToEnd.SelfService;

/// <summary>One conversation of a line with a far end, both ways, exported now as NetFlow v5.</summary>
internal static class Exchange
{
    private const int Header = 24;
    private const int Record = 48;
    private const uint Uptime = 3_600_000;

    public static async Task SendAsync(
        int port, IpKey line, IpKey remote, ushort remotePort, DateTimeOffset at, ushort linePort)
    {
        var octets = new byte[Header + (2 * Record)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, 5);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), 2);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(4), Uptime);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(8), (uint)at.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(12), (uint)(at.Millisecond * 1_000_000));
        Write(octets.AsSpan(Header, Record), line, linePort, remote, remotePort);
        Write(octets.AsSpan(Header + Record, Record), remote, remotePort, line, linePort);
        using var socket = new UdpClient(AddressFamily.InterNetwork);
        await socket.SendAsync(octets, new IPEndPoint(IPAddress.Loopback, port));
    }

    private static void Write(Span<byte> record, IpKey from, ushort fromPort, IpKey to, ushort toPort)
    {
        const byte SynAckPushFin = 0x1B;
        BinaryPrimitives.WriteUInt32BigEndian(record, from.V4);
        BinaryPrimitives.WriteUInt32BigEndian(record[4..], to.V4);
        BinaryPrimitives.WriteUInt32BigEndian(record[16..], 12);
        BinaryPrimitives.WriteUInt32BigEndian(record[20..], 2_400);
        BinaryPrimitives.WriteUInt32BigEndian(record[24..], Uptime);
        BinaryPrimitives.WriteUInt32BigEndian(record[28..], Uptime);
        BinaryPrimitives.WriteUInt16BigEndian(record[32..], fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(record[34..], toPort);
        record[37] = SynAckPushFin;
        record[38] = 6;
    }
}
