// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;

namespace Weir.Tests.Wire;

/// <summary>Writes export messages octet by octet, independent of the decoders.</summary>
internal static class MessageMaker
{
    public const uint ExportedAt = 1_700_000_000;
    public const uint Uptime = 500_000;

    public static byte[] U8(params int[] values) => [.. values.Select(static value => (byte)value)];

    public static byte[] U16(params int[] values) =>
        [.. values.SelectMany(static value => new[] { (byte)(value >> 8), (byte)value })];

    public static byte[] U32(params uint[] values)
    {
        var octets = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(i * 4), values[i]);
        }

        return octets;
    }

    public static byte[] U64(ulong value)
    {
        var octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        return octets;
    }

    public static byte[] Ip(string address) => System.Net.IPAddress.Parse(address).GetAddressBytes();

    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(static part => part)];

    public static byte[] Set(int id, params byte[][] parts)
    {
        var body = Join(parts);
        return Join(U16(id, body.Length + 4), body);
    }

    /// <summary>A template record: "8/4 12/4 29305:2/8", element or enterprise:element, slash, length.</summary>
    public static byte[] Template(int id, string fields) => Join(U16(id, Count(fields)), Fields(fields));

    public static byte[] Fields(string fields) =>
        Join([.. fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static field =>
        {
            var parts = field.Split('/');
            var length = int.Parse(parts[1], CultureInfo.InvariantCulture);
            var name = parts[0].Split(':');
            var id = int.Parse(name[^1], CultureInfo.InvariantCulture);
            return name.Length == 1
                ? U16(id, length)
                : Join(U16(id | 0x8000, length), U32(uint.Parse(name[0], CultureInfo.InvariantCulture)));
        })]);

    public static int Count(string fields) => fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    public static byte[] Ipfix(params byte[][] sets) => IpfixOf(7, 0, sets);

    public static byte[] IpfixOf(uint domain, uint sequence, params byte[][] sets)
    {
        var body = Join(sets);
        return Join(U16(10, body.Length + 16), U32(ExportedAt, sequence, domain), body);
    }

    public static byte[] V9(params byte[][] sets) => V9Of(7, 0, sets);

    public static byte[] V9Of(uint domain, uint sequence, params byte[][] sets) =>
        Join(U16(9, sets.Length), U32(Uptime, ExportedAt, sequence, domain), Join(sets));

    public static byte[] V5(int sampling, uint sequence, params byte[][] records) =>
        Join(
            U16(5, records.Length), U32(Uptime, ExportedAt, 500_000_000, sequence), U8(1, 2), U16(sampling),
            Join(records));

    public static byte[] V5Record(
        string source, string destination, int sourcePort, int destinationPort, uint packets, uint octets) =>
            Join(
                Ip(source), Ip(destination), new byte[4], U16(3, 4),
                U32(packets, octets, Uptime - 2_000, Uptime - 1_000),
                U16(sourcePort, destinationPort), U8(0, 0x12, 6, 0), new byte[8]);

    public static byte[] SFlow(params byte[][] samples) =>
        Join(U32(5, 1), Ip("192.0.2.1"), U32(3, 17, 1000, (uint)samples.Length), Join(samples));

    public static byte[] Sample(uint format, params byte[][] parts)
    {
        var body = Join(parts);
        return Join(U32(format, (uint)body.Length), body);
    }

    public static byte[] FlowSample(byte[] packet, uint rate = 512, uint protocol = 1, uint frame = 1000) =>
        Sample(1, U32(1, 5, rate, 0, 0, 5, 6, 1), RawHeader(packet, protocol, frame));

    public static byte[] RawHeader(byte[] packet, uint protocol = 1, uint frame = 1000)
    {
        var padded = Join(packet, new byte[(4 - (packet.Length % 4)) % 4]);
        return Join(U32(1, (uint)(16 + padded.Length), protocol, frame, 4, (uint)packet.Length), padded);
    }

    public static byte[] Ethernet(int type, params byte[][] rest) => Join(new byte[12], U16(type), Join(rest));

    public static byte[] IPv4(byte protocol, byte[] rest, int fragment = 0) =>
        Join(
            U8(0x45, 0), U16(20 + rest.Length, 1, fragment), U8(64, protocol, 0, 0), Ip("198.51.100.7"),
            Ip("203.0.113.9"), rest);

    public static byte[] IPv6(byte next, byte[] rest) =>
        Join(U8(0x60, 0, 0, 0), U16(rest.Length), U8(next, 64), Ip("2001:db8::7"), Ip("2001:db8::9"), rest);

    public static byte[] Tcp(int source, int destination, int flags) =>
        Join(U16(source, destination), new byte[8], U8(0x50, flags), new byte[6]);
}
