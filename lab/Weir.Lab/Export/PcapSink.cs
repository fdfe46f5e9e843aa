// SPDX-License-Identifier: Apache-2.0
//
// Export datagrams in a capture file, as a tap in front of the collector would have taken them: Ethernet, IPv4, UDP,
// both checksums right, microsecond stamps. The exporter is the source address.
//
// Standards: draft-ietf-opsawg-pcap (classic format, magic a1b2c3d4), RFC 791, RFC 768, RFC 1071.
using System.Buffers.Binary;
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>Writes a classic pcap file, link type Ethernet.</summary>
public sealed class PcapSink : IDatagramSink, IDisposable
{
    private const int FrameHeader = 14 + 20 + 8;
    private const int PacketHeader = 16;

    private readonly Stream _to;
    private readonly byte[] _header = new byte[PacketHeader + FrameHeader];
    private readonly IpKey _collector;
    private readonly ushort _port;
    private ushort _identification;

    /// <summary>Begins the file; the stream is closed with the sink.</summary>
    /// <param name="to">Where the octets go.</param>
    /// <param name="collector">IPv4 destination of every datagram.</param>
    /// <param name="port">UDP destination port.</param>
    public PcapSink(Stream to, IpKey collector, ushort port)
    {
        _to = to;
        _collector = collector;
        _port = port;
        Span<byte> file = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(file, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(file[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file[6..], 4);
        BinaryPrimitives.WriteUInt64LittleEndian(file[8..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(file[16..], 65_535);
        BinaryPrimitives.WriteUInt32LittleEndian(file[20..], 1);
        _to.Write(file);
    }

    public static PcapSink Create(string path, IpKey collector, ushort port) =>
        new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20), collector, port);

    public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload)
    {
        var frame = FrameHeader + payload.Length;
        var record = _header.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(atMs / 1_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(atMs % 1_000 * 1_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)frame);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)frame);

        var to = new WireWriter(record[PacketHeader..]);
        to.U64(0x0200_0000_0001_0200);
        to.U32(0x0000_0002);
        to.U16(0x0800);
        to.U16(0x4500);
        to.U16((ushort)(28 + payload.Length));
        to.U16(_identification++);
        to.U16(0);
        to.U16(0x4011); // time to live 64, UDP
        to.U16(0);
        to.V4(exporter.Address);
        to.V4(_collector);
        var ip = record.Slice(PacketHeader + 14, 20);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));

        to.U16(50_000);
        to.U16(_port);
        to.U16((ushort)(8 + payload.Length));
        to.U16(0);
        var udp = record.Slice(PacketHeader + 34, 8);
        var sum = InternetChecksum.Add(17 + 8 + (uint)payload.Length, ip[12..]);
        sum = InternetChecksum.Add(sum, udp);
        var checksum = InternetChecksum.Finish(InternetChecksum.Add(sum, payload));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xFFFF : checksum);

        _to.Write(record);
        _to.Write(payload);
    }

    public void Dispose() => _to.Dispose();
}
