// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>A remote end: protocol, address, port. Port 0 stands for "the remote was the client" (ADR 0004) or a
/// protocol without ports.</summary>
public readonly partial record struct Endpoint(IpKey Address, ushort Port, byte Protocol)
{
    public override string ToString() => Write(Address.ToString(), Port, Protocols.ToName(Protocol));

    /// <summary>An endpoint of parts that are texts already, as reports have them.</summary>
    public static string Write(string address, ushort port, string protocol)
    {
        var rest = string.Create(CultureInfo.InvariantCulture, $":{port}/{protocol}");
        return address.Contains(':', StringComparison.Ordinal) ? $"[{address}]{rest}" : $"{address}{rest}";
    }

    /// <summary>Reads what <see cref="ToString"/> writes: <c>192.0.2.7:443/tcp</c> or
    /// <c>[2001:db8::7]:443/tcp</c>.</summary>
    public static bool TryParse(string text, out Endpoint endpoint)
    {
        var parts = Form().Match(text);
        endpoint = default;
        if (!parts.Success || !IpKey.TryParse(parts.Groups["address"].Value, out var address)
            || !ushort.TryParse(
                parts.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || !Protocols.TryParse(parts.Groups["protocol"].ValueSpan, out var protocol)
            || address.IsV4 == text.StartsWith('['))
        {
            return false;
        }

        endpoint = new(address, port, protocol);
        return true;
    }

    [GeneratedRegex(@"^\[?(?<address>[0-9A-Fa-f.:]+?)\]?:(?<port>\d{1,5})/(?<protocol>[a-z0-9]{1,8})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

/// <summary>IANA protocol numbers by the names operators use.</summary>
public static class Protocols
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmp6 = 58;
    public const byte Sctp = 132;

    public static string ToName(byte protocol) => protocol switch
    {
        Icmp => "icmp",
        Tcp => "tcp",
        Udp => "udp",
        Icmp6 => "icmp6",
        47 => "gre",
        50 => "esp",
        Sctp => "sctp",
        _ => protocol.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    public static bool TryParse(ReadOnlySpan<char> name, out byte protocol)
    {
        protocol = name switch
        {
            "icmp" or "ICMP" => Icmp,
            "tcp" or "TCP" => Tcp,
            "udp" or "UDP" => Udp,
            "icmp6" or "ICMP6" or "ipv6-icmp" or "icmpv6" => Icmp6,
            "gre" or "GRE" => 47,
            "esp" or "ESP" => 50,
            "sctp" or "SCTP" => Sctp,
            _ => 0,
        };
        return protocol != 0 || byte.TryParse(name, out protocol);
    }
}
