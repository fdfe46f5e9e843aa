// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Reports;

/// <summary>What the infected share that have no command server: peers of one another (statistics.md B.9). In the lab
/// alone. For notices to the infected lines: no peer is named, and none is ever a candidate or blocked.</summary>
public sealed record ReportPeers
{
    /// <summary>False: the run could not conclude, which is not the same as there being nothing; <see cref="Why"/>.
    /// </summary>
    public bool Enough { get; init; }

    public string Why { get; init; } = "";

    /// <summary>Infected lines with enough rare peers to be of a pair.</summary>
    public long Cases { get; init; }

    /// <summary>Other lines that they were compared with.</summary>
    public long Controls { get; init; }

    /// <summary>Rare peers that a pair shares at least (r).</summary>
    public int Shared { get; init; }

    /// <summary>Lines that use a rare peer at most.</summary>
    public int UsersAtMost { get; init; }

    /// <summary>Pairs of infected lines that share so many.</summary>
    public long Pairs { get; init; }

    /// <summary>The same among other lines of the same class with about as many rare peers, on average.</summary>
    public double Expected { get; init; }

    /// <summary>Share of draws of such lines with as many pairs.</summary>
    public double P { get; init; }

    public int Draws { get; init; }

    /// <summary>Infected lines that are connected by such pairs, most lines first.</summary>
    public IReadOnlyList<ReportPeerGroup> Groups { get; init; } = [];
}

/// <summary>Lines of one botnet, as far as their peers show it.</summary>
/// <param name="Id">Such as <c>p1</c>; within this report.</param>
/// <param name="Lines">Infected lines, in clear.</param>
/// <param name="Pairs">Pairs of them that share peers.</param>
/// <param name="Peers">Peers that two of them share.</param>
/// <param name="P">Share of draws with a group of as many pairs.</param>
public sealed record ReportPeerGroup(string Id, IReadOnlyList<string> Lines, long Pairs, long Peers, double P);
