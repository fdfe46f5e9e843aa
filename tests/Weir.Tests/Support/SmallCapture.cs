// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Weir.Tests.Support;

/// <summary>UDP payloads of a small classic pcap with Ethernet frames; enough for the corpus, no more.</summary>
internal static class SmallCapture
{
    public static IEnumerable<byte[]> Payloads(string path)
    {
        var octets = File.ReadAllBytes(path);
        var little = octets[0] is 0xD4 or 0x4D;
        for (var at = 24; at + 16 <= octets.Length;)
        {
            var length = little
                ? BinaryPrimitives.ReadInt32LittleEndian(octets.AsSpan(at + 8))
                : BinaryPrimitives.ReadInt32BigEndian(octets.AsSpan(at + 8));
            if (Udp(octets.AsSpan(at + 16, length)) is { } payload)
            {
                yield return payload;
            }

            at += 16 + length;
        }
    }

    private static byte[]? Udp(ReadOnlySpan<byte> frame)
    {
        var at = 12;
        while (frame[at] == 0x81)
        {
            at += 4;
        }

        var packet = frame[(at + 2)..];
        var header = packet[0] >> 4 == 6 ? 40 : (packet[0] & 15) * 4;
        var protocol = packet[0] >> 4 == 6 ? packet[6] : packet[9];
        if (protocol != 17)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 4)..]);
        return packet[(header + 8)..Math.Min(header + length, packet.Length)].ToArray();
    }
}
