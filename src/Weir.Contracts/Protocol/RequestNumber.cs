// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Weir.Contracts.Protocol;

/// <summary>Numbers of requests that make something leave a process: the same stands on the asker's chain and on the
/// chain of who releases, so that whoever verifies joins them.</summary>
public static class RequestNumber
{
    private const string Prefix = "q-";
    private const int Digits = 16;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>A new one: <c>q-</c> and 16 hexadecimal digits.</summary>
    public static string Create() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Prefix}{BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))):x16}");

    /// <summary>True for what <see cref="Create"/> writes.</summary>
    public static bool IsOne(string text) =>
        text.Length == Prefix.Length + Digits && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.AsSpan(Prefix.Length).IndexOfAnyExcept(Hexadecimal) < 0;
}
