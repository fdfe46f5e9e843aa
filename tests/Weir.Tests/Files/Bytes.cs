// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Weir.Wire.Files;

namespace Weir.Tests.Files;

/// <summary>Builds packets and captures octet by octet, so that tests know what is in them.</summary>
internal static class Bytes
{
    public static readonly byte[] Source = [192, 0, 2, 1];
    public static readonly byte[] Destination = [192, 0, 2, 9];

    public static byte[] Join(params ReadOnlySpan<byte[]> parts)
    {
        var all = new List<byte>();
        foreach (var part in parts)
        {
            all.AddRange(part);
        }

        return [.. all];
    }

    public static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] U32(uint value)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }

    /// <summary>A NetFlow v5 message of <paramref name="count"/> records that differ by their first octets.</summary>
    public static byte[] V5(int count, byte mark = 0)
    {
        var message = new byte[24 + (count * 48)];
        message[1] = 5;
        message[3] = (byte)count;
        for (var i = 0; i < count; i++)
        {
            message[24 + (i * 48)] = 10;
            message[25 + (i * 48)] = mark;
            message[27 + (i * 48)] = (byte)i;
        }

        return message;
    }

    /// <summary>An IPFIX message of one data set with so many octets of content.</summary>
    public static byte[] Ipfix(int content, uint sequence = 0) =>
        Join(
            U16(10), U16(20 + content), U32(1_500_000_000), U32(sequence), U32(7), U16(256), U16(4 + content),
            new byte[content]);

    /// <summary>A v9 message of one data set with so many octets of content.</summary>
    public static byte[] V9(int content) =>
        Join(U16(9), U16(1), U32(0), U32(1_500_000_000), U32(0), U32(7), U16(256), U16(4 + content), new byte[content]);

    public static byte[] Udp(byte[] payload, int port = 2055, int? length = null) =>
        Join(U16(4000), U16(port), U16(length ?? payload.Length + 8), U16(0), payload);

    public static byte[] V4(
        byte[] body, int protocol = 17, int identification = 1, int fragment = 0, int options = 0) =>
            Join(
                [(byte)(0x45 + options), 0], U16(20 + (options * 4) + body.Length), U16(identification), U16(fragment),
                [64, (byte)protocol], U16(0), Source, Destination, new byte[options * 4], body);

    public static byte[] V6(byte[] body, int next = 17) =>
        Join([0x60, 0, 0, 0], U16(body.Length), [(byte)next, 64], V6Source, V6Destination, body);

    public static byte[] V6Source { get; } = [0x20, 1, 0xD, 0xB8, .. new byte[11], 1];

    public static byte[] V6Destination { get; } = [0x20, 1, 0xD, 0xB8, .. new byte[11], 9];

    public static byte[] Ethernet(byte[] packet, int type = 0x0800) => Join(new byte[12], U16(type), packet);

    /// <summary>A capture of whole frames, one second apart.</summary>
    public static byte[] Pcap(LinkType link, bool little, bool nano, params ReadOnlySpan<byte[]> frames)
    {
        var capture = new List<byte>();
        void Add(uint value) => capture.AddRange(little ? [.. U32(value).Reverse()] : U32(value));
        Add(nano ? 0xA1B23C4D : 0xA1B2C3D4);
        capture.AddRange(little ? [2, 0, 4, 0] : [0, 2, 0, 4]);
        Add(0);
        Add(0);
        Add(65_535);
        Add((uint)link);
        uint second = 1_500_000_000;
        foreach (var frame in frames)
        {
            Add(second++);
            Add(nano ? 250_000_000u : 250_000u);
            Add((uint)frame.Length);
            Add((uint)frame.Length);
            capture.AddRange(frame);
        }

        return [.. capture];
    }

    /// <summary>A pcapng block of the given type around a body, padded to four octets.</summary>
    public static byte[] Block(uint type, bool little, byte[] body)
    {
        var padded = Join(body, new byte[(4 - (body.Length % 4)) % 4]);
        var length = Word(12 + (uint)padded.Length, little);
        return Join(Word(type, little), length, padded, length);
    }

    public static byte[] Word(uint value, bool little) => little ? [.. U32(value).Reverse()] : U32(value);

    public static byte[] Half(int value, bool little) => little ? [.. U16(value).Reverse()] : U16(value);

    public static byte[] Section(bool little) =>
        Block(0x0A0D0D0A, little, Join(
            Word(0x1A2B3C4D, little), Half(1, little), Half(0, little), Word(uint.MaxValue, little),
            Word(uint.MaxValue, little)));

    public static byte[] Interface(bool little, LinkType link, params ReadOnlySpan<byte> resolution) =>
        Block(1, little, Join(Half((int)link, little), Half(0, little), Word(0, little),
            resolution.IsEmpty
                ? []
                : Join(Half(9, little), Half(1, little), [resolution[0], 0, 0, 0], Half(0, little), Half(0, little))));

    public static byte[] Enhanced(bool little, uint which, ulong ticks, byte[] frame, uint? length = null) =>
        Block(6, little, Join(
            Word(which, little), Word((uint)(ticks >> 32), little), Word((uint)ticks, little),
            Word((uint)frame.Length, little), Word(length ?? (uint)frame.Length, little), frame));
}
