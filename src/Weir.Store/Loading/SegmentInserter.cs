// SPDX-License-Identifier: Apache-2.0
//
// One segment into the store, exactly once. A segment is one insert block of one partition, so the engine has all of it
// or none. What can go wrong is that we do not learn which: we died, the store died, the connection broke. Then the
// segment is in doubt, and before it is sent again the store is asked for rows of its name. That question carries the
// insert's own query id: while the first insert still runs, the engine refuses the question, so an answer is never
// given too early. For a segment that is not in doubt the question, which reads the partition's segment column, is
// spared. The deduplication token is a second belt.
using System.Globalization;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
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
        var id = string.Create(CultureInfo.InvariantCulture, $"weir-{head.Segment:x16}");
        if (mayBeThere && await CountAsync(head, id, cancel) is > 0 and var there)
        {
            return there <= head.Rows && there >= head.Rows - erased
                ? (SegmentFate.WasThere, "")
                : (SegmentFate.Conflict, FormattableString.Invariant(
                    $"the store holds {there} rows of it, not {head.Rows}"));
        }

        if (erased == head.Rows)
        {
            return (SegmentFate.WasThere, "");
        }

        var (table, columns) = TableOf(head.Kind);
        try
        {
            await InsertAsync(table, columns, blocks, new InsertToken(id, store.EngineHasTokens), cancel);
        }
        catch (StoreException refused) when (refused.Code is 32 or 33 or 53 or 117)
        {
            return (SegmentFate.Refused, refused.Message);
        }

        var now = await CountAsync(head, id: null, cancel);
        return now == head.Rows
            ? (SegmentFate.Loaded, "")
            : (SegmentFate.Conflict, FormattableString.Invariant(
                $"the store took it and holds {now} rows of it, not {head.Rows}"));
    }

    /// <summary>The question before it may hold the name a moment longer than its answer took.</summary>
    private async Task InsertAsync(
        string table, string columns, Stream blocks, InsertToken token, CancellationToken cancel)
    {
        var start = blocks.Position;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await store.Client.InsertAsync(table, columns, blocks, cancel, token);
                return;
            }
            catch (StoreException held) when (held.Code == StoreException.SameIdRunning && tries < Tries)
            {
                await Task.Delay(Pause, time, cancel);
                blocks.Position = start;
            }
        }
    }

    private Task<ulong> CountAsync(SegmentHeader head, string? id, CancellationToken cancel)
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
        return store.Client.ScalarAsync<ulong>(sql, cancel, id);

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
}
