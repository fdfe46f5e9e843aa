// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Desk.Api.Routing;

/// <summary>A number of a path that could not be read is nought to those who look for it. No number is nought, so where
/// a sentence names it, what was sent is put in its place.</summary>
internal static partial class UnreadNumber
{
    private const int MaxShown = 64;

    /// <summary>The sentence with what was sent.</summary>
    /// <param name="sentence">Of a refusal.</param>
    /// <param name="sent">The part of the path; null where the route has none.</param>
    public static string Name(string sentence, string? sent) => sent is null ? sentence
        : Nought().Replace(sentence, _ => $"'{(sent.Length > MaxShown ? sent[..MaxShown] + "…" : sent)}'");

    [GeneratedRegex(@"\b[a-z]-0{16}\b")]
    private static partial Regex Nought();
}
