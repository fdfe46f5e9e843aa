// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Commands;

/// <summary>What a mistyped word may have meant.</summary>
internal static class NearestName
{
    /// <summary>The known word with the fewest letters wrong, left out, added or swapped: at most two, and fewer than
    /// half of the word's. Null where none is so near.</summary>
    public static string? Find(string typed, IEnumerable<string> known) => known
        .Select(word => (Word: word, Distance: Distance(typed, word)))
        .Where(one => one.Distance <= 2 && one.Distance * 2 < Math.Max(typed.Length, one.Word.Length))
        .OrderBy(one => one.Distance).ThenBy(one => one.Word, StringComparer.Ordinal)
        .Select(one => one.Word).FirstOrDefault();

    /// <summary>Optimal string alignment distance.</summary>
    internal static int Distance(string first, string second)
    {
        var rows = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1),
                    rows[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[first.Length, second.Length];
    }
}
