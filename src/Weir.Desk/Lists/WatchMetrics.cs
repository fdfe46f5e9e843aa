// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Fetching;

namespace Weir.Desk.Lists;

/// <summary>The lists in numbers.</summary>
internal sealed class WatchMetrics
{
    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="inForce">Lists in force.</param>
    /// <param name="statuses">How the lists of the configuration stand.</param>
    /// <param name="held">Names of lists of which a copy waits for people.</param>
    /// <param name="refused">Copies that were refused because of their owner's signature.</param>
    /// <param name="time">Our clock.</param>
    public WatchMetrics(
        IMeterFactory meters, Func<IReadOnlyList<Feed>> inForce, Func<IReadOnlyList<ListStatus>> statuses,
        Func<IEnumerable<string>> held,
        Func<IReadOnlyCollection<KeyValuePair<(string List, string Reason), long>>> refused, TimeProvider time)
    {
        var meter = meters.Create("Weir.Matching.Lists");
        meter.CreateObservableGauge(
            "weir.lists.entries", () => Each(f => f.Entries.Count), "{entry}", "Entries of a list in force.");
        meter.CreateObservableGauge(
            "weir.lists.refused_lines", () => Each(f => f.Refused.Count), "{line}",
            "Lines of a list that could not be read as an entry.");
        meter.CreateObservableGauge(
            "weir.lists.age", () =>
                Of<double>(s => s.AsOf is { } at ? (time.GetUtcNow() - at).TotalSeconds : null), "s",
            "Since its publisher last said that this is the list; of a file since it was last written, or signed.");
        meter.CreateObservableGauge(
            "weir.lists.too_old", () => Of<int>(s => s.IsTooOld ? 1 : 0), "1",
            "1 where the copy in force is older than max-age.");
        meter.CreateObservableGauge(
            "weir.lists.next_fetch", () => Of<double>(
                s => s.NextFetch is { } at ? Math.Max(0, (at - time.GetUtcNow()).TotalSeconds) : null), "s",
            "Until the list is fetched next.");
        meter.CreateObservableGauge(
            "weir.lists.fetch_failed", () => Of<int>(
                s => s.LastFetch is { } last ? last == FetchOutcome.Failed ? 1 : 0 : null), "1",
            "1 where the latest fetch failed; a copy of before, where there is one, stays in force.");
        meter.CreateObservableGauge(
            "weir.lists.failing", () => statuses().Count(s => s.Fault.Length > 0), "{list}",
            "Lists whose latest reading or fetch failed; a copy of before, where there is one, stays in force.");
        meter.CreateObservableGauge(
            "weir.lists.held", () => held().Select(
                list => new Measurement<int>(1, new KeyValuePair<string, object?>("list", list))), "{copy}",
            "1 where a copy of a list waits for two people because it differs too much from the one in force.");

        meter.CreateObservableCounter(
            "weir.lists.refused_copies", () => refused().Select(one => new Measurement<long>(
                one.Value, new("list", one.Key.List), new("reason", one.Key.Reason))), "{copy}",
            "Copies of a list that were not taken because of its owner's signature: unsigned, foreign-key, "
                + "bad-signature, other-namespace, other-octets, other-list, older, ahead, not-present, malformed; the one "
                + "in force stays.");

        IEnumerable<Measurement<T>> Each<T>(Func<Feed, T> value)
            where T : struct =>
            inForce().Select(f => new Measurement<T>(value(f), new KeyValuePair<string, object?>("list", f.Name)));

        IEnumerable<Measurement<T>> Of<T>(Func<ListStatus, T?> value)
            where T : struct =>
            from status in statuses()
            let number = value(status)
            where number is not null
            select new Measurement<T>(number.Value, new KeyValuePair<string, object?>("list", status.Name));
    }
}
