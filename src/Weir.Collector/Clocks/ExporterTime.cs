// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Wire;

namespace Weir.Collector.Clocks;

/// <summary>What the exporters together say the time is. Pure.</summary>
internal static class ExporterTime
{
    /// <summary>Who was not heard for so long has no say.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <summary>The middle one of the clocks in their messages, the lower of two; null where none was heard lately. One
    /// exporter that lost its year moves nothing; sFlow tells no time.</summary>
    /// <param name="exporters">As they stand; one that several lanes met, several times.</param>
    /// <param name="now">By the collector's clock, as their arrivals are.</param>
    public static DateTimeOffset? Of(IEnumerable<ExporterListing> exporters, DateTimeOffset now)
    {
        var since = (now - Recent).ToUnixTimeMilliseconds();
        var clocks = exporters
            .Where(one => one.Datagrams > 0 && one.LastSeenMs >= since && SequenceUnits.TellClock(one.Protocols))
            .GroupBy(one => one.Address, (_, seen) => seen.MaxBy(one => one.LastSeenMs)!)
            .Select(one => one.LastSeenMs - one.ClockSkewMs).Order().ToList();
        return clocks.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(clocks[(clocks.Count - 1) / 2]);
    }
}
