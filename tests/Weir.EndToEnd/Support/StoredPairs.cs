// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Store.Engine;

namespace Weir.EndToEnd.Support;

/// <summary>What the flow store of a Weir that has stopped holds.</summary>
internal static class StoredPairs
{
    /// <summary>Flows that the pairs add up.</summary>
    public static async Task<long> FlowsAsync(ServeFixture place)
    {
        await using var store = await OpenAsync(place);
        return (long)await store.Client.ScalarAsync<ulong>("SELECT toUInt64(sum(flows)) FROM pairs", default);
    }

    /// <summary>Rows there are, and how many of them stand twice: a segment holds a pair's hour once.</summary>
    public static async Task<(long Rows, long Twice)> RowsAsync(ServeFixture place)
    {
        await using var store = await OpenAsync(place);
        var rows = (long)await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default);
        var once = (long)await store.Client.ScalarAsync<ulong>("SELECT toUInt64(count()) FROM (SELECT DISTINCT "
            + "segment, hour, subject, remote, port, protocol, role FROM pairs)", default);
        return (rows, rows - once);
    }

    private static Task<FlowStore> OpenAsync(ServeFixture place) => FlowStore.OpenEmbeddedAsync(
        place.Store, TimeProvider.System, NullLoggerFactory.Instance, default,
        commandLine: ["dotnet", Path.Combine(AppContext.BaseDirectory, "Weir.Cli.dll"), "flowstore"]);
}
