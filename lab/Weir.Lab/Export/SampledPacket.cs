// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>The first octets of a packet on Ethernet, up to the transport header and no further.</summary>
internal static class SampledPacket
{
    /// <summary>Fills <paramref name="header"/>, which is exactly as long as Ethernet, IP and
    /// transport headers.</summary>
    public static void Write(Span<byte> header, in FlowRecord flow)
    {
        var v4 = flow.Source.IsV4;
        var to = new WireWriter(header);
        to.U64(0x0200_0000_0001_0200);
        to.U32(0x0000_0002);
        to.U16(v4 ? (ushort)0x0800 : (ushort)0x86DD);
        var ip = to.Offset;
        if (v4)
        {
            to.U16(0x4500);
            to.U16((ushort)flow.Octets);
            to.U32(0x0000_4000); // do not fragment
            to.U8(60);
            to.U8(flow.Protocol);
            to.U16(0);
            to.V4(flow.Source);
            to.V4(flow.Destination);
            var sum = InternetChecksum.Compute(header.Slice(ip, 20));
            header[ip + 10] = (byte)(sum >> 8);
            header[ip + 11] = (byte)sum;
        }
        else
        {
            to.U32(0x6000_0000);
            to.U16((ushort)(flow.Octets - 40));
            to.U8(flow.Protocol);
            to.U8(60);
            to.V6(flow.Source);
            to.V6(flow.Destination);
        }

        switch (flow.Protocol)
        {
            case 6:
                to.U16(flow.SourcePort);
                to.U16(flow.DestinationPort);
                to.U64(0);
                to.U8(0x50);
                to.U8(flow.TcpFlags);
                to.U16(0xFFFF);
                to.U32(0);
                break;
            case 17:
                to.U16(flow.SourcePort);
                to.U16(flow.DestinationPort);
                to.U16((ushort)(flow.Octets - (v4 ? 20u : 40u)));
                to.U16(0);
                break;
            default:
                to.U16(flow.DestinationPort); // ICMP type and code
                break;
        }
    }
}

/// <summary>The checksum of IPv4, UDP and TCP (RFC 1071).</summary>
internal static class InternetChecksum
{
    public static ushort Compute(ReadOnlySpan<byte> octets) => Finish(Add(0, octets));

    public static uint Add(uint sum, ReadOnlySpan<byte> octets)
    {
        ulong wide = sum;
        while (octets.Length >= 4)
        {
            wide += System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(octets);
            octets = octets[4..];
        }

        if (octets.Length >= 2)
        {
            wide += (uint)((octets[0] << 8) | octets[1]);
            octets = octets[2..];
        }

        if (octets.Length == 1)
        {
            wide += (uint)(octets[0] << 8);
        }

        while (wide >> 16 != 0)
        {
            wide = (wide & 0xFFFF) + (wide >> 16);
        }

        return (uint)wide;
    }

    public static ushort Finish(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
