// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Collector.Accounting;

/// <summary>Counts that go on over restarts, in numbers.</summary>
internal sealed class AccountMetrics
{
    public AccountMetrics(IMeterFactory meters, Account account)
    {
        var meter = meters.Create("Weir.Account");
        meter.CreateObservableGauge(
            "weir.account.generation", () => account.Generation, null,
            "Runs of this collector that its counts go over, this one among them.");
        meter.CreateObservableCounter(
            "weir.account.counts", () => account.Counts, "{count}",
            "Counts that were made durable, over all runs.");
        meter.CreateObservableGauge(
            "weir.account.uncounted_flows", () => account.AtRisk, "{flow}",
            "Flows read that are in no durable count yet: what a kill would cost now.");
        meter.CreateObservableCounter<long>(
            "weir.account.flows", () => Flows(account.Totals), "{flow}",
            "Flows over all runs, by what became of them; they go on from the last durable count. digested: in segments; "
                + "other: foreign, internal, spoofed, excluded, unattributed, outside the window or told twice; kept: in "
                + "segments that a killed run held beyond its count, and among those missing; not-flows: records of v5 "
                + "and IPFIX that describe no flow, such as sampling rates.");
        meter.CreateObservableGauge<long>(
            "weir.account.missing", () => Missing(account.Totals), null,
            "What exporters' sequence numbers miss over all runs: records (v5, IPFIX) or messages (v9, sFlow), on the "
                + "way, in memory at a kill, sent while nobody listened, or not read for want of their template.");
        meter.CreateObservableCounter(
            "weir.account.lost_windows", () => account.Totals.Windows, "{window}",
            "Contact windows of killed runs that nobody went on with: they could not be read, or the key of their "
                + "epoch was gone.");
        meter.CreateObservableCounter(
            "weir.account.resumed_windows", () => account.ResumedWindows, "{window}",
            "Contact windows of a killed run that this one went on with.");
    }

    private static Measurement<long>[] Flows(AccountTotals totals) =>
    [
        new(totals.Digested, new KeyValuePair<string, object?>("fate", "digested")),
        new(totals.Other, new KeyValuePair<string, object?>("fate", "other")),
        new(totals.Kept, new KeyValuePair<string, object?>("fate", "kept")),
        new(totals.NotFlows, new KeyValuePair<string, object?>("fate", "not-flows")),
    ];

    private static Measurement<long>[] Missing(AccountTotals totals) =>
    [
        new(totals.MissingRecords, new KeyValuePair<string, object?>("unit", "records")),
        new(totals.MissingMessages, new KeyValuePair<string, object?>("unit", "messages")),
    ];
}
