// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Governance;

/// <summary>Two texts line by line, by their longest common subsequence (Hunt and McIlroy 1976).</summary>
internal static class LineDifference
{
    /// <summary>Lines that go, <c>- </c> before them, and lines that come, <c>+ </c> before them, in their order; where
    /// a line moved it goes and comes.</summary>
    public static IEnumerable<string> Between(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        // common[i, j]: length of the longest common subsequence of what is left from i and from j.
        var common = new int[before.Count + 1, after.Count + 1];
        for (var i = before.Count - 1; i >= 0; i--)
        {
            for (var j = after.Count - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j]
                    ? common[i + 1, j + 1] + 1
                    : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var (at, to) = (0, 0);
        while (at < before.Count || to < after.Count)
        {
            if (at < before.Count && to < after.Count && before[at] == after[to])
            {
                (at, to) = (at + 1, to + 1);
            }
            else if (to == after.Count || (at < before.Count && common[at + 1, to] >= common[at, to + 1]))
            {
                yield return $"- {before[at++]}";
            }
            else
            {
                yield return $"+ {after[to++]}";
            }
        }
    }
}
