// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;

namespace Weir.Vault.Identity.Intake;

/// <summary>What identity counts. No address, no name of a line.</summary>
public sealed class IdentityMetrics
{
    public IdentityMetrics(IMeterFactory meters, Func<IdentityIntake?> keeper)
    {
        var meter = meters.Create("Weir.Vault.Identity");
        meter.CreateObservableCounter("weir.identity.accounting_packets", () => Radius(keeper()), "{packet}",
            "RADIUS packets by what became of them; their sum is what came in. forged = the authenticator does not "
                + "fit, another secret or a forger.");
        meter.CreateObservableCounter(
            "weir.identity.accounting_clock_refused_packets",
            () => keeper()?.Counters.Radius.ClockRefused ?? 0, "{packet}",
            "Accounting whose time was more than a day off; its arrival stood in.");
        meter.CreateObservableCounter("weir.identity.records", () => Records(keeper()), "{record}",
            "Records of lease files, port blocks and address plans, by source and by what became of "
                + "them; their sum is what came in.");
        meter.CreateObservableCounter("weir.identity.read_failures", () =>
            from source in keeper()?.Counters.Sources ?? new Dictionary<string, RecordCounters>()
            select new Measurement<long>(source.Value.Unreadable, [new("source", source.Key)]), "{attempt}",
            "Times a source could not be read.");
        meter.CreateObservableGauge("weir.identity.holdings", () => (long)(keeper()?.Table.Count ?? 0), "{holding}",
            "Addresses, prefixes and port blocks whose holder is known, over the whole retention.");
        meter.CreateObservableCounter("weir.identity.holdings_refused", () => keeper()?.Table.Refused ?? 0, "{holding}",
            "Holdings that found no place in the table.");
        meter.CreateObservableCounter(
            "weir.identity.holdings_expired", () => keeper()?.Counters.Expired ?? 0, "{holding}",
            "Holdings erased because they ended before the retention.");
        meter.CreateObservableCounter(
            "weir.identity.store_failures", () => keeper()?.Counters.StoreFailures ?? 0, "{attempt}",
            "Times the identity store could not be written; accounting is not answered until it can.");
    }

    private static IEnumerable<Measurement<long>> Radius(IdentityIntake? keeper)
    {
        if (keeper?.Counters.Radius is not { } radius)
        {
            return [];
        }

        return
        [
            Measure(radius.Applied, "applied"), Measure(radius.Stale, "stale"), Measure(radius.Duplicates, "duplicate"),
            Measure(radius.Malformed, "malformed"), Measure(radius.Forged, "forged"),
            Measure(radius.UnknownNas, "unknown-nas"), Measure(radius.Unsupported, "unsupported"),
            Measure(radius.TooOld, "too-old"), Measure(radius.Refused, "refused"),
        ];
    }

    private static IEnumerable<Measurement<long>> Records(IdentityIntake? keeper) =>
        from source in keeper?.Counters.Sources ?? new Dictionary<string, RecordCounters>()
        let count = source.Value
        from one in new[]
        {
            (count.Applied, "applied"), (count.Stale, "stale"), (count.Ignored, "ignored"),
            (count.Malformed, "malformed"), (count.TooOld, "too-old"), (count.Refused, "refused"),
        }
        select new Measurement<long>(one.Item1, [new("source", source.Key), new("outcome", one.Item2)]);

    private static Measurement<long> Measure(long count, string outcome) => new(count, [new("outcome", outcome)]);
}
