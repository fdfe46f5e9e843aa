// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Store.Engine;

namespace Weir.EndToEnd.Support;

/// <summary>What the flow store of a Weir that has stopped holds.</summary>
internal static class StoredPairs
{
    /// <summary>Flows that the pairs add up.</summary>
    public static async Task<long> FlowsAsync(string folder)
    {
        await using var store = await OpenAsync(folder);
        return (long)await store.Client.ScalarAsync<ulong>("SELECT toUInt64(sum(flows)) FROM pairs", default);
    }

    /// <summary>Rows there are, and how many of them stand twice: a segment holds a pair's hour once.</summary>
    public static async Task<(long Rows, long Twice)> RowsAsync(string folder)
    {
        await using var store = await OpenAsync(folder);
        var rows = (long)await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default);
        var once = (long)await store.Client.ScalarAsync<ulong>("SELECT toUInt64(count()) FROM (SELECT DISTINCT "
            + "segment, hour, subject, remote, port, protocol, role FROM pairs)", default);
        return (rows, rows - once);
    }

    /// <summary>Datagrams that collectors say they heard, minute by minute.</summary>
    public static async Task<long> CoveredAsync(string folder)
    {
        await using var store = await OpenAsync(folder);
        return (long)await store.Client.ScalarAsync<ulong>("SELECT toUInt64(sum(datagrams)) FROM coverage", default);
    }

    /// <inheritdoc cref="RowsAsync(string)"/>
    public static Task<(long Rows, long Twice)> RowsAsync(ServeFixture place) => RowsAsync(place.Store);

    /// <inheritdoc cref="FlowsAsync(string)"/>
    public static Task<long> FlowsAsync(ServeFixture place) => FlowsAsync(place.Store);

    /// <summary>What a store holds as findings, whoever wrote it and in how many parts: rows and a digest of pairs with
    /// their sums, of sightings, and of evidence.</summary>
    public static async Task<IReadOnlyList<(string Table, ulong Rows, ulong Digest)>> FindingsAsync(string folder)
    {
        await using var store = await OpenAsync(folder);
        var found = new List<(string, ulong, ulong)>();
        foreach (var (table, rows) in ((string, string)[])[
            ("pairs", "SELECT hour, subject, remote, port, protocol, role, sum(flows), sum(packets_out), "
                + "sum(packets_in), sum(octets_out), sum(octets_in), min(first), max(last) FROM pairs "
                + "GROUP BY hour, subject, remote, port, protocol, role"),
            ("sightings", "SELECT DISTINCT subject, remote, port, protocol, list, role, kind, first, last FROM sightings"),
            ("evidence", "SELECT start, end, remote, port, protocol, count() FROM evidence "
                + "GROUP BY start, end, remote, port, protocol"),
        ])
        {
            found.Add((table,
                await store.Client.ScalarAsync<ulong>($"SELECT toUInt64(count()) FROM ({rows})", default),
                await store.Client.ScalarAsync<ulong>($"SELECT groupBitXor(sipHash64(*)) FROM ({rows})", default)));
        }

        return found;
    }

    private static Task<FlowStore> OpenAsync(string folder) => FlowStore.OpenAsync(
        new() { Embedded = folder }, TimeProvider.System, NullLoggerFactory.Instance, default,
        new() { CommandLine = ["dotnet", WeirProcess.Program, "flowstore"] });
}
