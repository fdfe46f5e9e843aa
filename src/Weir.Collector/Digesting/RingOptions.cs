// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Digesting;

/// <summary>Settings of the ring buffer of raw flows (rules.md R10); the <c>evidence</c> section.</summary>
public sealed record RingOptions
{
    /// <summary>The ceiling of R10: a longer ring does not construct.</summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromHours(1);

    /// <summary>Folder for the file, which is unlinked as soon as it is open: nobody sees it, and nothing stays
    /// after a crash.</summary>
    public required string Directory { get; init; }

    /// <summary>Octets on disk of all shards together, at least 1 MiB a shard. Default 2 GiB.</summary>
    public long Octets { get; init; } = 2L << 30;

    /// <summary>How long a flow stays readable, up to one hour. Default 6 minutes.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>Since when flows are heard, milliseconds since the UNIX epoch: evidence of before is not whole.
    /// Default: all that comes is all there is.</summary>
    public long HeardFromMs { get; init; } = long.MinValue;
}

/// <summary>Where a ring stands.</summary>
/// <param name="Blocks">Blocks that can be read.</param>
/// <param name="Flows">Flows in them.</param>
/// <param name="Octets">Octets they take on disk.</param>
/// <param name="Lost">Flows that were not kept since the start, because the disk was slow, full or broken.</param>
/// <param name="ReachMs">Every flow that started then or later, up to now, is in the ring; <see cref="long.MinValue"/>
/// while nothing had to go.</param>
/// <param name="OldestMs">When the oldest block was closed; 0 where there is none.</param>
/// <param name="Fault">What the disk last refused, or empty.</param>
public sealed record RingState(
    int Blocks, long Flows, long Octets, long Lost, long ReachMs, long OldestMs, string Fault);
