// SPDX-License-Identifier: Apache-2.0
//
// A report held against the truth of the simulated provider it was made from. Recall of the infected is over bots with
// at least one exported exchange with a listed endpoint: nobody can find the others from the list. A hidden C&C counts
// where fewer than 0.5 % of clean subscribers use it: above that the engine may never name it. Events are scored by
// EventScore. Wrong list entries make clean subscribers "infected"; the truth knows them, and they are told apart from
// names that nothing explains.
using Weir.Cli.Reporting;
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.Cli.Scoring;

/// <summary>The figures of one run, by names that outlive a change of words, and the things behind them.</summary>
/// <param name="Run">How the traffic was made.</param>
/// <param name="Lines">Every figure, with its aim where it has one.</param>
/// <param name="MissedCncs">Hidden C&amp;Cs that count and were not reported.</param>
/// <param name="FalseCandidates">Reported endpoints that command no bot, with their status.</param>
internal sealed record LabScore(
    TruthRun Run, IReadOnlyList<ScoreLine> Lines, IReadOnlyList<TruthCnc> MissedCncs,
    IReadOnlyList<string> FalseCandidates)
{
    public const double CountsBelow = 0.005;
    public const double RecallAim = 0.98;

    private const string Candidate = "candidate";

    public bool Met => Lines.All(line => line.Met);

    /// <summary>Scores a report of profile <c>lab</c>; any other profile names nobody and cannot be scored.</summary>
    public static LabScore Compute(Truth truth, Report report)
    {
        var reported = report.Candidates.ToDictionary(NameOf, c => c.Status, StringComparer.Ordinal);
        var commanders =
            truth.HiddenCncs.Concat(truth.KnownCncs).Select(c => c.Endpoint).ToHashSet(StringComparer.Ordinal);
        var counting = truth.HiddenCncs.Where(c => c.OthersShare < CountsBelow).ToList();
        var missed = counting.Where(c => !reported.ContainsKey(c.Endpoint)).ToList();
        var asCandidate = counting.Count(c => reported.GetValueOrDefault(c.Endpoint) == Candidate);
        var found = counting.Count - missed.Count;
        var wrong = reported.Where(r => !commanders.Contains(r.Key)).ToList();
        var wrongCandidates = wrong.Count(r => r.Value == Candidate);

        List<ScoreLine> lines =
        [
            .. Infected(truth, report),
            .. EventScore.Compute(truth, report),
            ScoreLine.Plain("hiddenCncs", "hidden C&Cs that fewer than 0.5 % of others use", counting.Count),
            ScoreLine.Aimed(
                "hiddenFound", "... of them found, as candidate or as shared", found,
                $"at least {Owed(counting.Count)} (12 of every 14)",
                counting.Count > 0 && found >= Owed(counting.Count)),
            ScoreLine.Plain("hiddenAsCandidate", "... ... with status candidate", asCandidate),
            ScoreLine.Plain(
                "hiddenAsShared", "... ... with status shared: too many others use them", found - asCandidate),
            truth.Roles is null
                ? ScoreLine.Aimed("falseCandidates", "false candidates", wrongCandidates, "at most 1",
                    wrongCandidates <= 1)
                : ScoreLine.Plain("falseCandidates", "candidates of a botnet's jobs, or of none", wrongCandidates),
            ScoreLine.Plain("falseShared", "endpoints of no botnet with status shared", wrong.Count - wrongCandidates),
            ScoreLine.Aimed(
                "permutedDiscoveries", $"discoveries in {report.Family.Permutations} runs with shuffled labels",
                report.Family.PermutedDiscoveries,
                "0 in at least 19 of 20 runs", report.Family is { Valid: true, Permutations: > 0 }),
            ScoreLine.Plain(
                "pooledFisher", "beside it: endpoints that a pooled Fisher test flags",
                (long)report.Family.Baselines.PooledFisher.Number),
        ];
        lines.AddRange(CommandAccuracy.Compute(truth, report));
        lines.AddRange(PeerScore.Compute(truth, report));
        if (report.Family.Baselines.PooledEndpoints is { } pooled)
        {
            lines.Add(ScoreLine.Plain(
                "pooledFisherFalse", "... of them of no botnet", pooled.Count(name => !commanders.Contains(name))));
        }

        return new(
            truth.Run, lines, missed, [.. wrong.Select(r => $"{r.Key} ({r.Value})").Order(StringComparer.Ordinal)]);
    }

    private static IEnumerable<ScoreLine> Infected(Truth truth, Report report)
    {
        var named = report.Infected.Select(i => i.Subject).ToHashSet(StringComparer.Ordinal);
        var owed = truth.Bots.Where(b => b.ListedExchanges > 0).Select(b => b.Subject).ToList();
        var hit = owed.Count(named.Contains);
        var recall = owed.Count == 0 ? 0 : (double)hit / owed.Count;
        var bots = truth.Bots.Count(b => named.Contains(b.Subject));
        var clean = truth.WrongEntries.SelectMany(w => w.CleanSubjects).ToHashSet(StringComparer.Ordinal);
        var explained = named.Count(clean.Contains);

        // Of an entry that very many use, the truth lists the first and tells the number of the others.
        var untold = truth.WrongEntries.Where(w => !w.Allowed).Sum(w => w.CleanCount - w.CleanSubjects.Count);
        var unexplained = Math.Max(0, named.Count - bots - explained - untold);
        return
        [
            ScoreLine.Plain("infectedOwed", "bots with an exported exchange with a listed endpoint", owed.Count),
            ScoreLine.Plain("infectedFound", "... of them named", hit),
            ScoreLine.Aimed(
                "infectedRecall", "recall of the infected", Math.Round(recall, 4), "at least 0.98",
                owed.Count > 0 && recall >= RecallAim),
            ScoreLine.Plain("infectedNamed", "subjects named as infected", named.Count),
            ScoreLine.Plain("infectedPrecision", "precision: bots among them", named.Count == 0
                ? 0
                : Math.Round((double)bots / named.Count, 4)),
            ScoreLine.Plain(
                "infectedByWrongEntries", "clean subjects that a wrong list entry accuses, as the truth says",
                named.Count - bots - unexplained),
            ScoreLine.Aimed(
                "infectedUnexplained", "subjects named without any cause in the truth", unexplained, "0",
                unexplained == 0),
        ];
    }

    private static int Owed(int counting) => (int)Math.Ceiling(counting * 12 / 14.0);

    internal static string NameOf(ReportCandidate candidate)
    {
        var known = Protocols.TryParse(candidate.Protocol, out var protocol);
        return known && IpKey.TryParse(candidate.Remote, out var remote)
            ? new Weir.Contracts.Flows.Endpoint(remote, candidate.Port, protocol).ToString()
            : $"{candidate.Remote}:{candidate.Port}/{candidate.Protocol}";
    }
}

/// <summary>One figure.</summary>
/// <param name="Name">Key in JSON.</param>
/// <param name="What">In words.</param>
/// <param name="Value">Measured.</param>
/// <param name="Aim">What is asked of it; null where nothing is.</param>
/// <param name="Met">Whether it is what is asked.</param>
internal sealed record ScoreLine(string Name, string What, double Value, string? Aim, bool Met)
{
    public static ScoreLine Plain(string name, string what, double value) => new(name, what, value, null, true);

    public static ScoreLine Aimed(string name, string what, double value, string aim, bool met) =>
        new(name, what, value, aim, met);
}
