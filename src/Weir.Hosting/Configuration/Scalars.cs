// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.RegularExpressions;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Hosting.Configuration;

/// <summary>Single values from text and back. Strict: what YAML readers disagree about is refused
/// with the mend.</summary>
internal static partial class Scalars
{
    private static readonly string[] Ambiguous = ["yes", "no", "on", "off", "y", "n", "true", "false", "null", "~"];

    /// <summary>Reads a value of a type.</summary>
    /// <returns>The value, or null with <paramref name="refusal"/> completing the sentence "key ...".</returns>
    public static object? Parse(Type type, string text, bool isPlain, out string refusal)
    {
        refusal = "";
        if (type == typeof(string))
        {
            refusal = isPlain
                && (Ambiguous.Contains(text, StringComparer.OrdinalIgnoreCase) || NumberLike().IsMatch(text))
                ? $"must be text, and YAML readers take a bare {text} for something else; write \"{text}\" in quotes"
                : "";
            return refusal.Length == 0 ? text : null;
        }

        if (!isPlain && (type.IsPrimitive || type.IsEnum))
        {
            refusal = $"must be {Wanted(type)}; write it without quotes";
            return null;
        }

        var value = Value(type, text);
        if (value is null)
        {
            refusal = type == typeof(bool) && Ambiguous.Contains(text, StringComparer.OrdinalIgnoreCase)
                ? $"must be true or false; '{text}' means different things to different YAML readers"
                : $"must be {Wanted(type)}, not '{Shortened(text)}'";
        }

        return value;
    }

    /// <summary>The text that <see cref="Parse"/> reads back to the same value, as YAML.</summary>
    public static string Write(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        double number => number.ToString("0.################", CultureInfo.InvariantCulture),
        TimeSpan duration => Durations.Text(duration),
        Enum name => Schema.Kebab(name.ToString()),
        Secret secret => Quoted(secret.ToString()),
        Prefix { Length: 128 } address => Quoted(address.Network.ToString()),
        byte or ushort or int or uint or long or ulong or ByteSize =>
            string.Create(CultureInfo.InvariantCulture, $"{value}"),
        string text => Quoted(text.Replace("${", "$${", StringComparison.Ordinal)),
        Uri uri => Quoted(uri.OriginalString.Replace("${", "$${", StringComparison.Ordinal)),
        _ => Quoted(value.ToString()!),
    };

    private static object? Value(Type type, string text)
    {
        if (type.IsEnum)
        {
            return Array.Find(Enum.GetNames(type), name => Schema.Kebab(name) == text) is { } found
                ? Enum.Parse(type, found)
                : null;
        }

        return type switch
        {
            _ when type == typeof(bool) => text switch { "true" => true, "false" => false, _ => null },
            _ when type == typeof(int) => Integer<int>(text),
            _ when type == typeof(byte) => Integer<byte>(text),
            _ when type == typeof(ushort) => Integer<ushort>(text),
            _ when type == typeof(uint) => Integer<uint>(text),
            _ when type == typeof(long) => Integer<long>(text),
            _ when type == typeof(ulong) => Integer<ulong>(text),
            _ when type == typeof(double) =>
                Decimals().IsMatch(text) ? double.Parse(text, CultureInfo.InvariantCulture) : null,
            _ when type == typeof(TimeSpan) => Durations.TryParse(text, out var duration) ? duration : null,
            _ when type == typeof(ByteSize) => ByteSize.TryParse(text, out var size) ? size : null,
            _ when type == typeof(Schedule) => Schedule.TryParse(text, out var schedule) ? schedule : null,
            _ when type == typeof(Prefix) => Prefix.TryParse(text, out var prefix, strict: true) ? prefix : null,
            _ when type == typeof(IPEndPoint) => EndPoint(text),
            _ when type == typeof(ExemptPort) => ExemptPort.TryParse(text, out var service) ? service : null,
            _ when type == typeof(GoBgpAddress) => GoBgpAddress.TryParse(text, out var gobgp) ? gobgp : null,
            _ when type == typeof(Uri) =>
                Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null,
            _ => null,
        };
    }

    private static object? Integer<T>(string text)
        where T : struct, IBinaryInteger<T> =>
        Whole(text) && T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Digits without a leading zero, which some readers take for octal.</summary>
    private static bool Whole(string text) => text.Length == 1 || !text.StartsWith('0');

    private static IPEndPoint? EndPoint(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !Whole(text[(colon + 1)..])
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0)
        {
            return null;
        }

        var host = text[..colon];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        return IpKey.TryParse(bracketed ? host[1..^1] : host, out var address)
            && bracketed == host.Contains(':', StringComparison.Ordinal)
            ? new IPEndPoint(bracketed ? IPAddress.Parse(host[1..^1]) : address.ToIPAddress(), port)
            : null;
    }

    private static string Wanted(Type type) => type switch
    {
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type).Select(Schema.Kebab))}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(double) => "a number such as 0.01",
        _ when type.IsPrimitive => "a whole number without leading zeros, signs or fractions",
        _ when type == typeof(TimeSpan) => "a duration with units, such as 10m, 1h30m or 7d",
        _ when type == typeof(ByteSize) => "a size with a binary unit, such as 512MiB (B, KiB, MiB, GiB, TiB)",
        _ when type == typeof(Schedule) => "`every 6h` (1m to 7d), `daily 02:30` or `never`",
        _ when type == typeof(Prefix) =>
            "an address or a network in CIDR notation without host bits, such as 192.0.2.0/24",
        _ when type == typeof(IPEndPoint) => "an address and a port, such as 127.0.0.1:2055 or \"[::1]:2055\"",
        _ when type == typeof(ExemptPort) => "a protocol and a port, such as udp/5060",
        _ when type == typeof(GoBgpAddress) => "127.0.0.1:50051, http://127.0.0.1:50051 or unix:/path",
        _ => "a URL such as http://127.0.0.1:8123",
    };

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private static string Quoted(string text)
    {
        if (Bare().IsMatch(text) && !NumberLike().IsMatch(text)
            && !Ambiguous.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return text;
        }

        return $"\"{string.Concat(text.Select(Escaped))}\"";
    }

    private static string Escaped(char letter) => letter switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        >= ' ' and <= '~' => letter.ToString(),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}"),
    };

    [GeneratedRegex(@"^[-+]?(\d[\d_]*)?(\.\d*)?([eE][-+]?\d+)?\z|^0[xo]|^[-+]?\.(inf|nan)\z", RegexOptions.IgnoreCase)]
    private static partial Regex NumberLike();

    [GeneratedRegex(@"^\d{1,15}(\.\d{1,16})?\z")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"^[A-Za-z0-9/]([A-Za-z0-9_./:@+ -]*[A-Za-z0-9_/])?\z")]
    private static partial Regex Bare();
}
