// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire;

/// <summary>The moments that anything is counted by. Headers and the store tell seconds in 32 bits, so nothing a
/// provider sees is outside, and whatever is reckoned from a moment inside stays in the calendar.</summary>
public static class FlowCalendar
{
    /// <summary>2106-02-07, milliseconds since the UNIX epoch.</summary>
    public const long LatestMs = (uint.MaxValue * 1_000L) + 999;

    public static bool Holds(long ms) => ms is >= 0 and <= LatestMs;
}
