// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Spooling;

/// <summary>Settings of the spool.</summary>
public sealed record SpoolOptions
{
    /// <summary>Folder that gets <c>spool/tmp</c>, <c>spool/ready</c> and <c>spool/bad</c>.</summary>
    public required string Directory { get; init; }

    /// <summary>Octets that stay free on the spool's disk: below it intake waits. Default 256 MiB.</summary>
    public long MinimumFree { get; init; } = 256L << 20;

    /// <summary>Pause between looks at a disk that refuses. Default 1 s.</summary>
    public TimeSpan FullDiskPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between tries to load while the store is down. Default 10 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rows of one segment at most; 1 to 1,000,000, so that a segment is one insert block.
    /// Default 1,000,000.</summary>
    public int SegmentRows { get; init; } = 1_000_000;

    /// <summary>Whether segments outlive the machine's sudden stop (fsync). Default yes; no only for a spool that goes
    /// with its run.</summary>
    public bool Durable { get; init; } = true;
}

/// <summary>Where the spool stands.</summary>
/// <param name="Fault">Why intake waits for the disk; empty where it does not.</param>
/// <param name="Ready">Segments that wait for the store.</param>
/// <param name="ReadyOctets">Their size on disk.</param>
/// <param name="RowsWritten">Rows made durable since the start.</param>
/// <param name="Waits">How often the disk began to refuse since the start.</param>
/// <param name="RowsLost">Rows of segments that somebody removed while they waited, since the start.</param>
public sealed record SpoolState(
    string Fault, int Ready, long ReadyOctets, long RowsWritten, long Waits, long RowsLost);
