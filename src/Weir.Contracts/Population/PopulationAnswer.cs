// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Contracts.Population;

/// <summary>How a cell is published.</summary>
public enum PublishedCellKind : byte
{
    /// <summary>Below k, or held back so that a cell below k cannot be worked out; which of the
    /// two is not told.</summary>
    Withheld,

    /// <summary>A rounded count.</summary>
    Shown,

    /// <summary>All subjects but fewer than k.</summary>
    NearlyAll,
}

/// <summary>A published cell.</summary>
/// <param name="Kind">How.</param>
/// <param name="Subjects">Rounded count where shown, else 0.</param>
public readonly record struct PublishedCell(PublishedCellKind Kind, long Subjects = 0)
{
    public static readonly PublishedCell Withheld;
    public static readonly PublishedCell NearlyAll = new(PublishedCellKind.NearlyAll);

    /// <summary>As people read it.</summary>
    public string Text(int k) => Kind switch
    {
        PublishedCellKind.Shown => Subjects.ToString(CultureInfo.InvariantCulture),
        PublishedCellKind.NearlyAll => string.Create(CultureInfo.InvariantCulture, $"all but <{k}"),
        _ => "withheld",
    };
}

/// <summary>One published line.</summary>
/// <param name="Key">Port, protocol, hour, access type or endpoint.</param>
/// <param name="Total">Over all groups.</param>
/// <param name="Groups">By group, in the order of the answer's groups.</param>
public sealed record PublishedRow(string Key, PublishedCell Total, IReadOnlyList<PublishedCell> Groups);

/// <summary>One answer, whole: every group's part was made at once, so that asking in another order
/// tells nothing more.</summary>
/// <param name="Question">Canonical line of the question.</param>
/// <param name="K">The rules it was made under.</param>
/// <param name="MinimumBase">Of the same.</param>
/// <param name="Rounding">Of the same.</param>
/// <param name="Groups">Names of groups.</param>
/// <param name="Base">Active subjects; withheld where they were too few for a report.</param>
/// <param name="Bases">By group.</param>
/// <param name="Lines">Lines, the largest first.</param>
public sealed record PopulationAnswer(
    string Question, int K, int MinimumBase, int Rounding, IReadOnlyList<string> Groups, PublishedCell Base,
    IReadOnlyList<PublishedCell> Bases, IReadOnlyList<PublishedRow> Lines)
{
    /// <summary>What <see cref="Made"/> says of an answer with noise.</summary>
    public const int WithNoise = 1;

    /// <summary>How it was made; 0 of an earlier Weir, whose counts were exact.</summary>
    public int Made { get; init; }

    /// <summary>Whether it may still be shown: it was made under rules as strict as these.</summary>
    public bool Meets(PopulationKAnonymity rules) =>
        (rules.HidesNothing || Made >= WithNoise) && K >= rules.K && MinimumBase >= rules.Base
            && Rounding >= rules.Rounding;
}
