// SPDX-License-Identifier: Apache-2.0
//
// Are pairs of cases linked more often than pairs of lines like them? The labels of cases are drawn anew within cells;
// p follows from the draws (statistics.md B.9.1). A group of linked cases is held against the largest group of every
// draw, so that all groups together are named wrongly as seldom as one. Hubs are no peers: an address that more than
// half of a group use, three lines at least, is taken from it before it is counted.
using Weir.Store.Comparing.Statistics;
using Weir.Wire;

namespace Weir.Store.Comparing.Peers;

/// <summary>The permutation test of one graph.</summary>
internal sealed class PeerTest
{
    public const int Draws = 999;

    /// <summary>Lines of a group at least.</summary>
    public const int Fewest = 3;

    private const double Hub = 0.5;

    private readonly PeerGraph _graph;
    private readonly bool[] _isCase;
    private readonly LinkedPairs _pairs;
    private readonly int[] _largest = new int[Draws];

    public PeerTest(PeerGraph graph, bool[] isCase, int[][] cells, ulong seed)
    {
        (_graph, _isCase, _pairs) = (graph, isCase, new LinkedPairs(graph));
        Pairs = _pairs.Count([.. Enumerable.Range(0, isCase.Length).Where(line => isCase[line])]).Pairs;
        var cases = Array.ConvertAll(cells, cell => cell.Count(line => isCase[line]));
        var labels = new List<int>();
        var (sum, asMany) = (0L, 0);
        for (var draw = 0; draw < Draws; draw++)
        {
            var random = new SeededRandom(seed + (ulong)draw);
            labels.Clear();
            for (var cell = 0; cell < cells.Length; cell++)
            {
                Draw(cells[cell], cases[cell], ref random, labels);
            }

            (var pairs, _largest[draw]) = _pairs.Count(labels);
            sum += pairs;
            asMany += pairs >= Pairs ? 1 : 0;
        }

        Expected = (double)sum / Draws;
        P = (1.0 + asMany) / (Draws + 1);
        SmallestP = Math.Max(1.0 / (Draws + 1), Math.Exp(-cells.Zip(cases).Sum(
            cell => LogChoices(cell.First.Length, cell.Second))));
    }

    /// <summary>T.</summary>
    public int Pairs { get; }

    /// <summary>Mean of T over the draws.</summary>
    public double Expected { get; }

    public double P { get; }

    /// <summary>No outcome could have a smaller p.</summary>
    public double SmallestP { get; }

    /// <summary>Groups whose p is not above a level.</summary>
    public IReadOnlyList<PeerGroup> Groups(double level) =>
    [
        .. GroupsOf(_graph, _isCase).SelectMany(WithoutHubs)
            .Where(group => group.P <= level).OrderByDescending(group => group.Lines.Count)
            .ThenBy(group => group.Lines[0]),
    ];

    private IEnumerable<PeerGroup> WithoutHubs(int[] lines)
    {
        var uses = _graph.UsesOf(lines).ToList();
        var hubs = UsersOf(uses).Where(peer => peer.Value >= Fewest && peer.Value > Hub * lines.Length)
            .Select(peer => peer.Key).ToHashSet();
        var graph = PeerGraph.Build(
            lines.Select(line => _graph.Lines[line]), uses.Where(use => !hubs.Contains(use.Peer.Address)));
        foreach (var group in GroupsOf(graph, [.. graph.Lines.Select(_ => true)]))
        {
            var pairs = group.Sum(line => graph.Of(line).Length) / 2;
            yield return new(
                [.. group.Select(line => graph.Lines[line]).Order()], pairs,
                UsersOf(graph.UsesOf(group)).Count(peer => peer.Value >= 2),
                (1.0 + _largest.Count(other => other >= pairs)) / (Draws + 1));
        }
    }

    /// <summary>How many lines use each address.</summary>
    private static Dictionary<IpKey, int> UsersOf(IEnumerable<PeerUse> uses) =>
        uses.Select(use => (use.Subject, use.Peer.Address)).Distinct().CountBy(use => use.Address).ToDictionary();

    /// <summary>Connected lines of those marked, where there are enough.</summary>
    private static IEnumerable<int[]> GroupsOf(PeerGraph graph, bool[] isMarked)
    {
        var seen = new bool[isMarked.Length];
        for (var first = 0; first < isMarked.Length; first++)
        {
            if (!isMarked[first] || seen[first])
            {
                continue;
            }

            seen[first] = true;
            var group = new List<int> { first };
            for (var at = 0; at < group.Count; at++)
            {
                foreach (var other in graph.Of(group[at]))
                {
                    if (isMarked[other] && !seen[other])
                    {
                        seen[other] = true;
                        group.Add(other);
                    }
                }
            }

            if (group.Count >= Fewest)
            {
                yield return [.. group];
            }
        }
    }

    /// <summary>The first places of a cell, dealt anew.</summary>
    private static void Draw(int[] cell, int cases, ref SeededRandom random, List<int> labels)
    {
        for (var i = 0; i < cases; i++)
        {
            var other = i + random.Below(cell.Length - i);
            (cell[i], cell[other]) = (cell[other], cell[i]);
            labels.Add(cell[i]);
        }
    }

    private static double LogChoices(int all, int some)
    {
        var choices = 0.0;
        for (var i = 0; i < some; i++)
        {
            choices += Math.Log((double)(all - i) / (i + 1));
        }

        return choices;
    }
}
