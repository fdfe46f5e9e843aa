// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.Files;

/// <summary>Protocols and ports as flow tools write them.</summary>
internal static class ProtocolText
{
    private const int LongestName = 20;

    /// <summary>A name, case aside, or a number. <paramref name="notIp"/> = a name of something
    /// below or beside IP.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out byte protocol, out bool notIp)
    {
        notIp = false;
        protocol = 0;
        if (text.Length > 0 && text[0] is >= (byte)'0' and <= (byte)'9')
        {
            var parsed = TextNumber.TryUnsigned(text, out var number) && number <= byte.MaxValue;
            protocol = (byte)(parsed ? number : 0);
            return parsed;
        }

        if (text.Length > LongestName)
        {
            return false;
        }

        Span<byte> lower = stackalloc byte[LongestName];
        for (var i = 0; i < text.Length; i++)
        {
            lower[i] = text[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(text[i] | 0x20) : text[i];
        }

        return TryName(lower[..text.Length], out protocol, out notIp);
    }

    /// <summary>Empty is 0; decimal, or hexadecimal after 0x.</summary>
    public static bool TryPort(ReadOnlySpan<byte> text, out ushort port)
    {
        port = 0;
        ulong value;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.StartsWith("0x"u8))
        {
            var hex = TextNumber.TryHex(text[2..], out var number);
            value = number;
            port = (ushort)value;
            return hex && value <= ushort.MaxValue;
        }

        var parsed = TextNumber.TryCount(text, out value) && value <= ushort.MaxValue;
        port = (ushort)value;
        return parsed;
    }

    /// <summary>
    /// ICMP type and code out of the port columns: Zeek and Argus (IPv6) write them as the two ports, Argus (IPv4) as
    /// one number with the type in the low octet, nfdump as "type.code" or type × 256 + code in the destination port.
    /// </summary>
    public static bool TryIcmp(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, FlowDialect dialect, out int type, out int code)
    {
        (type, code) = (0, 0);
        if (dialect == FlowDialect.Argus && source.StartsWith("0x"u8))
        {
            var hex = TextNumber.TryHex(source[2..], out var both) && both <= ushort.MaxValue;
            (type, code) = ((int)both & 0xFF, (int)both >> 8);
            return hex;
        }

        if (dialect is FlowDialect.Zeek or FlowDialect.Argus)
        {
            var known = TryPort(source, out var t) & TryPort(destination, out var c);
            (type, code) = (t & 0xFF, c & 0xFF);
            return known;
        }

        var point = destination.IndexOf((byte)'.');
        if (point >= 0)
        {
            var known = TryPort(destination[..point], out var t) & TryPort(destination[(point + 1)..], out var c);
            (type, code) = (t, c);
            return known && t <= 255 && c <= 255;
        }

        var one = TryPort(destination, out var port);
        (type, code) = (port >> 8, port & 0xFF);
        return one;
    }

    private static bool TryName(ReadOnlySpan<byte> name, out byte protocol, out bool notIp)
    {
        var number = name switch
        {
            _ when name.SequenceEqual("tcp"u8) => 6,
            _ when name.SequenceEqual("udp"u8) || name.SequenceEqual("rtp"u8)
                || name.SequenceEqual("rtcp"u8) || name.SequenceEqual("udt"u8) =>
                17,
            _ when name.SequenceEqual("icmp"u8) => 1,
            _ when name.SequenceEqual("icmp6"u8)
                || name.SequenceEqual("ipv6-icmp"u8) || name.SequenceEqual("icmpv6"u8) =>
                58,
            _ when name.SequenceEqual("igmp"u8) => 2,
            _ when name.SequenceEqual("ipip"u8) || name.SequenceEqual("ipnip"u8) => 4,
            _ when name.SequenceEqual("ipv6"u8) => 41,
            _ when name.SequenceEqual("gre"u8) => 47,
            _ when name.SequenceEqual("esp"u8) => 50,
            _ when name.SequenceEqual("ah"u8) => 51,
            _ when name.SequenceEqual("ipv6-no"u8) || name.SequenceEqual("unas"u8)
                || name.SequenceEqual("unknown_transport"u8) =>
                0,
            _ when name.SequenceEqual("eigrp"u8) => 88,
            _ when name.SequenceEqual("ospf"u8) => 89,
            _ when name.SequenceEqual("pim"u8) => 103,
            _ when name.SequenceEqual("vrrp"u8) => 112,
            _ when name.SequenceEqual("l2tp"u8) => 115,
            _ when name.SequenceEqual("sctp"u8) => 132,
            _ when name.SequenceEqual("udplite"u8) => 136,
            _ when name.SequenceEqual("arp"u8) || name.SequenceEqual("rarp"u8)
                || name.SequenceEqual("llc"u8) || name.SequenceEqual("man"u8)
                || name.SequenceEqual("ipx/spx"u8) || name.SequenceEqual("stp"u8) || name.SequenceEqual("lldp"u8)
                || name.SequenceEqual("ether"u8) => -2,
            _ => -1,
        };
        notIp = number == -2;
        protocol = (byte)Math.Max(0, number);
        return number >= 0;
    }
}
