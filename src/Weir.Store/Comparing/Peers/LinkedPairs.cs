// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing.Peers;

/// <summary>Counts links among some lines of a graph, again and again: disjoint sets (Tarjan 1975) that are made anew
/// for these lines alone.</summary>
internal sealed class LinkedPairs(PeerGraph graph)
{
    private readonly bool[] _isOne = new bool[graph.Lines.Length];
    private readonly int[] _parent = new int[graph.Lines.Length];
    private readonly int[] _pairs = new int[graph.Lines.Length];

    /// <summary>Pairs that are linked, and those of the group with most of them.</summary>
    /// <param name="lines">Numbers of lines, each once.</param>
    public (int Pairs, int Largest) Count(IReadOnlyList<int> lines)
    {
        foreach (var line in lines)
        {
            (_isOne[line], _parent[line], _pairs[line]) = (true, line, 0);
        }

        var (all, largest) = (0, 0);
        foreach (var line in lines)
        {
            foreach (var other in graph.Of(line))
            {
                if (other > line && _isOne[other])
                {
                    all++;
                    largest = Math.Max(largest, Join(line, other));
                }
            }
        }

        foreach (var line in lines)
        {
            _isOne[line] = false;
        }

        return (all, largest);
    }

    /// <summary>Puts two lines into one group; its pairs, this one among them.</summary>
    private int Join(int line, int other)
    {
        var (into, from) = (Root(line), Root(other));
        if (into != from)
        {
            _parent[from] = into;
            _pairs[into] += _pairs[from];
        }

        return ++_pairs[into];
    }

    private int Root(int line)
    {
        while (_parent[line] != line)
        {
            line = _parent[line] = _parent[_parent[line]];
        }

        return line;
    }
}
