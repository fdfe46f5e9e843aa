// SPDX-License-Identifier: Apache-2.0
//
// What was received and not used has a metric of its own. This is the list of them, so that weir status shows every one
// that is not nought; a house test finds a metric whose name speaks of a loss and that stands in neither list.
namespace Weir.Cli.Status;

/// <summary>A metric that counts what is lost.</summary>
/// <param name="Metric">Its name at <c>/metrics</c>.</param>
/// <param name="What">What was lost, and where to look, in an operator's words; which stands at the end.</param>
/// <param name="Label">The label that says which; null for all of it.</param>
/// <param name="Values">Values of the label that are losses; empty for each.</param>
internal sealed record LossMetric(string Metric, string What, string? Label = null, params string[] Values);

/// <summary>All of them, in the order of the data's way.</summary>
internal static class LossCatalogue
{
    public static readonly IReadOnlyList<LossMetric> All =
    [
        new("weir_collecting_kernel_dropped_datagrams_total", "dropped by the kernel: socket buffer full"),
        new("weir_collecting_truncated_datagrams_total", "datagrams cut at collecting.max-datagram"),
        new("weir_collecting_session_lost_bytes_total", "octets of messages that were begun and not ended (TCP, TLS)"),
        new("weir_collecting_refused_sessions_total", "connections refused: the reason names the fix", "reason"),
        new("weir_collecting_paused_seconds_total", "seconds for which intake stood still"),
        new("weir_decoding_datagrams_total", "datagrams", "reason", "damaged", "dropped", "refused"),
        new("weir_collecting_malformed_faults_total", "faults in exports: weir exporters names them", "exporter"),
        new("weir_decoding_sequence_missing", "messages or flows missing by sequence", "exporter"),
        new("weir_decoding_template_unknown_sets", "data sets without their template", "exporter"),
        new("weir_attributing_flows_total", "flows", "reason", "outside-window", "unattributed"),
        new("weir_forwarding_lost_flows_total", "flows that never reached the collector that owns their network",
            "reason"),
        new("weir_forwarding_missing_flows_total", "flows of another collector that went with a killed run",
            "collector"),
        new("weir_forwarding_taken_flows_total", "flows of other collectors", "reason", "outside-window",
            "unattributed", "not-ours"),
        new("weir_detecting_flows_total", "flows not counted", "reason", "late", "ahead", "no-room"),
        new("weir_detecting_clipped_flows_total", "flows counted in part: they reach before what was judged"),
        new("weir_detecting_details_refused_total", "wishes for detail refused: no block free"),
        new("weir_detecting_events_refused_total", "events not opened: sixteen under way"),
        new("weir_detecting_evicted_subjects_total", "idle subjects whose counters gave way"),
        new("weir_matching_closed_early_windows_total", "contact windows closed early: table full"),
        new("weir_matching_lost_rows_total", "sightings given up: the spool could not be written"),
        new("weir_ring_lost_flows_total", "raw flows the ring could not keep"),
        new("weir_events_lost_total", "steps of events given up at a stop"),
        new("weir_events_refused_total", "steps of events the desk does not believe", "code"),
        new("weir_cases_refused_total", "events that are not believed", "code"),
        new("weir_cases_orders_refused", "scopes a collector does not record", "code"),
        new("weir_outbox_damaged_total", "items of an outbox lost: the disk gave back other octets", "outbox"),
        new("weir_outbox_refused_total", "items an outbox refused: it was full", "outbox"),
        new("weir_outbox_set_aside_total", "items that the receiver refused for good", "outbox"),
        new("weir_outbox_torn_bytes_total", "octets of unfinished writes cut off", "outbox"),
        new("weir_account_lost_windows_total", "contact windows of a killed run that nobody could go on with"),
        new("weir_spool_rows_lost_total", "rows of segments that went with a removed spool"),
        new("weir_spool_segments_set_aside_total", "segments the store refuses for good: spool/bad"),
        new("weir_spool_rows_set_aside_total", "rows of segments the store refuses for good"),
        new("weir_lists_refused_lines", "lines of a list that are no entry: weir watchlist list --watchlist FILE "
            + "shows them, with the list's path of matching.lists", "list"),
        new("weir_lists_refused_copies_total", "copies of a list that were not taken: its owner did not sign them; "
            + "weir watchlist verify says what lies there, docs/32-people-and-keys.md how it is signed", "list"),
        new("weir_lists_refused_total", "lists of the desk a collector did not take", "reason"),
        new("weir_comparing_runs_total", "comparisons", "reason", "failed"),
        new("weir_audit_failures_total", "audit entries not durable: their acts were refused"),
        new("weir_notifying_alerts_given_up_total", "alerts given up", "channel"),
        new("weir_identity_accounting_packets_total", "RADIUS packets", "outcome",
            "malformed", "forged", "unknown-nas", "unsupported", "too-old", "refused"),
        new("weir_identity_accounting_clock_refused_packets_total", "accounting with a time over a day off"),
        new("weir_identity_records_total", "identity records", "outcome", "malformed", "too-old", "refused"),
        new("weir_identity_read_failures_total", "times an identity source could not be read", "source"),
        new("weir_identity_holdings_refused_total", "holdings without a place in the table"),
        new("weir_identity_store_failures_total", "times the identity store could not be written"),
        new("weir_peers_connections_refused_total", "connections of processes refused", "reason"),
    ];

    /// <summary>Metrics whose names speak of losses and that count none: with the reason.</summary>
    public static readonly IReadOnlyDictionary<string, string> Others = new Dictionary<string, string>
    {
        ["weir_audit_refusals_total"] = "what people asked for and rules refused",
        ["weir_blocking_refused_requests_total"] = "plans that a guardrail refused",
        ["weir_blocking_journal_lost"] = "a state, which health tells",
        ["weir_decoding_read_late_sets_total"] = "read after all",
        ["weir_escalating_gardens_failed_total"] = "tries, which are tried again",
        ["weir_enrichment_refused_lines"] = "lines of a table of names, of which no flow is lost",
        ["weir_exporters_missing"] = "the desk's view of weir_decoding_sequence_missing",
        ["weir_lists_failing"] = "a state, which health and the lists show",
        ["weir_lists_fetch_failed_ratio"] = "a state, which the lists show",
        ["weir_account_missing"] = "weir_decoding_sequence_missing over all runs",
        ["weir_spool_disk_refuses"] = "a state, which health tells: intake waits",
        ["weir_notifying_failures_total"] = "tries, which are tried again",
        ["weir_audit_outside_failures_total"] = "tries, and the newest head, which speaks for all before it, is tried again",
    };

    /// <summary>Losses that are not nought.</summary>
    public static IEnumerable<StatusLoss> Find(MetricSamples numbers) =>
        from loss in All
        from same in numbers.Of(loss.Metric).Where(sample => Counts(loss, sample))
            .GroupBy(sample => (sample.Process, Which: loss.Label is null ? "" : sample[loss.Label]))
        let count = same.Sum(sample => sample.Value)
        where count > 0
        select new StatusLoss(
            same.Key.Process, loss.Metric, same.Key.Which,
            same.Key.Which.Length == 0 ? loss.What : $"{loss.What} ({same.Key.Which})",
            Math.Ceiling(count));

    private static bool Counts(LossMetric loss, MetricSample sample) =>
        loss.Values.Length == 0 || loss.Values.Contains(sample[loss.Label!]);
}
