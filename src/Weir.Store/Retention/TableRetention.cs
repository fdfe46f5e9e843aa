// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Retention;
using Weir.Store.Engine;
using Weir.Store.Evidence;

namespace Weir.Store.Retention;

/// <summary>A table that is partitioned by day: what its parts hold.</summary>
internal sealed class TableRetention(Func<FlowStore> store, string table, int days) : IRetentionSource
{
    public string Kind => table;

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var held = (await store().HoldingsAsync(cancel)).FindAll(h => h.Table == table && h.Rows > 0);
        var limit = DateOnly.FromDateTime((now - RetentionEntry.Grace).UtcDateTime).AddDays(-days);
        return RetentionEntry.Create(
            table, (Start(held.FirstOrDefault()), End(held.LastOrDefault(), now)),
            (held.Sum(h => (long)h.Rows), held.Sum(h => (long)h.OctetsOnDisk)),
            string.Create(CultureInfo.InvariantCulture, $"{days} d"),
            new DateTimeOffset(limit.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
            $"table {table}, {held.Count} days");
    }

    private static DateTimeOffset? Start(StorePartition holding) =>
        holding.Rows == 0 ? null : new(holding.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static DateTimeOffset? End(StorePartition holding, DateTimeOffset now) =>
        Start(holding)?.AddDays(1) is { } end ? end < now ? end : now : null;
}

/// <summary>Evidence of scopes: what the weekly parts hold. That it goes with its case is the desk's row of the
/// cases.</summary>
internal sealed class EvidenceRetention(Func<FlowStore> store, int days) : IRetentionSource
{
    public string Kind => "evidence";

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var held = (await EvidenceStore.HoldingsAsync(store(), cancel)).Where(holding => holding.Rows > 0).ToList();

        // A week goes whole, when its last day is over the ceiling.
        var limit = DateOnly.FromDateTime((now - RetentionEntry.Grace).UtcDateTime).AddDays(-days - 7);
        return RetentionEntry.Create(
            Kind,
            (held.Count > 0 ? At(held[0].From) : null, held.Count > 0 ? Earlier(At(held[^1].Until), now) : null),
            (held.Sum(h => (long)h.Rows), held.Sum(h => (long)h.OctetsOnDisk)),
            string.Create(CultureInfo.InvariantCulture, $"with its case, {days} d at most, in weeks"), At(limit),
            string.Create(
                CultureInfo.InvariantCulture,
                $"table evidence, {held.Count} weeks, {held.Sum(h => (long)h.Scopes)} scopes by week"));
    }

    private static DateTimeOffset At(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
