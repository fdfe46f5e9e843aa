// SPDX-License-Identifier: Apache-2.0
//
// The classic capture file: a 24-octet header, then records of 16 octets and the packet. Written in the byte order of
// the machine that captured, with microseconds or (another magic number) nanoseconds.
//
// What may be wrong and what it costs: a record longer than any packet can be → the rest of the file, for nothing
// marks where the next record begins.
//
// Standards: draft-ietf-opsawg-pcap.
using System.Buffers.Binary;

namespace Weir.Wire.Files;

/// <summary>What the head of a pcap file says about its records.</summary>
/// <param name="LittleEndian">Byte order of the headers.</param>
/// <param name="Nanoseconds">Unit of the fraction: nanoseconds, else microseconds.</param>
/// <param name="LinkType">LINKTYPE_ number of every packet.</param>
public readonly record struct Pcap(bool LittleEndian, bool Nanoseconds, LinkType LinkType)
{
    public const int HeaderOctets = 24;
    public const int RecordHeaderOctets = 16;

    /// <summary>Larger records are damage: no medium carries such packets.</summary>
    public const int LargestPacket = 1 << 20;

    private const uint Micro = 0xA1B2C3D4;
    private const uint Nano = 0xA1B23C4D;

    public static bool TryReadHeader(ReadOnlySpan<byte> head, out Pcap pcap)
    {
        pcap = default;
        if (head.Length < HeaderOctets)
        {
            return false;
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(head);
        var little = magic is Micro or Nano;
        if (!little)
        {
            magic = BinaryPrimitives.ReverseEndianness(magic);
            if (magic is not (Micro or Nano))
            {
                return false;
            }
        }

        // The upper bits of the link type word hold the length of a frame check sequence.
        pcap = new(little, magic == Nano, (LinkType)(U32(head[20..], little) & 0xFFFF));
        return true;
    }

    /// <summary>Reads one record header of 16 octets; false = its length cannot be true.</summary>
    public bool TryReadRecord(ReadOnlySpan<byte> head, out PcapRecord record)
    {
        var fraction = U32(head[4..], LittleEndian);
        var captured = U32(head[8..], LittleEndian);
        var milliseconds = Nanoseconds ? fraction / 1_000_000 : fraction / 1_000;
        record = new((U32(head, LittleEndian) * 1_000L) + milliseconds, (int)captured);
        return captured <= LargestPacket;
    }

    internal static uint U32(ReadOnlySpan<byte> octets, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(octets) : BinaryPrimitives.ReadUInt32BigEndian(octets);
}

/// <summary>One packet of a capture.</summary>
/// <param name="ArrivedAtMs">Milliseconds since the UNIX epoch.</param>
/// <param name="Captured">Octets that follow in the file.</param>
public readonly record struct PcapRecord(long ArrivedAtMs, int Captured);
