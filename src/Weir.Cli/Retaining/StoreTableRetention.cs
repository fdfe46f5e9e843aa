// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Store.Engine;

namespace Weir.Cli.Retaining;

/// <summary>A table of the flow store that is partitioned by day: what its parts hold.</summary>
internal sealed class StoreTableRetention(FlowStore store, string table, string kind, int days) : IRetentionSource
{
    /// <summary>Retention runs hourly; a day may outlive its end by so much.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(2);

    public string Kind => kind;

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var held = (await store.HoldingsAsync(cancel)).FindAll(h => h.Table == table && h.Rows > 0);
        var limit = DateOnly.FromDateTime((now - Grace).UtcDateTime).AddDays(-days);
        return RetentionEntry.Create(
            kind, Start(held.FirstOrDefault()), End(held.LastOrDefault(), now), held.Sum(h => (long)h.Rows),
            held.Sum(h => (long)h.OctetsOnDisk), string.Create(CultureInfo.InvariantCulture, $"{days} d"),
            new DateTimeOffset(limit.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
            $"table {table}, {held.Count} days");
    }

    private static DateTimeOffset? Start(StorePartition holding) =>
        holding.Rows == 0 ? null : new(holding.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static DateTimeOffset? End(StorePartition holding, DateTimeOffset now) =>
        Start(holding)?.AddDays(1) is { } end ? end < now ? end : now : null;
}

/// <summary>A kind whose place is the store, while the store does not answer.</summary>
internal sealed class UnreachableRetention(string kind, string reason) : IRetentionSource
{
    public string Kind => kind;

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel) =>
        Task.FromResult(new RetentionEntry(kind, null, null, 0, 0, "", RetentionEntry.Unknown, reason));
}

/// <summary>A kind that is not kept in this configuration.</summary>
internal sealed class NotKeptRetention(string kind, string reason) : IRetentionSource
{
    public string Kind => kind;

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel) =>
        Task.FromResult(new RetentionEntry(kind, null, null, 0, 0, "", RetentionEntry.Nothing, reason));
}
