// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Segments;

namespace Weir.Store.ClickHouse;

/// <summary>What a server of some version is able to do.</summary>
internal static class StoreFeatures
{
    /// <summary>Every table that takes rows of segments.</summary>
    private static readonly string[] Tables =
        [PairBlocks.Table, SightingBlocks.Table, CoverageBlocks.Table, EvidenceBlocks.Table];

    /// <summary>Whether it knows tokens by which a second insert is dropped; one that does is told to hold fast what it
    /// takes.</summary>
    public static async Task<bool> HasTokensAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        var hasTokens = await client.ScalarAsync<ulong>(
            "SELECT count() FROM system.settings WHERE name = 'insert_deduplication_token'", cancel) > 0;
        if (hasTokens)
        {
            await HardenAsync(client, cancel);
        }

        return hasTokens;
    }

    /// <summary>Its version, such as <c>26.5.1.1</c>.</summary>
    public static async Task<string> VersionAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        var version = "";
        await foreach (var block in client.QueryAsync("SELECT version() AS v", cancel))
        {
            version = block["v"].Texts[0];
        }

        return version;
    }

    /// <summary>What 18.16 does not have: dropping a second insert of the same token, and parts on disk before an
    /// insert is confirmed, since the spool deletes the segment then.</summary>
    private static async Task HardenAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        foreach (var table in Tables)
        {
            var ours = $"SELECT count() FROM system.tables WHERE database = {SqlText.Literal(client.Address.Database)} "
                + $"AND name = {SqlText.Literal(table)} AND engine = 'MergeTree'";
            if (await client.ScalarAsync<ulong>(ours, cancel) > 0)
            {
                // Replaced parts of evidence leave the disk at once, so what replaces them must be on it.
                var merged = table == EvidenceBlocks.Table ? ", min_rows_to_fsync_after_merge = 1" : "";
                await client.ExecuteAsync($"ALTER TABLE {table} MODIFY SETTING non_replicated_deduplication_window = "
                    + $"1000, fsync_after_insert = 1, fsync_part_directory = 1{merged}", cancel);
            }
        }
    }
}
