// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Noise;

namespace Weir.Contracts.Reports;

/// <summary>What stands between exact counts and whoever reads a report of a provider.</summary>
/// <param name="Noise">The draws of this window.</param>
public sealed record FigureProtection(IFigureNoise Noise)
{
    /// <summary>Of the names of endpoints and roll-ups, in the order in which they are to be told of, those whose
    /// figures may be: each contact stands in one of them, and no endpoint is told of too often. Unless given, only the
    /// first is seen to.</summary>
    public Func<IReadOnlyList<string>, IReadOnlySet<string>> MayTell { get; init; } = FigureNames.Disjoint;

    /// <summary>The status under which a candidate was last shown in this quarter; null where it was not. One that was
    /// shown is shown further where its figures may not be told.</summary>
    public Func<string, string?> ShownAs { get; init; } = _ => null;
}
