// SPDX-License-Identifier: Apache-2.0
//
// Up to which flow time everything has been heard. An exporter tells of a running flow when its active timeout is over,
// so the newest flow heard, less that timeout, is the mark; our own clock bounds it, or one exporter whose clock is
// ahead would close everybody's contacts. When nothing comes any more, time goes by all the same.
namespace Weir.Collector.Running;

/// <summary>The mark contacts are judged by; milliseconds since the UNIX epoch. Not for several threads.</summary>
internal sealed class FlowWatermark(TimeSpan activeTimeout, TimeProvider time)
{
    private readonly long _lagMs = (long)activeTimeout.TotalMilliseconds;
    private long _readBefore;
    private long _movedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="read">Flows read so far.</param>
    /// <param name="newestMs">End of the newest flow heard; <see cref="long.MinValue"/> for none.</param>
    public long Next(long read, long newestMs)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (read != _readBefore)
        {
            (_readBefore, _movedAtMs) = (read, now);
        }

        var heard = now - _movedAtMs >= _lagMs || newestMs == long.MinValue ? now : Math.Min(now, newestMs);
        return heard - _lagMs;
    }
}
