// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Configuring;

namespace Weir.Cli.Web.SelfService;

/// <summary>Which language a page is in: as the link says, else as the browser would like it (RFC 9110 section 12.5.4),
/// else the provider's first.</summary>
internal static class LanguageSelector
{
    private const int MaxRanges = 20;

    public static Language Choose(string? asked, string? accepted, IReadOnlyList<Language> offered)
    {
        foreach (var language in offered)
        {
            if (Tag(language) == asked)
            {
                return language;
            }
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
                    && (parts[0].Equals(Tag(language), StringComparison.OrdinalIgnoreCase)
                        || parts[0].StartsWith($"{Tag(language)}-", StringComparison.OrdinalIgnoreCase)))
                {
                    (best, weight) = (language, quality);
                }
            }
        }

        return best;
    }

    /// <summary>The language's tag (RFC 5646).</summary>
    public static string Tag(Language language) => language switch
    {
        Language.En => "en",
        Language.De => "de",
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Not a language of the pages."),
    };
}
