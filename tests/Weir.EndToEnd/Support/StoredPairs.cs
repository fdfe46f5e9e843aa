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

    private static Task<FlowStore> OpenAsync(string folder) => FlowStore.OpenAsync(
        new() { Embedded = folder }, TimeProvider.System, NullLoggerFactory.Instance, default,
        new() { CommandLine = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Weir.Cli.dll"), "flowstore"] });
}
