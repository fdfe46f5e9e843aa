// SPDX-License-Identifier: Apache-2.0
//
// The evidence of scopes, read through filters alone and erased for good. Erasing waits until the engine has written
// the rest anew and the old files are gone. Rows still on their way here are brought in first, so that none arrives
// after its own erasure.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Evidence;

/// <summary>One week's partition of evidence.</summary>
/// <param name="From">First day.</param>
/// <param name="Until">First day after it.</param>
/// <param name="Rows">Rows held.</param>
/// <param name="Scopes">Scopes they belong to.</param>
/// <param name="OctetsOnDisk">Size.</param>
public readonly record struct EvidencePartition(
    DateOnly From, DateOnly Until, ulong Rows, ulong Scopes, ulong OctetsOnDisk);

/// <summary>The table <c>evidence</c>. Calls may run side by side.</summary>
public sealed class EvidenceStore(FlowStore store, IPendingRows pending, TimeProvider time) : IEvidence
{
    private const long DayMs = 86_400_000;
    private const int ScopesPerStatement = 1_000;

    /// <summary>A week some seventy thousand years ahead.</summary>
    private const int NoWeek = 4_000_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] _orderedBy = ["start", "end", "remote", "port", "octets_out", "octets_in"];

    private readonly ClickHouseHttp _client = store.Client;

    public async Task<IReadOnlyList<EvidenceRow>> ReadAsync(RowFilter filter, int limit, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT * FROM (SELECT {EvidenceQuery.Columns(filter)} FROM evidence WHERE {EvidenceQuery.Where(filter)} "
                + $"{Order("")} LIMIT {limit}) {Order("r_")} LIMIT {limit}");
        var rows = new List<EvidenceRow>();
        await foreach (var block in _client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                rows.Add(Row(block, i, filter.Scope));
            }
        }

        return rows;
    }

    public async Task<long> CountAsync(RowFilter filter, CancellationToken cancel) =>
        (long)await _client.ScalarAsync<ulong>(
            $"SELECT toUInt64(sum(n)) FROM (SELECT count() AS n FROM evidence WHERE {EvidenceQuery.Where(filter)})",
            cancel);

    public async Task EraseAsync(IReadOnlyCollection<ScopeId> scopes, CancellationToken cancel)
    {
        if (scopes.Count == 0)
        {
            return;
        }

        await pending.DrainAsync(cancel);
        foreach (var part in scopes.Chunk(ScopesPerStatement))
        {
            foreach (var shard in store.Shards)
            {
                await DeleteAsync(shard.Client, $"scope IN ({Numbers(part)})", cancel);
            }
        }
    }

    /// <summary>Every partition, oldest first: what <c>weir report retention</c> proves.</summary>
    public Task<IReadOnlyList<EvidencePartition>> HoldingsAsync(CancellationToken cancel) =>
        HoldingsAsync(store, cancel);

    /// <summary>The same of a store that is looked at from beside.</summary>
    public static async Task<IReadOnlyList<EvidencePartition>> HoldingsAsync(FlowStore store, CancellationToken cancel)
    {
        var sizes = new Dictionary<long, ulong>();
        foreach (var client in store.Shards.Select(shard => shard.Client))
        {
            var disk = "SELECT toInt64(partition) AS week, toUInt64(sum(bytes_on_disk)) AS octets FROM system.parts "
                + $"WHERE active AND {OursIn(client)} GROUP BY week";
            await foreach (var block in client.QueryAsync(disk, cancel))
            {
                for (var i = 0; i < block.Rows; i++)
                {
                    var week = block["week"].Values<long>()[i];
                    sizes[week] = sizes.GetValueOrDefault(week) + block["octets"].Values<ulong>()[i];
                }
            }
        }

        var holdings = new List<EvidencePartition>();
        var rows = "SELECT week, toUInt64(sum(held)) AS n, toUInt64(uniqExact(scope)) AS scopes FROM (SELECT "
            + "intDiv(start, 604800000) AS week, scope, count() AS held FROM evidence GROUP BY week, scope) "
            + "GROUP BY week ORDER BY week";
        await foreach (var block in store.Client.QueryAsync(rows, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                var week = block["week"].Values<long>()[i];
                holdings.Add(new(
                    DayOf(week), DayOf(week + 1), block["n"].Values<ulong>()[i], block["scopes"].Values<ulong>()[i],
                    sizes.GetValueOrDefault(week)));
            }
        }

        return holdings;
    }

    /// <summary>Drops what lies wholly before a day, whatever the cases say (the ceiling of rules.md R10); evidence
    /// under a legal hold stays (R17).</summary>
    /// <returns>Partitions dropped or thinned out.</returns>
    public async Task<int> DropBeforeAsync(DateOnly day, IReadOnlyCollection<ScopeId> held, CancellationToken cancel)
    {
        var old = (await HoldingsAsync(cancel)).Where(holding => holding.Until <= day).ToList();
        foreach (var holding in old)
        {
            var week = EvidenceBlocks.WeekOf(MsOf(holding.From));
            var inWeek = string.Create(
                CultureInfo.InvariantCulture, $"start >= {MsOf(holding.From)} AND start < {MsOf(holding.Until)}");
            foreach (var client in store.Shards.Select(shard => shard.Client))
            {
                if (held.Count > 0 && await client.ScalarAsync<ulong>(
                    $"SELECT count() FROM evidence WHERE {inWeek} AND scope IN ({Numbers(held)})", cancel) > 0)
                {
                    await DeleteAsync(client, $"{inWeek} AND scope NOT IN ({Numbers(held)})", cancel);
                }
                else
                {
                    await client.ExecuteAsync(
                        string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE evidence DROP PARTITION {week}"),
                        cancel);
                }
            }
        }

        return old.Count;
    }

    private static string Order(string prefix) =>
        "ORDER BY " + string.Join(", ", _orderedBy.Select(column => prefix + column));

    private static string OursIn(ClickHouseHttp client) =>
        $"database = {SqlText.Literal(client.Address.Database)} AND table = 'evidence'";

    private static string Numbers(IEnumerable<ScopeId> scopes) =>
        string.Join(", ", scopes.Select(scope => scope.Number.ToString(CultureInfo.InvariantCulture)));

    private static long MsOf(DateOnly day) =>
        (day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * DayMs;

    private static DateOnly DayOf(long week) =>
        DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)week * EvidenceBlocks.DaysPerWeek);

    private static EvidenceRow Row(NativeBlock block, int i, ScopeId scope) => new()
    {
        Scope = scope,
        StartMs = block["r_start"].Values<long>()[i],
        EndMs = block["r_end"].Values<long>()[i],
        Remote = new Endpoint(
            new IpKey(block["r_remote"].Key(i)), block["r_port"].Values<ushort>()[i],
            block["r_protocol"].Values<byte>()[i]),
        PacketsOut = block["r_packets_out"].Values<ulong>()[i],
        PacketsIn = block["r_packets_in"].Values<ulong>()[i],
        OctetsOut = block["r_octets_out"].Values<ulong>()[i],
        OctetsIn = block["r_octets_in"].Values<ulong>()[i],
        FlagsOut = block["r_flags_out"].Values<byte>()[i],
        FlagsIn = block["r_flags_in"].Values<byte>()[i],
        SamplingInterval = block["r_sampling"].Values<uint>()[i],
    };

    /// <summary>Deletes rows and waits until no file holds them any more. The engine goes on with it by itself when the
    /// wait is given up.</summary>
    private async Task DeleteAsync(ClickHouseHttp client, string where, CancellationToken cancel)
    {
        if (await client.ScalarAsync<ulong>($"SELECT count() FROM evidence WHERE {where}", cancel) > 0)
        {
            await client.ExecuteAsync($"ALTER TABLE evidence DELETE WHERE {where}", cancel);
        }

        while (await client.ScalarAsync<ulong>(
            $"SELECT count() FROM system.mutations WHERE {OursIn(client)} AND NOT is_done", cancel) > 0)
        {
            await Task.Delay(Pause, time, cancel);
        }

        if (await client.ScalarAsync<ulong>($"SELECT count() FROM evidence WHERE {where}", cancel) is > 0 and var left)
        {
            throw new StoreException(0, FormattableString.Invariant($"the flow store still holds {left} rows of evidence after it said that they were deleted; ask again, and look at system.mutations"), retryable: true);
        }

        var replaced = await ReplacedAsync(client, cancel);
        for (var waited = TimeSpan.Zero; replaced.Count > 0; waited += Pause)
        {
            if (waited.Ticks % TimeSpan.TicksPerSecond == 0)
            {
                // Has the engine clean up now: by itself it does so when the table is next busy. The week
                // holds nothing.
                await client.ExecuteAsync(
                    string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE evidence DROP PARTITION {NoWeek}"),
                    cancel);
            }

            await Task.Delay(Pause, time, cancel);
            replaced.IntersectWith(await ReplacedAsync(client, cancel));
        }
    }

    /// <summary>Parts that are in force no more and still lie on disk.</summary>
    private static async Task<HashSet<string>> ReplacedAsync(
        ClickHouseHttp client, CancellationToken cancel)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var block in client.QueryAsync(
            $"SELECT name FROM system.parts WHERE {OursIn(client)} AND NOT active", cancel))
        {
            names.UnionWith(block["name"].Texts.ToArray());
        }

        return names;
    }
}
