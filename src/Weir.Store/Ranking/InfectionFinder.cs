// SPDX-License-Identifier: Apache-2.0
//
// Which infections are there, and which has a line? What the same lines use belongs to one family: listed endpoints,
// found endpoints that are in no campaign, and campaigns are joined by average linkage on how much of their lines they
// share (the cosine of the two sets). A downloader of two families joins one of them and cannot join the two, since the
// other links are weak. A group without anything listed is no family: nobody was called infected because of it. A line
// has a family where it uses at least two of its marks, or the only one.
using System.Numerics;

namespace Weir.Store.Ranking;

/// <summary>Something that lines with one infection share.</summary>
/// <param name="Number">Its number; what it stands for the caller knows.</param>
/// <param name="Lines">Numbers of the lines.</param>
/// <param name="IsListed">A list names it.</param>
internal sealed record InfectionMark(int Number, int[] Lines, bool IsListed);

/// <summary>One family as far as its marks show it.</summary>
/// <param name="Marks">Numbers of its marks, ascending.</param>
/// <param name="Lines">Numbers of the lines that have it, ascending.</param>
internal sealed record InfectionGroup(int[] Marks, int[] Lines);

/// <summary>Finds infections.</summary>
internal static class InfectionFinder
{
    /// <summary>Mean cosine from which two groups are one family.</summary>
    public const double Joins = 0.3;

    /// <summary>Marks looked at; those of most lines come first.</summary>
    private const int MostMarks = 600;

    /// <summary>Families of most lines first.</summary>
    public static IReadOnlyList<InfectionGroup> Find(IReadOnlyList<InfectionMark> marks, int lines)
    {
        InfectionMark[] used = [.. marks.Where(mark => mark.Lines.Length > 0)
            .OrderByDescending(mark => mark.IsListed).ThenByDescending(mark => mark.Lines.Length)
            .ThenBy(mark => mark.Number).Take(MostMarks)];
        return
        [
            .. Join(used, lines).Where(group => group.Exists(at => used[at].IsListed))
                .Select(group => Make([.. group.Select(at => used[at])]))
                .Where(infection => infection.Lines.Length > 0)
                .OrderByDescending(infection => infection.Lines.Length).ThenBy(infection => infection.Marks[0]),
        ];
    }

    private static InfectionGroup Make(InfectionMark[] marks)
    {
        var counts = marks.SelectMany(mark => mark.Lines).CountBy(line => line);
        var listed = marks.Where(mark => mark.IsListed).SelectMany(mark => mark.Lines).ToHashSet();
        var needed = marks.Length > 2 ? 2 : 1;
        return new(
            [.. marks.Select(mark => mark.Number).Order()],
            [.. counts.Where(one => one.Value >= needed || (marks.Length < 6 && listed.Contains(one.Key)))
                .Select(one => one.Key).Order()]);
    }

    private static IEnumerable<List<int>> Join(InfectionMark[] marks, int lines)
    {
        var sets = Array.ConvertAll(marks, mark => Bits(mark.Lines, lines));
        var groups = Enumerable.Range(0, marks.Length).Select(at => new List<int> { at }).ToList();
        var alike = new double[marks.Length, marks.Length];
        for (var a = 0; a < marks.Length; a++)
        {
            for (var b = 0; b < a; b++)
            {
                alike[a, b] = alike[b, a] = Cosine(sets[a], marks[a].Lines.Length, sets[b], marks[b].Lines.Length);
            }
        }

        // Lance and Williams: the mean between groups follows from the means before, so that each step is one row.
        var open = Enumerable.Range(0, marks.Length).ToList();
        while (Closest(open, alike) is { } pair)
        {
            var (a, b) = pair;
            foreach (var other in open.Where(other => other != a && other != b))
            {
                alike[a, other] = alike[other, a] =
                    ((groups[a].Count * alike[a, other]) + (groups[b].Count * alike[b, other]))
                    / (groups[a].Count + groups[b].Count);
            }

            groups[a].AddRange(groups[b]);
            _ = open.Remove(b);
        }

        return open.Select(at => groups[at]);
    }

    private static (int A, int B)? Closest(List<int> open, double[,] alike)
    {
        (int A, int B)? best = null;
        var most = Joins;
        for (var i = 0; i < open.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (alike[open[j], open[i]] > most)
                {
                    (most, best) = (alike[open[j], open[i]], (open[j], open[i]));
                }
            }
        }

        return best;
    }

    private static ulong[] Bits(int[] members, int count)
    {
        var bits = new ulong[(count + 63) / 64];
        foreach (var member in members)
        {
            bits[member / 64] |= 1UL << (member % 64);
        }

        return bits;
    }

    private static double Cosine(ulong[] a, int aCount, ulong[] b, int bCount)
    {
        var both = 0;
        for (var i = 0; i < a.Length; i++)
        {
            both += BitOperations.PopCount(a[i] & b[i]);
        }

        return both / Math.Sqrt((double)aCount * bCount);
    }
}
