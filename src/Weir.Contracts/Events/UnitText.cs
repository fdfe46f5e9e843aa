// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Events;

/// <summary>Units of rules as they are read beside a number: <c>1 exchange</c>, <c>2 exchanges</c>, <c>1 packet/s</c>.
/// </summary>
public static class UnitText
{
    /// <summary>The unit as it stands behind a number.</summary>
    /// <param name="shown">The number as it is shown, rounded.</param>
    /// <param name="unit">Such as <c>packets/s</c>: many of something, and of what time.</param>
    public static string Behind(double shown, string unit) => Math.Abs(shown) != 1 ? unit
        : unit.Split('/', 2) is [var many, var time] ? $"{OneOf(many)}/{time}" : OneOf(unit);

    private static string OneOf(string many) => many.EndsWith('s') ? many[..^1] : many;
}
