// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Policy;
using Weir.Store.Engine;
using Weir.Store.Evidence;

namespace Weir.Cli.Retaining;

/// <summary>Evidence of scopes: what the weekly parts hold. That it goes with its case is the
/// row of the cases.</summary>
internal sealed class EvidenceRetention(FlowStore store, PolicyProfile policy) : IRetentionSource
{
    public string Kind => "evidence";

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var held = (await EvidenceStore.HoldingsAsync(store, cancel)).Where(holding => holding.Rows > 0).ToList();
        var days = policy.EvidenceDays;

        // A week goes whole, when its last day is over the ceiling.
        var limit = DateOnly.FromDateTime((now - StoreTableRetention.Grace).UtcDateTime).AddDays(-days - 7);
        return RetentionEntry.Create(
            Kind, held.Count > 0 ? At(held[0].From) : null, held.Count > 0 ? Earlier(At(held[^1].Until), now) : null,
            held.Sum(h => (long)h.Rows), held.Sum(h => (long)h.OctetsOnDisk),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{policy.EvidenceDaysAfterClose} d after its case is closed, {days} d at most, in weeks"),
            At(limit),
            string.Create(
                CultureInfo.InvariantCulture,
                $"table evidence, {held.Count} weeks, {held.Sum(h => (long)h.Scopes)} scopes by week"));
    }

    private static DateTimeOffset At(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
