// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Weir.Contracts.Mitigation;

/// <summary>What may stand as a name in a zone: letters, digits, hyphens and underscores, labels of 1 to 63, at most
/// 253 in all (RFC 1035 §2.3.4), never an address.</summary>
internal static class DomainName
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool IsValid(string domain) =>
        domain.Length is > 0 and <= 253
        && domain.Contains('.')
        && !domain.Split('.')[^1].All(char.IsAsciiDigit)
        && domain.Split('.').All(label => label.Length is > 0 and <= 63
            && !label.AsSpan().ContainsAnyExcept(Letters) && label[0] != '-' && label[^1] != '-');

    /// <summary>Whether a name is a domain or lies below it.</summary>
    public static bool IsWithin(string name, string domain) =>
        name == domain || (name.Length > domain.Length
            && name.EndsWith(domain, StringComparison.Ordinal) && name[^(domain.Length + 1)] == '.');
}
