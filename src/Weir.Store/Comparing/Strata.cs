// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing.Statistics;

namespace Weir.Store.Comparing;

/// <summary>Cuts subjects by activity so that like is compared with like (statistics.md B.4.2).</summary>
internal static class Strata
{
    private const int SubjectsPerBin = 25;

    /// <summary>Activity, with ties broken by a keyed hash so that bins are even and the order of subjects
    /// does not matter.</summary>
    public static double Score(SubjectActivity subject, ulong seed) =>
        subject.Endpoints + (0.01 * (SeededRandom.Keyed(subject.Subject.Pseudonym, seed) >> 11) / (1UL << 53));

    /// <summary>
    /// Ascending cuts between bins, the first half at quantiles of everyone and the rest at quantiles of the cases, so
    /// that the end where cases are is cut finely. A score on a cut belongs to the bin above it.
    /// </summary>
    public static double[] Cuts(double[] all, double[] cases, int bins)
    {
        bins = Math.Clamp(all.Length / SubjectsPerBin, 1, bins);
        Array.Sort(all);
        Array.Sort(cases);
        var cuts = new SortedSet<double>();
        var half = bins / 2;
        for (var i = 1; i < bins - half; i++)
        {
            cuts.Add(all[(int)((long)all.Length * i / (bins - half))]);
        }

        for (var i = 1; i <= half && cases.Length > 0; i++)
        {
            cuts.Add(cases[(int)((long)cases.Length * i / (half + 1))]);
        }

        return [.. cuts];
    }

    public static int BinOf(double score, double[] cuts)
    {
        var at = Array.BinarySearch(cuts, score);
        return at >= 0 ? at + 1 : ~at;
    }
}
