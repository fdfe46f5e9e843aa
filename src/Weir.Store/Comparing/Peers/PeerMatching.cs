// SPDX-License-Identifier: Apache-2.0
//
// Like with like: who has more rare peers shares more of them by chance, file sharers most of all, and the infected are
// more often file sharers than others. So labels are drawn among lines of the same class with about as many rare peers
// (a power of two), ten of them or more for each case. Where there are fewer, the next higher numbers are taken in if
// that suffices: file sharers stay among themselves. Else the next lower ones are: where hardly anybody but bots has so
// many, every draw among bots alone would look like the cases.
using System.Numerics;

namespace Weir.Store.Comparing.Peers;

/// <summary>Cells in which labels are drawn.</summary>
internal static class PeerMatching
{
    private const int ControlsPerCase = 10;

    /// <param name="peers">Rare peers by line.</param>
    /// <param name="classes">Access type or NAT class by line.</param>
    /// <param name="isCase">By line.</param>
    /// <returns>Numbers of lines, each in one cell.</returns>
    public static int[][] Cells(int[] peers, byte[] classes, bool[] isCase) =>
    [
        .. Enumerable.Range(0, peers.Length).GroupBy(line => classes[line]).OrderBy(group => group.Key)
            .SelectMany(group => Merge(
                [.. group.GroupBy(line => BitOperations.Log2((uint)Math.Max(1, peers[line])))
                    .OrderByDescending(bin => bin.Key)],
                isCase)),
    ];

    private static List<int[]> Merge(IGrouping<int, int>[] bins, bool[] isCase)
    {
        var cells = new List<int[]>();
        var open = new List<int>();
        foreach (var bin in bins)
        {
            open.AddRange(bin);
            if (IsEnough(open, isCase))
            {
                cells.Add([.. open]);
                open.Clear();
            }
            else if (cells.Count > 0 && IsEnough([.. cells[^1], .. open], isCase))
            {
                cells[^1] = [.. cells[^1], .. open];
                open.Clear();
            }
        }

        if (open.Count > 0)
        {
            int[] before = cells.Count > 0 ? cells[^1] : [];
            cells = [.. cells.SkipLast(1), [.. before, .. open]];
        }

        return cells;
    }

    private static bool IsEnough(List<int> lines, bool[] isCase)
    {
        var cases = lines.Count(line => isCase[line]);
        return lines.Count - cases >= ControlsPerCase * Math.Max(1, cases);
    }
}
