// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

/// <summary>Something that a line was seen to do besides: a flood, spam, a scan.</summary>
/// <param name="Subject">Pseudonym.</param>
/// <param name="FromMs">Begin, milliseconds since the UNIX epoch.</param>
public readonly record struct LineDeed(SubjectKey Subject, long FromMs);

/// <summary>What ranking is told. Everything comes from the digests but the activities.</summary>
internal sealed record RankInput
{
    public required PairWindow Window { get; init; }

    /// <summary>Significant endpoints that are reported: nothing else is ranked.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Rows of the cases with those endpoints.</summary>
    public required IReadOnlyList<PairHour> Hours { get; init; }

    /// <summary>Rows of the cases with listed endpoints.</summary>
    public required IReadOnlyList<PairHour> Listed { get; init; }

    public required IReadOnlyList<ActiveHour> Active { get; init; }

    public required IReadOnlyList<ServiceCount> Services { get; init; }

    public IReadOnlyList<LineDeed> Activities { get; init; } = [];

    /// <summary>Whether what came first can be believed.</summary>
    public bool TimeOrder { get; init; } = true;

    /// <summary>Packets were sampled: how often something was seen says little.</summary>
    public bool IsSampled => !Window.TwoWayOnly;
}
