// SPDX-License-Identifier: Apache-2.0
//
// One segment into the store, exactly once. A segment is one insert block of one partition, so the engine has all of it
// or none. What can go wrong is that we do not learn which: we died, the store died, the connection broke. Then the
// segment is in doubt, and before it is sent again the store is asked for rows of its name. That question carries the
// insert's own query id: while the first insert still runs, the engine refuses the question, so an answer is never
// given too early. For a segment that is not in doubt the question, which reads the partition's segment column, is
// spared, before and after: its rows are counted in its own blocks. An engine without tokens is asked after. The
// deduplication token is a second belt. Of several shards each takes its share so, by itself.
using System.Globalization;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Store.Cluster;
using Weir.Store.Engine;
using Weir.Wire.Native;

namespace Weir.Store.Loading;

/// <summary>What became of a segment.</summary>
internal enum SegmentFate
{
    /// <summary>The store took all its rows.</summary>
    Loaded,

    /// <summary>It had them already.</summary>
    WasThere,

    /// <summary>It has some of them, and not all.</summary>
    Conflict,

    /// <summary>It cannot read them.</summary>
    Refused,
}

/// <summary>Inserts segments. Calls for different segments may run side by side.</summary>
internal sealed class SegmentInserter(FlowStore store, TimeProvider time)
{
    private const int Tries = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="head">The segment's header, checked.</param>
    /// <param name="blocks">Its blocks; can seek, and stands at the first.</param>
    /// <param name="mayBeThere">It is in doubt.</param>
    /// <param name="cancel">Gives up: the rows may still arrive.</param>
    /// <param name="erased">How many of its rows were erased since.</param>
    /// <exception cref="StoreException">The store does not answer: nobody knows whether it has them.</exception>
    public async Task<(SegmentFate Fate, string Reason)> InsertAsync(
        SegmentHeader head, Stream blocks, bool mayBeThere, CancellationToken cancel, uint erased = 0)
    {
        var counted = await RowsAsync(blocks, cancel);
        if (counted is { } rows && rows != head.Rows)
        {
            return (SegmentFate.Conflict, FormattableString.Invariant(
                $"it has {rows} rows, and its header says {head.Rows}"));
        }

        // An engine that drops what comes twice and took as many rows as there are has them once.
        var doubt = new Doubt(mayBeThere, erased, IsCountedAfter: counted is null || !store.EngineHasTokens);
        if (store.Shards.Count == 1)
        {
            return await InsertAsync(head, new(0, head.Rows, blocks), doubt, cancel);
        }

        IReadOnlyList<SegmentShare> shares;
        try
        {
            shares = await SegmentShares.DivideAsync(head, blocks, store.Shards.Count, cancel);
        }
        catch (Exception unread) when (unread is StoreException or ArgumentException or InvalidOperationException)
        {
            return (SegmentFate.Refused, unread.Message);
        }

        // One that fails leaves the others to end: the segment is in doubt then, and what is there is found.
        var fates = await Task.WhenAll(shares.Select(
            share => InsertAsync(head, share, doubt, cancel)));
        return fates.FirstOrDefault(fate => fate.Fate is SegmentFate.Conflict or SegmentFate.Refused) is
            { Reason.Length: > 0 } bad
            ? bad
            : (fates.All(fate => fate.Fate == SegmentFate.WasThere) ? SegmentFate.WasThere : SegmentFate.Loaded, "");
    }

    /// <summary>A shard's share.</summary>
    private async Task<(SegmentFate Fate, string Reason)> InsertAsync(
        SegmentHeader head, SegmentShare share, Doubt doubt, CancellationToken cancel)
    {
        var erased = doubt.Erased;
        var shard = store.Shards[share.Shard];
        var id = string.Create(CultureInfo.InvariantCulture, $"weir-{head.Segment:x16}");
        if (doubt.MayBeThere && await CountAsync(shard, head, id, cancel) is > 0 and var there)
        {
            return there <= share.Rows && there >= share.Rows - erased
                ? (SegmentFate.WasThere, "")
                : (SegmentFate.Conflict, FormattableString.Invariant(
                    $"{shard.Prefix}the store holds {there} rows of it, not {share.Rows}"));
        }

        if (erased == share.Rows)
        {
            return (SegmentFate.WasThere, "");
        }

        try
        {
            await InsertAsync(shard, TableOf(head.Kind), share.Blocks, new(id, store.EngineHasTokens), cancel);
        }
        catch (StoreException refused) when (refused.Code is 32 or 33 or 53 or 117)
        {
            return (SegmentFate.Refused, refused.Message);
        }

        if (!doubt.IsCountedAfter)
        {
            return (SegmentFate.Loaded, "");
        }

        var now = await CountAsync(shard, head, id: null, cancel);
        return now == share.Rows
            ? (SegmentFate.Loaded, "")
            : (SegmentFate.Conflict, FormattableString.Invariant(
                $"{shard.Prefix}the store took it and holds {now} rows of it, not {share.Rows}"));
    }

    /// <summary>Rows of the blocks, without reading them; null where they are not what the engine would read.</summary>
    private static async Task<long?> RowsAsync(Stream blocks, CancellationToken cancel)
    {
        var start = blocks.Position;
        try
        {
            var reader = new NativeReader(blocks);
            var rows = 0L;
            while (await reader.SkipAsync(cancel) is { } some)
            {
                rows += some;
            }

            return rows;
        }
        catch (StoreException)
        {
            return null; // the engine says what is wrong with them
        }
        finally
        {
            blocks.Position = start;
        }
    }

    /// <summary>The question before it may hold the name a moment longer than its answer took.</summary>
    private async Task InsertAsync(
        StoreShard shard, (string Name, string Columns) table, Stream blocks, InsertToken token,
        CancellationToken cancel)
    {
        var start = blocks.Position;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await shard.Loader.InsertAsync(table.Name, table.Columns, blocks, cancel, token);
                return;
            }
            catch (StoreException held) when (held.Code == StoreException.SameIdRunning && tries < Tries)
            {
                await Task.Delay(Pause, time, cancel);
                blocks.Position = start;
            }
        }
    }

    private static Task<ulong> CountAsync(
        StoreShard shard, SegmentHeader head, string? id, CancellationToken cancel)
    {
        var day = DateOnly.ParseExact(
            head.Day.ToString(CultureInfo.InvariantCulture), "yyyyMMdd", CultureInfo.InvariantCulture);
        var start = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();
        var partition = head.Kind switch
        {
            SegmentKind.Pairs => Seconds("hour"),
            SegmentKind.Coverage => Seconds("minute"),
            SegmentKind.Sightings => string.Create(CultureInfo.InvariantCulture, $"day = toDate('{day:yyyy-MM-dd}')"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"start >= {start * 1_000} AND start < {(start + (EvidenceBlocks.DaysPerWeek * 86_400)) * 1_000}"),
        };
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT count() FROM {TableOf(head.Kind).Table} WHERE {partition} AND segment = {head.Segment}");
        return shard.Client.ScalarAsync<ulong>(sql, cancel, id);

        string Seconds(string column) => string.Create(
            CultureInfo.InvariantCulture,
            $"{column} >= toDateTime({start}) AND {column} < toDateTime({start + 86_400})");
    }

    private static (string Table, string Columns) TableOf(SegmentKind kind) => kind switch
    {
        SegmentKind.Pairs => (PairBlocks.Table, PairBlocks.Columns),
        SegmentKind.Sightings => (SightingBlocks.Table, SightingBlocks.Columns),
        SegmentKind.Coverage => (CoverageBlocks.Table, CoverageBlocks.Columns),
        _ => (EvidenceBlocks.Table, EvidenceBlocks.Columns),
    };

    /// <summary>What is not known of a segment.</summary>
    /// <param name="MayBeThere">Whether the store has it.</param>
    /// <param name="Erased">How many of its rows were erased since.</param>
    /// <param name="IsCountedAfter">Whether the store took all of it.</param>
    private readonly record struct Doubt(bool MayBeThere, uint Erased, bool IsCountedAfter);
}
