// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Collector.Digesting;

/// <summary>Settings of digesting; the section <c>digesting</c>.</summary>
public sealed record DigestOptions
{
    /// <summary>Octets a pair of IPv4 takes in memory, its place in the hash table included.</summary>
    private const int OctetsPerPair = PairTable.PairOctets;

    [Setting("Memory for sums that wait to be written; when it is used up they are written early.",
        Min = "64MiB", Max = "1TiB")]
    public ByteSize Memory { get; init; } = ByteSize.MiB(512);

    [Setting("Longest wait before sums are written to the spool: what a crash can cost.", Min = "1s", Max = "1h")]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Pairs of IPv4 that fit, half of them being written while the other half fills.</summary>
    public int PairsInMemory => (int)Math.Min(int.MaxValue / 2, Memory.Octets / OctetsPerPair);

    /// <summary>Room for so many.</summary>
    public static DigestOptions ForPairs(int pairs) => new() { Memory = (long)pairs * OctetsPerPair };
}
