// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Approvals;

/// <summary>What counts as a reason (rules.md R23): it says something.</summary>
public static class ApprovalReason
{
    /// <summary>Fewest words.</summary>
    public const int FewestWords = 3;

    /// <summary>Fewest letters of all.</summary>
    public const int FewestLetters = 10;

    /// <summary>Whether a text has at least three different words, of ten letters together.</summary>
    public static bool IsSaid(string text) =>
        text.Count(char.IsLetter) >= FewestLetters
        && text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Any(char.IsLetter)).Distinct(StringComparer.OrdinalIgnoreCase)
            .Count() >= FewestWords;
}
