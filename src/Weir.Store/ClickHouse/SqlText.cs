// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Wire;

namespace Weir.Store.ClickHouse;

/// <summary>Values as ClickHouse reads them in a statement.</summary>
public static partial class SqlText
{
    /// <summary>An identifier in back quotes.</summary>
    public static string Name(string name) =>
        $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";

    /// <summary>A string literal.</summary>
    public static string Literal(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>The 16 octets of a subject or address as a FixedString(16).</summary>
    public static string Key(UInt128 bits) =>
        string.Create(CultureInfo.InvariantCulture, $"toFixedString(unhex('{bits:X32}'), 16)");

    public static string Key(IpKey address) => Key(address.Bits);

    /// <summary>The day as its partition is named: <c>20261122</c>.</summary>
    public static string Partition(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    internal static bool IsPlainName(string name) => PlainName().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,127}\z")]
    private static partial Regex PlainName();
}
