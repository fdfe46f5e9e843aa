// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Contracts.Lists;

namespace Weir.Collector.Lists;

/// <summary>The lists in numbers.</summary>
internal sealed class ListsMetrics
{
    public ListsMetrics(IMeterFactory meters, CurrentWatchlist lists, ListsFeed feed, TimeProvider time)
    {
        var meter = meters.Create("Weir.Matching.Lists");
        meter.CreateObservableGauge(
            "weir.lists.copy_entries", () =>
                Each(list => list.Entries.Count), "{entry}", "Entries of a list in force.");
        meter.CreateObservableGauge(
            "weir.lists.copy_age", () => Each(list => (time.GetUtcNow() - list.ReadAt).TotalSeconds), "s",
            "Age of the copy in force.");
        meter.CreateObservableCounter(
            "weir.lists.refused", () => feed.State.Refused.Select(one =>
                new Measurement<long>(one.Value, new KeyValuePair<string, object?>("reason", one.Key))),
            "{list}", "Lists of the desk that were not put in force, by code; those of before stay.");

        IEnumerable<Measurement<T>> Each<T>(Func<Feed, T> value)
            where T : struct =>
            lists.Current.Feeds.Select(
                list => new Measurement<T>(value(list), new KeyValuePair<string, object?>("list", list.Name)));
    }
}
