// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Collector.Detecting;

namespace Weir.Collector.Running;

/// <summary>
/// Flows that come after their time was judged are a counted loss; many of them mean that
/// <c>decoding.active-timeout</c> is shorter than an exporter's, and that floods go unseen. Then it is said, at most
/// every ten minutes.
/// </summary>
internal sealed class LateFlowWatch(TimeSpan activeTimeout, TimeProvider time, ILogger log)
{
    /// <summary>One late flow in so many is too many; fewer than so many say nothing.</summary>
    private const long OneIn = 100;
    private const long Least = 1_000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private DetectingCounts _before;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Compares the counts with those of before, once a second or so.</summary>
    public void Compare(DetectingCounts counts)
    {
        var (seen, late, now) = (counts.Seen - _before.Seen, counts.Late - _before.Late, time.GetUtcNow());
        if (seen < Least)
        {
            return;
        }

        _before = counts;
        if (late * OneIn > seen && now >= _next)
        {
            _next = now + Quiet;
            log.FlowsLate(late, seen, activeTimeout);
        }
    }
}
