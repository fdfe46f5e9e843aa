// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Collector.Digesting;

/// <summary>Settings of the ring buffer of raw flows (rules.md R10) and of evidence; the section <c>evidence</c>.
/// </summary>
public sealed record RingOptions : ISection
{
    /// <summary>The ceiling of R10: a longer ring does not construct.</summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromHours(1);


    [Setting("How long raw flows can be reached by a scope that opens. They lie encrypted under "
        + "keys that are in memory alone.", Key = "ring", Min = "5m", Max = "1h",
        Because = "a scope reaches back five minutes, and raw flows are kept no longer than an hour (R5, R10)")]
    public TimeSpan Span { get; init; } = TimeSpan.FromMinutes(6);

    [Setting("Disk that the ring takes at most, all shards together; about 110 octets a flow. Where it holds less than "
        + "five minutes, evidence says from when it is whole.", Key = "ring-size", Min = "64MiB", Max = "1TiB")]
    public ByteSize Size { get; init; } = ByteSize.MiB(2_048);

    [Setting("Directory for the ring. Its files have no name: they are not seen there, and nothing of "
        + "them stays after a stop or crash.", Key = "ring-dir")]
    public string Directory { get; init; } = "/var/lib/weir/ring";

    [Setting("Longest wait before evidence is written to the spool, from where it reaches the store.",
        Min = "1s", Max = "5m")]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Since when flows are heard, milliseconds since the UNIX epoch: evidence of before is not whole.
    /// Default: all that comes is all there is.</summary>
    public long HeardFromMs { get; init; } = long.MinValue;

    public void Validate(SectionFaults faults) => faults.AddEmpty("ring-dir", Directory);
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
