// SPDX-License-Identifier: Apache-2.0
//
// Bins, halves of a scan's minute and minutes, all of flow time: a flow told late belongs where it happened. What is
// open is what an exporter may still tell of; nothing is judged before.
namespace Weir.Collector.Detecting;

/// <summary>Lengths and edges of what is counted, from the exporters' active timeout.</summary>
internal sealed class FlowTime
{
    /// <summary>Bins that can be open at once: a timeout of twelve, the one now running, the one
    /// before, and room.</summary>
    public const int Bins = 16;

    /// <summary>Half minutes that can be open at once.</summary>
    public const int Halves = 6;
    public const long HalfMs = 30_000;
    public const long MinuteMs = 60_000;

    /// <summary>A scan's probes and a mail connection's begin are told soon after: no longer wait than
    /// this helps them.</summary>
    private const long LongestShortWaitMs = 120_000;

    public FlowTime(TimeSpan activeTimeout)
    {
        WaitMs = (long)activeTimeout.TotalMilliseconds;
        BinMs = Math.Max(10_000, (WaitMs + 11_999) / 12_000 * 1_000);
        ShortWaitMs = Math.Min(WaitMs, LongestShortWaitMs);
    }

    public long BinMs { get; }

    public long WaitMs { get; }

    public long ShortWaitMs { get; }

    /// <summary>First bin that is not yet complete when flows up to <paramref name="markMs"/>
    /// have been heard.</summary>
    /// <returns>Never within the first hours of 1970: what is judged looks back as far as is open.</returns>
    public long FirstOpenBin(long markMs) => Math.Max(Bins, (markMs - WaitMs) / BinMs);

    /// <summary>Likewise of half minutes.</summary>
    public long FirstOpenHalf(long markMs) => Math.Max(Halves, (markMs - ShortWaitMs) / HalfMs);
}
