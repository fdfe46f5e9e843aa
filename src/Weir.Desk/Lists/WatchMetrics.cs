// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Contracts.Lists;
using Weir.Desk.Lists;

namespace Weir.Desk.Lists;

/// <summary>The lists in numbers.</summary>
internal sealed class WatchMetrics
{
    /// <param name="meters">Where the instruments are made.</param>
    /// <param name="inForce">Lists in force.</param>
    /// <param name="states">How the files stand.</param>
    /// <param name="time">Our clock.</param>
    public WatchMetrics(
        IMeterFactory meters, Func<IReadOnlyList<Feed>> inForce, Func<IReadOnlyList<ListState>> states,
        TimeProvider time)
    {
        var meter = meters.Create("Weir.Matching.Lists");
        meter.CreateObservableGauge(
            "weir.lists.entries", () => Each(f => f.Entries.Count), "{entry}", "Entries of a list in force.");
        meter.CreateObservableGauge(
            "weir.lists.refused_lines", () => Each(f => f.Refused.Count), "{line}",
            "Lines of a list that could not be read as an entry.");
        meter.CreateObservableGauge(
            "weir.lists.age", () => Each(f => (time.GetUtcNow() - f.ReadAt).TotalSeconds), "s",
            "Age of the copy in force.");
        meter.CreateObservableGauge(
            "weir.lists.failing", () => states().Count(s => s.Fault is not null), "{list}",
            "Lists whose latest reading failed and whose last good copy stays in force.");

        IEnumerable<Measurement<T>> Each<T>(Func<Feed, T> value)
            where T : struct =>
            inForce().Select(f => new Measurement<T>(value(f), new KeyValuePair<string, object?>("list", f.Name)));
    }
}
