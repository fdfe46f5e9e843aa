// SPDX-License-Identifier: Apache-2.0
//
// Groups of peers held against the truth. A net is owed where three of its bots with peers are cases. A group is of the
// net that most of its lines belong to, and false where no net with peers has half of them.
using Weir.Desk.Reporting;
using Weir.Lab.Telling;

namespace Weir.Cli.Scoring;

/// <summary>Nets without a server: found or not, the lines in groups, false groups.</summary>
internal static class PeerScore
{
    private const int FewestCases = 3;

    /// <summary>Nothing where peers were not looked for.</summary>
    public static IEnumerable<ScoreLine> Compute(Truth truth, Report report)
    {
        if (report.Peers is not { } peers)
        {
            return [];
        }

        var cases = report.Infected.Select(one => one.Subject).ToHashSet(StringComparer.Ordinal);
        var nets = (truth.PeerNets ?? []).Select(net => (
            net.Only, Lines: net.Bots.Where(cases.Contains).ToHashSet(StringComparer.Ordinal))).ToList();
        var owed = nets.Where(net => net.Lines.Count >= FewestCases).ToList();
        bool IsOf(HashSet<string> net, IReadOnlyList<string> lines) => 2 * lines.Count(net.Contains) >= lines.Count;
        bool IsFound(HashSet<string> net) => peers.Groups.Any(group => IsOf(net, group.Lines));
        var only = owed.Where(net => net.Only).ToList();
        var lines = owed.SelectMany(net => net.Lines).ToHashSet(StringComparer.Ordinal);
        var grouped = peers.Groups.SelectMany(group => group.Lines).ToHashSet(StringComparer.Ordinal);
        var anywhere = nets.SelectMany(net => net.Lines).ToHashSet(StringComparer.Ordinal);
        return
        [
            ScoreLine.Plain("peerNets", "nets whose bots keep peers, three of them cases", owed.Count),
            ScoreLine.Plain("peerNetsFound", "... of them found as a group", owed.Count(net => IsFound(net.Lines))),
            ScoreLine.Plain("peerOnly", "... of them without any server", only.Count),
            ScoreLine.Plain("peerOnlyFound", "... ... of them found as a group", only.Count(net => IsFound(net.Lines))),
            ScoreLine.Plain("peerRecall", "cases of these nets, share that is in a group", Share(lines, grouped)),
            ScoreLine.Plain("peerPrecision", "lines in groups, share that is of such a net", Share(grouped, anywhere)),
            ScoreLine.Plain(
                "peerGroupsFalse", "groups of no such net",
                peers.Groups.Count(group => !IsOf(anywhere, group.Lines))),
            ScoreLine.Plain("peerP", "p of the pairs that share peers", peers.P),
        ];
    }

    private static double Share(HashSet<string> of, HashSet<string> within) =>
        of.Count == 0 ? 1 : Math.Round((double)of.Count(within.Contains) / of.Count, 4);
}
