// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Vault.Customers;

/// <summary>Which language a page is in: as the link says, else as the browser would like it (RFC 9110 section 12.5.4),
/// else the provider's first.</summary>
internal static class LanguageSelector
{
    private const int MaxRanges = 20;

    /// <param name="asked">The link's own; null for none.</param>
    /// <param name="accepted">The header <c>Accept-Language</c>.</param>
    /// <param name="offered">BCP 47 tags; the first is for who asks for none of them.</param>
    public static string Choose(string? asked, string? accepted, IReadOnlyList<string> offered)
    {
        if (asked is not null && offered.Contains(asked))
        {
            return asked;
        }

        var (best, weight) = (offered[0], 0.0);
        foreach (var range in (accepted ?? "").Split(',', MaxRanges, StringSplitOptions.TrimEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            var quality = parts.Length < 2 ? 1.0
                : parts[1].StartsWith("q=", StringComparison.OrdinalIgnoreCase) && double.TryParse(
                    parts[1].AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q)
                    ? q
                : 0;
            foreach (var language in offered)
            {
                if (quality > weight && quality <= 1
                    && (parts[0].Equals(language, StringComparison.OrdinalIgnoreCase)
                        || parts[0].StartsWith($"{language}-", StringComparison.OrdinalIgnoreCase)))
                {
                    (best, weight) = (language, quality);
                }
            }
        }

        return best;
    }
}
