// SPDX-License-Identifier: Apache-2.0
//
// How lists write what they mean: "192.0.2.7", "192.0.2.7:443", "192.0.2.7:443/tcp", "[2001:db8::7]:443",
// "192.0.2.0/24", "192.0.2.0/24:443", "2001:db8::/32", "name.example", and the defanged forms of all of them
// ("192[.]0[.]2[.]7", "name[.]example"). An unbracketed IPv6 text is an address to its end: its last group
// is never a port.
using System.Buffers;
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds;

/// <summary>What a piece of a list's text turned out to be.</summary>
internal enum IndicatorKind : byte
{
    Unreadable,
    Network,
    Domain,
    Url,
}

/// <summary>An address, network or name as written in a list.</summary>
internal readonly record struct Indicator(
    IndicatorKind Kind, Prefix What, ushort Port, byte Protocol, string Name, bool Below, string Reason)
{
    public static Indicator Unreadable(string reason) =>
        new(IndicatorKind.Unreadable, default, 0, 0, "", false, reason);

    public static Indicator Network(Prefix what, ushort port = 0, byte protocol = 0) =>
        new(IndicatorKind.Network, what, port, protocol, "", false, "");
}

internal static class IndicatorText
{
    private static readonly SearchValues<char> Dotted = SearchValues.Create("0123456789.");

    public static Indicator Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return Indicator.Unreadable("empty");
        }

        if (text.Length > 2_048)
        {
            return Indicator.Unreadable("longer than 2,048 characters");
        }

        if (text.IndexOfAny('[', '(', '{') >= 0 && IsDefanged(text))
        {
            text = Refang(text);
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            return new(IndicatorKind.Url, default, 0, 0, "", false, "");
        }

        return TryNetwork(text, out var network, out var reason) ? network
            : reason.Length > 0 ? Indicator.Unreadable(reason)
            : TryName(text, out var name, out var below) ? new(IndicatorKind.Domain, default, 0, 0, name, below, "")
            : Indicator.Unreadable("neither an address nor a network nor a name");
    }

    /// <summary>Port 1 to 65535; anything else is refused.</summary>
    public static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;

    private static bool TryNetwork(ReadOnlySpan<char> text, out Indicator indicator, out string reason)
    {
        indicator = default;
        reason = "";
        byte protocol = 0;
        var slash = text.LastIndexOf('/');
        if (slash > 0 && slash < text.Length - 1 && char.IsAsciiLetter(text[slash + 1]))
        {
            if (!Protocols.TryParse(text[(slash + 1)..], out protocol))
            {
                return false;
            }

            text = text[..slash];
        }

        ushort port = 0;
        if (!TryCutPort(ref text, ref port, ref reason) || !Prefix.TryParse(text, out var what))
        {
            reason = reason.Length > 0 ? reason : WhyNot(text);
            return false;
        }

        reason = what.WrittenLength == 0 ? "a network of length 0 covers everything"
            : what.Length == 128 && what.Network.Bits == 0 ? ":: is not a host"
            : what.IsV4 && what.Length == 128 && what.Network.V4 is 0 or uint.MaxValue ? $"{what.Network} is not a host"
            : "";
        indicator = Indicator.Network(what, port, protocol);
        return reason.Length == 0;
    }

    private static bool TryCutPort(ref ReadOnlySpan<char> text, ref ushort port, ref string reason)
    {
        var rest = ReadOnlySpan<char>.Empty;
        if (text[0] == '[')
        {
            var close = text.IndexOf(']');
            if (close < 0)
            {
                return false;
            }

            rest = text[(close + 1)..];
            text = text[1..close];
        }
        else if (text.IndexOf(':') is var colon && colon >= 0 && colon == text.LastIndexOf(':'))
        {
            rest = text[colon..];
            text = text[..colon];
        }

        if (rest.IsEmpty)
        {
            return !text.IsEmpty;
        }

        if (rest[0] != ':' || !TryPort(rest[1..], out port))
        {
            reason = Prefix.TryParse(text, out _) ? $"'{rest[1..]}' is not a port from 1 to 65535" : "";
            return false;
        }

        return !text.IsEmpty;
    }

    /// <summary>A sentence for what looks like an address or network and is none; empty where it does
    /// not even look so.</summary>
    private static string WhyNot(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (slash > 0 && IpKey.TryParse(text[..slash], out _))
        {
            return $"'{text[(slash + 1)..]}' is not a prefix length";
        }

        return text.IndexOfAnyExcept(Dotted) < 0 && text.Contains('.') ? $"'{text}' is not an IPv4 address" : "";
    }

    /// <summary>Host names as RFC 1123 §2.1 has them, underscores as found in practice, at least two labels.</summary>
    public static bool TryName(ReadOnlySpan<char> text, out string name, out bool below)
    {
        name = "";
        below = text.StartsWith("*.", StringComparison.Ordinal);
        text = below ? text[2..] : text;
        text = text.EndsWith(".", StringComparison.Ordinal) ? text[..^1] : text;
        if (text.Length is 0 or > 253 || !text.Contains('.'))
        {
            return false;
        }

        var label = 0;
        var letters = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                if (label == 0 || text[i - 1] == '-')
                {
                    return false;
                }

                label = 0;
                letters = false;
            }
            else if (char.IsLetterOrDigit(c) || c == '_' || (c == '-' && label > 0))
            {
                letters |= !char.IsAsciiDigit(c);
                if (++label > 63)
                {
                    return false;
                }
            }
            else
            {
                return false;
            }
        }

        if (label == 0 || !letters || text[^1] == '-')
        {
            return false;
        }

        name = text.ToString().ToLowerInvariant();
        return true;
    }

    private static bool IsDefanged(ReadOnlySpan<char> text) =>
        text.Contains("[.]", StringComparison.Ordinal) || text.Contains("(.)", StringComparison.Ordinal)
        || text.Contains("[:]", StringComparison.Ordinal) || text.Contains("[dot]", StringComparison.OrdinalIgnoreCase)
        || text.Contains("{.}", StringComparison.Ordinal) || text.Contains("(dot)", StringComparison.OrdinalIgnoreCase)
        || text.Contains("[://]", StringComparison.Ordinal) || text.Contains("[/]", StringComparison.Ordinal);

    private static string Refang(ReadOnlySpan<char> text) => text.ToString()
        .Replace("[.]", ".", StringComparison.Ordinal)
        .Replace("(.)", ".", StringComparison.Ordinal)
        .Replace("{.}", ".", StringComparison.Ordinal)
        .Replace("(dot)", ".", StringComparison.OrdinalIgnoreCase)
        .Replace("[/]", "/", StringComparison.Ordinal)
        .Replace("[dot]", ".", StringComparison.OrdinalIgnoreCase)
        .Replace("[://]", "://", StringComparison.Ordinal)
        .Replace("[:]", ":", StringComparison.Ordinal);
}
