// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Population;

/// <summary>How coarse a figure about people has to be (rules.md R11). Taken from the policy profile.</summary>
public sealed record PopulationKAnonymity
{
    /// <summary>No profile goes below this many subjects behind a published figure.</summary>
    public const int MinFloor = 5;

    public static readonly PopulationKAnonymity Default = new();

    /// <param name="k">Fewest subjects behind a published count, and behind its complement; at least
    /// <paramref name="floor"/>.</param>
    /// <param name="floor">Lowest k that may be set, at least <see cref="MinFloor"/>.</param>
    /// <param name="minimumBase">Fewest subjects that a report may be about, at least <paramref name="k"/>.</param>
    /// <param name="rounding">Published counts are multiples of this.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value below its bound.</exception>
    public PopulationKAnonymity(int k = 10, int floor = MinFloor, int minimumBase = 500, int rounding = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(floor, MinFloor);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, floor);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumBase, k);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounding, 1);
        (K, Floor, Base, Rounding) = (k, floor, minimumBase, rounding);
    }

    private PopulationKAnonymity(bool hidesNothing) => (HidesNothing, Rounding) = (hidesNothing, 1);

    /// <summary>The lab profile, for public or self-made data: nothing is held back or rounded
    /// (rules.md R11).</summary>
    public static PopulationKAnonymity Lab { get; } = new(hidesNothing: true);

    /// <summary>True of the lab profile alone.</summary>
    public bool HidesNothing { get; }

    public int K { get; }

    public int Floor { get; }

    public int Base { get; }

    public int Rounding { get; }

    /// <summary>A count of at least <see cref="K"/> as it may be published: to the nearest step, never to less than the
    /// first step from k up.</summary>
    public double Round(double exact) =>
        Math.Max(
            Math.Round(exact / Rounding, MidpointRounding.AwayFromZero) * Rounding,
            Math.Ceiling((double)K / Rounding) * Rounding);
}
