// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

/// <summary>Settings of the spool and of the way from it to the store.</summary>
public sealed record SegmentsOptions
{
    /// <summary>The spool.</summary>
    public required SpoolOptions Spool { get; init; }

    /// <summary>How long the store may take for one segment. Default 2 min.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Pause after the first failed try; it doubles up to <see cref="SpoolOptions.LongestPause"/>. Default
    /// 200 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the store gets at a stop; what it does not take waits for the next start. Default 15 s.
    /// </summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>How sending stands.</summary>
/// <param name="Segments">Segments the store took from us since the start.</param>
/// <param name="Rows">Their rows.</param>
/// <param name="RowsKnown">Rows of segments in doubt that the store had already.</param>
/// <param name="SetAside">Segments the store refuses for good, moved to spool/bad since the start.</param>
/// <param name="RowsSetAside">Their rows, as far as their heads tell.</param>
/// <param name="Fault">Why segments wait; empty where they do not.</param>
public sealed record SegmentsState(
    long Segments, long Rows, long RowsKnown, int SetAside, long RowsSetAside, string Fault);
