// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Desk.Enrichment;

/// <summary>The files of names in numbers.</summary>
internal sealed class EnrichmentMetrics
{
    public EnrichmentMetrics(IMeterFactory meters, Func<IReadOnlyList<OwnerFileState>> states)
    {
        var meter = meters.Create("Weir.Enrichment");
        meter.CreateObservableGauge(
            "weir.enrichment.entries", () => Each(one => one.Good?.Entries), "{entry}",
            "Networks and systems that a table in force names; a database does not tell.");
        meter.CreateObservableGauge(
            "weir.enrichment.refused_lines", () => Each(one => one.Good?.Refused.Lines), "{line}",
            "Lines of a table that name no network.");

        IEnumerable<Measurement<long>> Each(Func<OwnerFileState, long?> value) =>
            from state in states()
            let number = value(state)
            where number is not null
            select new Measurement<long>(
                number.Value, new KeyValuePair<string, object?>("file", Path.GetFileName(state.Path)));
    }
}
