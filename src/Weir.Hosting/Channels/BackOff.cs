// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Channels;

/// <summary>How long to wait after failures: doubled each time, bounded, and never the same for two (so that many who
/// wait do not come at once).</summary>
/// <param name="first">After one failure.</param>
/// <param name="longest">However many there were.</param>
/// <param name="random">Where chance comes from.</param>
public sealed class BackOff(TimeSpan first, TimeSpan longest, Random random)
{
    /// <summary>Between half of the wait and one and a half of it, and never above the longest.</summary>
    public TimeSpan After(int failures)
    {
        var whole = Math.Min(
            longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 40)));
        return TimeSpan.FromMilliseconds(Math.Min(longest.TotalMilliseconds, whole * (0.5 + random.NextDouble())));
    }
}
