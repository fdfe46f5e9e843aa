// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing.Statistics;

namespace Weir.Store.Comparing;

/// <summary>One stratum of the comparison.</summary>
/// <param name="Class">Access type or NAT class.</param>
/// <param name="MinActivity">Fewest distinct endpoints of its subjects in the window.</param>
/// <param name="MaxActivity">Most.</param>
/// <param name="Cases">Cases in it.</param>
/// <param name="Controls">Controls in it.</param>
public sealed record Stratum(byte Class, int MinActivity, int MaxActivity, int Cases, int Controls);

/// <summary>Who takes part and where: cases and controls by stratum, in an order that depends on keys
/// and seed alone.</summary>
internal sealed class ComparisonCohort
{
    private const int FewestForScanner = 10;
    private const double ScannerShare = 0.05;

    public required StratumAssignment[] Cohort { get; init; }

    /// <summary>Members of each stratum, by key; the cases are marked in <see cref="CaseKeys"/>.</summary>
    public required SubjectKey[][] Members { get; init; }

    public required HashSet<SubjectKey> CaseKeys { get; init; }

    public required Stratum[] Strata { get; init; }

    /// <summary>Known infected, compared or not: none of them counts as another subject.</summary>
    public required SubjectKey[] Infected { get; init; }

    /// <summary>Subjects of the whole population that are not infected.</summary>
    public required int Others { get; init; }

    public required int Scanners { get; init; }

    public required int Unseen { get; init; }

    public required int Beyond { get; init; }

    /// <summary>Draws the comparison from everyone's activity (statistics.md B.4.2, B.7).</summary>
    public static ComparisonCohort Draw(
        IReadOnlyList<SubjectActivity> activity, CaseSet set, ComparingOptions options, ulong seed)
    {
        var drawn = seed ^ 0xC0_4017;
        var infected = activity.Where(a => set.Cases.ContainsKey(a.Subject)).ToList();
        var most = Math.Min(options.WatchlistEndpointsAtMost, MostOfOne(infected, set));
        var eligible = infected.Where(a => set.Cases[a.Subject].Endpoints <= most).ToList();
        var cases = Lowest(eligible, options.CasesAtMost, drawn);
        var controls = activity
            .Where(a => !set.Cases.ContainsKey(a.Subject) && !set.Neither.Contains(a.Subject)).ToList();
        var others = controls.Count;
        controls = Lowest(
            controls,
            (int)Math.Min(int.MaxValue, Math.Max(options.ControlsAtMost, (long)options.ControlsPerCase * cases.Count)),
            drawn);

        var caseKeys = cases.Select(a => a.Subject).ToHashSet();
        var scored = cases.Concat(controls)
            .Select(a => (a.Subject, a.Endpoints, Score: Weir.Store.Comparing.Strata.Score(a, seed), Class: a.Access))
            .ToArray();
        var cuts = scored.Length == 0 ? [] : Weir.Store.Comparing.Strata.Cuts(
            [.. scored.Select(s => s.Score)], [.. scored.Where(s => caseKeys.Contains(s.Subject)).Select(s => s.Score)],
            options.ActivityBins);
        var groups = scored.GroupBy(s => (s.Class, Bin: Weir.Store.Comparing.Strata.BinOf(s.Score, cuts)))
            .OrderBy(g => g.Key).ToArray();
        var members = groups.Select(g => Sorted(g.Select(s => s.Subject))).ToArray();
        return new()
        {
            Members = members,
            Cohort = [.. members.SelectMany(
                (keys, stratum) => keys.Select(key => new StratumAssignment(key, (ushort)stratum)))],
            CaseKeys = caseKeys,
            Strata = [.. groups.Select(
                g => Describe(g.Key.Class, g.Select(s => (s.Endpoints, caseKeys.Contains(s.Subject)))))],
            Infected = [.. set.Cases.Keys.Union(set.Neither).Order()],
            Others = others,
            Scanners = infected.Count - eligible.Count,
            Unseen = set.Cases.Count - infected.Count,
            Beyond = eligible.Count - cases.Count,
        };
    }

    /// <summary>
    /// Listed endpoints that one case may meet. Where ten and more were met, a case that met half of all of them
    /// alone, or with one in twenty of the others, met them one by one: a scanner of C&amp;Cs, a researcher. Bots of
    /// one net with many C&amp;Cs are more than that.
    /// </summary>
    private static int MostOfOne(List<SubjectActivity> infected, CaseSet set)
    {
        var met = set.Contacts.Values.SelectMany(endpoints => endpoints).Distinct().Count();
        var half = (met + 1) / 2;
        return met >= FewestForScanner
            && infected.Count(a => set.Cases[a.Subject].Endpoints >= half) is > 0 and var so
            && so <= Math.Max(1, ScannerShare * infected.Count) && infected.Count > so
            ? half - 1 : int.MaxValue;
    }

    /// <summary>The real labels (0) and those permuted within strata (1 to <paramref name="permutations"/>).</summary>
    public Label[] Labels(int permutations, ulong seed)
    {
        var labels = CaseKeys.Order().Select(key => new Label(key, 0)).ToList();
        var drawn = Array.ConvertAll(Members, members => (SubjectKey[])members.Clone());
        var others = new Stack<int>();
        for (var run = 1; run <= permutations; run++)
        {
            var random = new SeededRandom(seed + (ulong)run);
            for (var stratum = 0; stratum < drawn.Length; stratum++)
            {
                var shuffled = drawn[stratum];
                for (var i = 0; i < Strata[stratum].Cases; i++)
                {
                    others.Push(i + random.Below(shuffled.Length - i));
                    (shuffled[i], shuffled[others.Peek()]) = (shuffled[others.Peek()], shuffled[i]);
                    labels.Add(new(shuffled[i], (ushort)run));
                }

                // Back to the members' own order, by which every run draws.
                while (others.TryPop(out var other))
                {
                    (shuffled[others.Count], shuffled[other]) = (shuffled[other], shuffled[others.Count]);
                }
            }
        }

        return [.. labels];
    }

    private static SubjectKey[] Sorted(IEnumerable<SubjectKey> keys)
    {
        SubjectKey[] sorted = [.. keys];
        Array.Sort(sorted);
        return sorted;
    }

    private static Stratum Describe(byte kind, IEnumerable<(int Endpoints, bool Case)> members)
    {
        var all = members.ToArray();
        var cases = all.Count(m => m.Case);
        return new(kind, all.Min(m => m.Endpoints), all.Max(m => m.Endpoints), cases, all.Length - cases);
    }

    private static List<SubjectActivity> Lowest(List<SubjectActivity> subjects, int most, ulong seed) =>
        subjects.Count <= most
            ? subjects
            : [.. subjects.OrderBy(a => SeededRandom.Keyed(a.Subject.Pseudonym, seed))
                .ThenBy(a => a.Subject).Take(most)];
}
