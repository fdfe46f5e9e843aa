// SPDX-License-Identifier: Apache-2.0
//
// How many subjects a block would hit, asked of the pair digests as counts alone: all who sent something there, less
// those of cases, who are counted a thousand at a time. A subject whose pseudonym changed within the day counts twice,
// so the number is never too low.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.ClickHouse;

/// <summary>Counts over the table <c>pairs</c> of a flow store.</summary>
public sealed class CollateralCounts(ClickHouseHttp client, TimeProvider time) : ICollateralCounts
{
    private const int SubjectsAtOnce = 1_000;

    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <exception cref="StoreException">The store could not answer.</exception>
    public async Task<Collateral> CountAsync(
        MitigationTarget target, IReadOnlyCollection<SubjectKey> inCases, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var since = string.Create(
            CultureInfo.InvariantCulture,
            $"hour >= toDateTime({(now - Window).ToUnixTimeSeconds()}) AND packets_out > 0");
        var hit = await SubjectsAsync($"{since}{To(target)}", cancel);
        foreach (var some in inCases.Distinct().Chunk(SubjectsAtOnce))
        {
            hit -= await SubjectsAsync(
                $"{since}{To(target)} AND subject IN ({string.Join(',', some.Select(s => SqlText.Key(s.Pseudonym)))})",
                cancel);
        }

        return new(Whole(hit), Whole(await SubjectsAsync(since, cancel)), now);
    }

    /// <summary>What of a target is counted, in one spelling: its far end, protocol and ports. How much of it passes,
    /// and where a rule is put, change no count.</summary>
    public static string Counted(MitigationTarget target) => string.Create(
        CultureInfo.InvariantCulture,
        $"{target.Remote} {target.Protocol} {string.Join(',', target.Ports)}");

    private async Task<long> SubjectsAsync(string where, CancellationToken cancel) =>
        (long)await client.ScalarAsync<ulong>(
            $"SELECT toUInt64(sum(n)) FROM (SELECT uniqExact(subject) AS n FROM pairs WHERE {where})", cancel);

    private static string To(MitigationTarget target)
    {
        var remote = target.Remote ?? throw new ArgumentException(
            "The target names no far end, so nobody can be counted by it.", nameof(target));
        var last = remote.Network.Bits | (remote.Length == 128 ? UInt128.Zero : UInt128.MaxValue >> remote.Length);
        return string.Create(
            CultureInfo.InvariantCulture,
            $" AND remote >= {SqlText.Key(remote.Network)} AND remote <= "
                + $"{SqlText.Key(last)}{(target.Protocol == 0 ? "" : $" AND protocol = {target.Protocol}")}{(target.Ports.IsEmpty ? "" : $" AND port IN ({string.Join(',', target.Ports)})")}");
    }

    private static int Whole(long count) => (int)Math.Clamp(count, 0, int.MaxValue);
}
