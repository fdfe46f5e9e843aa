// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Processes;

namespace Weir.Cli.Status;

/// <summary>Asks every process, and says what needs a person.</summary>
internal static class StatusReader
{
    public const string Ok = "ok";
    public const string NeedsPerson = "needs-a-person";
    public const string CannotBeAsked = "cannot-be-asked";

    private const string Away = "away";
    private const string Operator = "operator";
    private const string Noc = "NOC";

    /// <summary>Of fewer flows nothing is said.</summary>
    private const long FewestFlows = 100;

    /// <summary>Health and numbers of all processes of a configuration.</summary>
    public static async Task<StatusSummary> ReadAsync(
        ProcessPlaces places, string profile, TimeProvider time, CancellationToken cancel)
    {
        var (parts, isServe) = await ProcessStatus.ReadAsync(places, cancel);
        var numbers = MetricSamples.Parse(await ProcessStatus.MetricsAsync(places, isServe, cancel));
        return From(parts, numbers, profile, time.GetUtcNow());
    }

    /// <summary>The summary of what was answered. Pure.</summary>
    public static StatusSummary From(
        IReadOnlyList<ProcessStatusRow> parts, MetricSamples numbers, string profile, DateTimeOffset now)
    {
        var lists = Lists(numbers);
        StatusNeed[] needs = [.. Health(parts), .. Halves(numbers), .. Waiting(numbers, lists)];
        string[] unanswered = [.. parts.Where(part => part.State is Away or "unknown").Select(part => part.Process)
            .Distinct().Order(StringComparer.Ordinal)];
        var (hasDesk, hasCollector) = (
            !unanswered.Contains(ProcessNames.Desk), !unanswered.Contains(ProcessNames.Collector));
        return new()
        {
            State = parts.All(part => part.State is Away or "unknown") ? CannotBeAsked
                : needs.Length > 0 ? NeedsPerson : Ok,
            At = now,
            Profile = profile,
            Needs = needs,
            Exporters = Exporters(numbers),
            Unanswered = unanswered,
            Events = new(
                hasCollector ? numbers.Sum("weir_detecting_events_open") : null,
                hasCollector ? numbers.Sum("weir_detecting_events_opened_total") : null,
                hasDesk ? Sum("weir_cases_events_total", "reason", "handled") : null,
                hasDesk ? Sum("weir_cases_events_total", "reason", "refused") : null,
                hasDesk && hasCollector
                    ? numbers.Sum("weir_cases_events_waiting") + Sum("weir_outbox_waiting", "outbox", "events") : null),
            Cases = Counts(numbers, "weir_cases_files"),
            Scopes = Counts(numbers, "weir_cases_scopes"),
            Blocks = Counts(numbers, "weir_blocking_leases"),
            BlocksNotInForce = hasDesk ? numbers.Sum("weir_blocking_leases_not_in_force") : null,
            Backends = Backends(numbers),
            Lists = lists,
            Notices = Counts(numbers, "weir_notices_tracked"),
            ReportAgeSeconds = numbers.Sum("weir_comparing_report_age_seconds") is var age and > 0 ? age : null,
            Losses = [.. LossCatalogue.Find(numbers)],
            Parts = parts,
        };

        double Sum(string metric, string label, string value) =>
            numbers.Of(metric).Where(sample => sample[label] == value).Sum(sample => sample.Value);
    }

    private static IReadOnlyList<StatusCount> Counts(MetricSamples numbers, string metric) =>
        [.. numbers.By(metric, "state").Select(one => new StatusCount(one.Value, one.Count))];

    private static IEnumerable<StatusNeed> Health(IReadOnlyList<ProcessStatusRow> parts) =>
        from part in parts
        where part.State != ProcessStatus.Ok
        select new StatusNeed(Operator, $"{part.Process} {part.Part} is {part.State}: {part.Reason}", "");

    /// <summary>What was ordered and is not, or not wholly, so; and flows of which none is a subscriber's.</summary>
    private static IEnumerable<StatusNeed> Halves(MetricSamples numbers)
    {
        if ((long)numbers.Sum("weir_blocking_leases_not_in_force") is var open and > 0)
        {
            yield return new(
                Noc, Phrase(open, "block is ordered and held by nobody", "blocks are ordered and held by nobody"),
                "weir block verify");
        }

        if ((long)numbers.Sum("weir_blocking_leases_held_in_part") is var part and > 0)
        {
            yield return new(
                Noc, Phrase(part, "block is", "blocks are") + " held by some and not by all who should",
                "weir block verify");
        }

        foreach (var behind in numbers.Of("weir_blocking_peers_behind").Where(sample => sample.Value > 0))
        {
            yield return new(
                Noc, $"{behind["backend"]}: " + Phrase(
                    (long)behind.Value, "neighbour or resolver is", "neighbours or resolvers are")
                    + " down, or lacks what is in force", "weir block verify");
        }

        if ((long)numbers.Sum("weir_escalating_gardens_waiting") is var gardens and > 0)
        {
            yield return new(
                Operator, Phrase(gardens, "garden is", "gardens are") + " ordered and not confirmed",
                "weir case ladder CASE");
        }

        if (FlowsOfNobody(numbers) is var strange and >= FewestFlows)
        {
            yield return new(
                Operator, string.Create(CultureInfo.InvariantCulture, $"no flow of {strange} is a subscriber's"),
                "attributing.networks, write your own networks there");
        }
    }

    /// <summary>Flows read, where none of them is about a line; 0 where one is.</summary>
    private static long FlowsOfNobody(MetricSamples numbers)
    {
        var flows = numbers.By("weir_attributing_flows_total", "reason")
            .ToDictionary(one => one.Value, one => one.Count);
        return flows.Keys.Any(place => place is not ("foreign" or "internal")) ? 0 : flows.Values.Sum();
    }

    private static IEnumerable<StatusNeed> Waiting(MetricSamples numbers, IReadOnlyList<StatusList> lists)
    {
        var asked = numbers.By("weir_cases_approvals_waiting", "act");
        if (asked.Count > 0)
        {
            yield return new(
                "second person",
                Phrase(asked.Sum(act => act.Count), "request waits", "requests wait")
                    + " for another person in another role: "
                + string.Join(", ", asked.Select(act => $"{act.Value} {act.Count}")), "weir disclose --waiting");
        }

        var held = lists.Where(list => list.IsHeld).Select(list => list.List).ToList();
        if (held.Count > 0)
        {
            yield return new(
                "two people",
                Phrase(held.Count, "copy of a list is", "copies of lists are") + $" held: {string.Join(", ", held)}",
                "weir watchlist held");
        }

        if (Count(numbers, "weir_cases_scopes", "sealed") is var sealedScopes and > 0)
        {
            yield return new(
                "privacy officer", Phrase(sealedScopes, "sealed scope waits", "sealed scopes wait") + " for review",
                "weir case review SCOPE");
        }

        if ((long)numbers.Sum("weir_escalating_reviews_waiting") is var appeals and > 0)
        {
            yield return new(
                "analyst", Phrase(appeals, "appeal waits", "appeals wait") + " for a person", "weir case ladder CASE");
        }
    }

    private static long Count(MetricSamples numbers, string metric, string state) =>
        numbers.By(metric, "state").Where(one => one.Value == state).Sum(one => one.Count);

    private static string Phrase(long count, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several)}");

    private static IReadOnlyList<StatusExporter> Exporters(MetricSamples numbers)
    {
        var (datagrams, flows, missing, sampling) = (
            Each("weir_exporters_datagrams_per_second"), Each("weir_exporters_flows_per_second"),
            Each("weir_exporters_missing"), Each("weir_exporters_sampling_interval"));
        return
        [
            .. from heard in numbers.Of("weir_exporters_heard_age_seconds")
               let key = (heard["collector"], heard["exporter"])
               orderby key
               select new StatusExporter(
                   key.Item1, key.Item2, Of(datagrams, key), Of(flows, key), heard.Value,
                   Of(missing, key) ?? 0, Of(sampling, key) is var rate and > 0 ? rate : null),
        ];

        Dictionary<(string, string), double> Each(string metric) => numbers.Of(metric)
            .ToDictionary(sample => (sample["collector"], sample["exporter"]), sample => sample.Value);

        static double? Of(Dictionary<(string, string), double> values, (string, string) key) =>
            values.TryGetValue(key, out var value) ? value : null;
    }

    private static IReadOnlyList<StatusBackend> Backends(MetricSamples numbers) =>
    [
        .. from planned in numbers.Of("weir_blocking_entries_planned")
           let name = planned["backend"]
           let of = (Func<string, double>)(metric =>
               numbers.Of(metric).Where(s => s["backend"] == name).Sum(s => s.Value))
           select new StatusBackend(
               name, planned.Value, of("weir_blocking_entries_held"), of("weir_blocking_peers"),
               of("weir_blocking_peers_behind"), of("weir_blocking_backend_reachable") > 0),
    ];

    private static IReadOnlyList<StatusList> Lists(MetricSamples numbers)
    {
        // Lists of the configuration, and those that people make where they hold anything.
        var names = numbers.Of("weir_lists_too_old_ratio")
            .Concat(numbers.Of("weir_lists_entries").Where(sample => sample.Value > 0))
            .Select(sample => sample["list"]).Distinct(StringComparer.Ordinal);
        return
        [
            .. from name in names
               let of = (Func<string, double?>)(metric =>
                   numbers.Of(metric).FirstOrDefault(sample => sample["list"] == name)?.Value)
               select new StatusList(
                   name, of("weir_lists_entries")
                       ?? 0, of("weir_lists_age_seconds"), of("weir_lists_too_old_ratio") > 0,
                   of("weir_lists_fetch_failed_ratio") is { } failed ? failed > 0 : null,
                   of("weir_lists_next_fetch_seconds"), of("weir_lists_held") > 0, of("weir_lists_refused_lines") ?? 0),
        ];
    }
}
