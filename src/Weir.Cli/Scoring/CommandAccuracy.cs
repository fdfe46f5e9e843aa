// SPDX-License-Identifier: Apache-2.0
//
// How well what commands is told from what is commanded. Relevant are hidden C&Cs that three known bots use and fewer
// than 0.5 % of others, and every other C&C that was reported. Average precision is the mean, over the relevant ones,
// of the precision at their places; one that is not reported counts 0. The baselines put the same candidates in other
// orders: by p, by popularity among the infected, and as RITA would, by regularity with its prevalence modifier.
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Lab.Telling;

namespace Weir.Cli.Scoring;

/// <summary>Scores the order of candidates, campaigns and infections against roles of the truth.</summary>
internal static class CommandAccuracy
{
    private const int FewestBots = 3;
    private const int FirstRows = 10;

    /// <summary>Nothing where the truth has no roles.</summary>
    public static IEnumerable<ScoreLine> Compute(Truth truth, Report report)
    {
        if (truth.Roles is null)
        {
            return [];
        }

        var hidden = truth.HiddenCncs.Where(cnc => cnc.OthersShare < LabScore.CountsBelow).ToList();
        var owed = hidden.Where(cnc => cnc.KnownBots >= FewestBots).Select(cnc => cnc.Endpoint)
            .ToHashSet(StringComparer.Ordinal);
        var all = truth.HiddenCncs.Select(cnc => cnc.Endpoint).ToHashSet(StringComparer.Ordinal);
        var named = report.Candidates.Select(one => (Name: LabScore.NameOf(one), Row: one)).ToList();
        var found = named.Select(one => one.Name).Where(all.Contains).ToHashSet(StringComparer.Ordinal);
        var relevant = owed.Union(found).ToHashSet(StringComparer.Ordinal);
        double Order(IEnumerable<(string Name, ReportCandidate Row)> rows) =>
            AveragePrecision([.. rows.Select(one => relevant.Contains(one.Name))], relevant.Count);
        var others = named.Where(one => !all.Contains(one.Name)).ToList();
        var ten = named.Take(FirstRows).Count(one => relevant.Contains(one.Name));
        return
        [
            ScoreLine.Plain("commandRelevant", "hidden C&Cs that three known bots use, or that were reported",
                relevant.Count),
            ScoreLine.Plain("commandOwed", "... of them used by three known bots and few others", owed.Count),
            ScoreLine.Plain(
                "commandRecall", "... ... share of those reported",
                owed.Count == 0 ? 1 : Math.Round((double)owed.Count(found.Contains) / owed.Count, 4)),
            ScoreLine.Plain("commandCandidates", "candidates in all", named.Count),
            ScoreLine.Plain("commandAveragePrecision", "average precision by evidence for command", Order(named)),
            ScoreLine.Plain("commandFirstTen", "C&Cs among the first ten rows", ten),
            ScoreLine.Plain(
                "orderByP", "beside it: average precision by p",
                Order(named.OrderBy(one => one.Row.P.Number).ThenBy(one => one.Name, StringComparer.Ordinal))),
            ScoreLine.Plain(
                "orderByPopularity", "... by popularity among the infected", Order(
                    named.OrderByDescending(one => one.Row.Cases.Number).ThenBy(one =>
                        one.Name, StringComparer.Ordinal))),
            ScoreLine.Plain(
                "orderAsRita", "... by regularity and prevalence", Order(
                    named.OrderByDescending(one => Rita(one.Row, report)).ThenBy(one =>
                        one.Name, StringComparer.Ordinal))),
            ScoreLine.Plain("campaigns", "campaigns", report.Campaigns.Count),
            ScoreLine.Plain(
                "campaignsHold", "share of what is no C&C that campaigns hold", others.Count == 0 ? 1
                : Math.Round((double)others.Count(one => one.Row.Campaign is not null) / others.Count, 4)),
            ScoreLine.Plain(
                "commandInCampaigns", "C&Cs that a campaign swallowed",
                named.Count(one => relevant.Contains(one.Name) && one.Row.Campaign is not null)),
            .. Infections(truth, report),
        ];
    }

    /// <summary>Mean over the relevant of the precision at their places, 0 for those that are not there.</summary>
    public static double AveragePrecision(IReadOnlyList<bool> order, int relevant)
    {
        var (hits, sum) = (0, 0.0);
        foreach (var (place, hit) in order.Index())
        {
            if (hit)
            {
                sum += (double)++hits / (place + 1);
            }
        }

        return relevant == 0 ? 0 : Math.Round(sum / relevant, 4);
    }

    /// <summary>Agreement of two partitions beyond chance (Hubert and Arabie 1985), 1 = the same.</summary>
    public static double AdjustedRand(IReadOnlyList<(string Truth, string Told)> lines)
    {
        static double Pairs(int count) => count * (count - 1) / 2.0;
        var together = lines.GroupBy(one => one).Sum(group => Pairs(group.Count()));
        var truth = lines.GroupBy(one => one.Truth).Sum(group => Pairs(group.Count()));
        var told = lines.GroupBy(one => one.Told).Sum(group => Pairs(group.Count()));
        var expected = truth * told / Math.Max(1, Pairs(lines.Count));
        var most = (truth + told) / 2;
        return most - expected == 0 ? 1 : Math.Round((together - expected) / (most - expected), 4);
    }

    /// <summary>RITA's order as far as counts by the hour can tell it: the beacon score, and its prevalence modifier of
    /// 15 %.</summary>
    private static double Rita(ReportCandidate row, Report report)
    {
        var regular = row.Reasons.FirstOrDefault(reason => reason.Feature == "regular") is { Value.IsNumber: true } told
            ? told.Value.Number
            : 0;
        var prevalence = (row.Cases.Number + row.Others.Number) / Math.Max(1, report.Subjects.Seen.Number);
        return regular + (prevalence <= 0.02 ? 0.15 : prevalence >= 0.5 ? -0.15 : 0);
    }

    private static IEnumerable<ScoreLine> Infections(Truth truth, Report report)
    {
        var nets = truth.HiddenCncs.Concat(truth.KnownCncs).GroupBy(cnc => cnc.Endpoint)
            .ToDictionary(one => one.Key, one => one.First().Net, StringComparer.Ordinal);
        var cases = report.Infected.Select(one => one.Subject).ToHashSet(StringComparer.Ordinal);
        // A net without a server is known by its peers.
        var byPeers = (truth.PeerNets ?? []).Where(net => net.Only)
            .SelectMany(net => net.Bots.Select(line => (net.Net, line))).ToHashSet();
        var families = truth.Bots.Where(bot => cases.Contains(bot.Subject)
            && (byPeers.Contains((bot.Net, bot.Subject)) || bot.KnownCncs.Concat(bot.HiddenCncs)
                .Any(endpoint => nets.TryGetValue(endpoint, out var net) && net == bot.Net)))
            .GroupBy(bot => bot.Subject).ToDictionary(
                line => line.Key, line =>
                    line.Select(bot => bot.Net).Distinct().Order().ToArray(), StringComparer.Ordinal);
        if (families.Count == 0)
        {
            yield break;
        }

        var told = report.Infections.ToDictionary(
            line => line.Subject, line => line.Infections.Select(one => one.Id).ToArray(), StringComparer.Ordinal);
        var lines = families.Select(line => (
            Truth: string.Join('+', line.Value), Told: string.Join('+', told.GetValueOrDefault(line.Key) ?? [])));
        var two = families.Where(line => line.Value.Length == 2).ToList();
        var one = families.Where(line => line.Value.Length == 1).ToList();
        int Counted(string subject) => told.GetValueOrDefault(subject)?.Length ?? 0;
        yield return ScoreLine.Plain("infectionLines", "cases whose families the truth knows", families.Count);
        yield return ScoreLine.Plain("infectionRand", "adjusted Rand index of their infections",
            AdjustedRand([.. lines]));
        yield return ScoreLine.Plain("infectionTwo", "lines with two families", two.Count);
        yield return ScoreLine.Plain(
            "infectionTwoNamed", "... share named as two",
            two.Count == 0 ? 1 : Math.Round((double)two.Count(line => Counted(line.Key) == 2) / two.Count, 4));
        yield return ScoreLine.Plain(
            "infectionOneNamed", "lines with one family, share named as one",
            one.Count == 0 ? 1 : Math.Round((double)one.Count(line => Counted(line.Key) == 1) / one.Count, 4));
    }
}
