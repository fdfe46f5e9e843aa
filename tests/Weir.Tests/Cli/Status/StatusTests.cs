// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli;
using Weir.Cli.Commands.Processes;
using Weir.Cli.Processes;
using Weir.Cli.Status;

namespace Weir.Tests.Cli.Status;

/// <summary>weir status: what the pages of metrics and health come to on one screen.</summary>
public sealed class StatusTests
{
    private const string Page = """
        # HELP weir_exporters_heard_age_seconds How long ago.
        # TYPE weir_exporters_heard_age_seconds gauge
        weir_exporters_heard_age_seconds{collector="pop1",exporter="192.0.2.1"} 2.1
        weir_exporters_heard_age_seconds{collector="pop1",exporter="192.0.2.2"} 300
        weir_exporters_datagrams_per_second{collector="pop1",exporter="192.0.2.1"} 1234.6
        weir_exporters_flows_per_second{collector="pop1",exporter="192.0.2.1"} 20000
        weir_exporters_missing{collector="pop1",exporter="192.0.2.1"} 17
        weir_exporters_sampling_interval{collector="pop1",exporter="192.0.2.1"} 1000
        weir_exporters_sampling_interval{collector="pop1",exporter="192.0.2.2"} 0
        weir_detecting_events_open 3
        weir_detecting_events_opened_total 120
        weir_cases_events_total{reason="handled"} 118
        weir_cases_events_total{reason="refused"} 2
        weir_cases_files{state="open"} 12
        weir_cases_files{state="closed"} 4
        weir_cases_scopes{state="open"} 12
        weir_blocking_leases{state="verified"} 2
        weir_blocking_leases{state="announced"} 1
        weir_blocking_leases{state="expired"} 0
        weir_blocking_leases_not_in_force 1
        weir_blocking_entries_planned{backend="gobgp"} 3
        weir_blocking_entries_held{backend="gobgp"} 2
        weir_blocking_entries_planned{backend="rpz"} 5
        weir_blocking_entries_held{backend="rpz"} 5
        weir_blocking_peers{backend="gobgp"} 2
        weir_blocking_peers_behind{backend="gobgp"} 1
        weir_blocking_backend_reachable{backend="gobgp"} 1
        weir_lists_entries{list="feodo"} 1200
        weir_lists_age_seconds{list="feodo"} 90000
        weir_lists_too_old_ratio{list="feodo"} 1
        weir_lists_fetch_failed_ratio{list="feodo"} 1
        weir_lists_next_fetch_seconds{list="feodo"} 600
        weir_lists_refused_lines{list="feodo"} 0
        weir_comparing_report_age_seconds 1200
        weir_collecting_kernel_dropped_datagrams_total{listener="192.0.2.9:2055"} 41
        weir_collecting_malformed_faults_total{exporter="192.0.2.1",reason="a \"quoted\" word"} 1

        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProcessStatusRow[] Well =
        [new("collector", "udp", "ok", Now, ""), new("desk", "audit", "ok", Now, "")];

    private static StatusSummary From(string page, params ProcessStatusRow[] parts) => StatusReader.From(
        parts.Length > 0 ? parts : Well, MetricSamples.Parse([("desk", page)]), "lab", Now);

    private static string Screen(StatusSummary status)
    {
        var screen = new StringWriter();
        StatusScreen.Write(status, screen);
        return screen.ToString();
    }

    [Fact]
    public void The_screen_shows_what_runs_within_a_hundred_columns()
    {
        var screen = Screen(From(Page));

        Assert.All(screen.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.Contains("2 things need a person", screen, StringComparison.Ordinal);
        Assert.Matches(@"pop1 +192\.0\.2\.1 +1,235 +20,000 +2 s ago +17 +1:1,000", screen);
        Assert.Matches(@"pop1 +192\.0\.2\.2 +5 min ago +0 +unknown", screen);
        Assert.Contains(
            "3 under way, 120 raised since the collectors started; the desk took 118 reports of their begin, course "
            + "and end, did not believe 2;",
            string.Join(' ', screen.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        Assert.Contains("12 open, 4 closed; scopes 12 open", screen, StringComparison.Ordinal);
        Assert.Contains("1 should be in force and no router or resolver confirmed it", string.Join(
            ' ', screen.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("gobgp: 2 of 3 entries really held, 2 peers, 1 behind", screen, StringComparison.Ordinal);
        Assert.Contains("rpz: 5 of 5 entries really held", screen, StringComparison.Ordinal);
        Assert.Matches(@"feodo +1,200 +25 h ago +FAILED +in 10 min +too old", screen);
        Assert.Matches(@"41 dropped by the kernel: socket buffer full\s+\[weir_collecting_kernel_dropped_datagrams_total", screen);
        Assert.Matches(@"1 faults in exports: weir exporters names them \(192\.0\.2\.1\)", screen);
    }

    [Fact]
    public void A_collector_gives_the_terminal_no_orders_and_makes_no_line_of_its_own()
    {
        var page = Page.Replace("collector=\"pop1\",exporter=\"192.0.2.1\"",
            "collector=\"po\u001b[2Jp\",exporter=\"192.0.2.1\\nhealth ok\u202e\"", StringComparison.Ordinal);
        var screen = Screen(From(page));

        Assert.DoesNotContain(screen, c => (char.IsControl(c) && c != '\n') || c == '\u202e');
        Assert.Contains("192.0.2.1 health ok", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_waits_for_people_is_said_with_who_and_what_to_do()
    {
        var status = From("""
            weir_cases_approvals_waiting{act="disclose"} 2
            weir_cases_approvals_waiting{act="block"} 1
            weir_lists_entries{list="feodo"} 12
            weir_lists_held{list="feodo"} 1
            weir_cases_scopes{state="sealed"} 1
            weir_escalating_reviews_waiting 4

            """, new("collector", "disk", "degraded", Now, "the spool is full"), Well[1]);

        Assert.Equal(StatusReader.NeedsPerson, status.State);
        Assert.Equal(
        [
            ("operator", "collector disk is degraded: the spool is full"),
            ("second person", "3 requests wait for another person in another role: disclose 2, block 1"),
            ("two people", "1 copy of a list is held: feodo"),
            ("privacy officer", "1 sealed scope waits for review"), ("analyst", "4 appeals wait for a person"),
        ], status.Needs.Select(need => (need.Who, need.What)));
        Assert.Contains("5 things need a person", Screen(status), StringComparison.Ordinal);
        Assert.Contains("collector degraded, desk ok (1 parts)", Screen(status), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_done_in_part_needs_a_person()
    {
        var status = From("""
            weir_blocking_leases_not_in_force 1
            weir_blocking_leases_held_in_part 2
            weir_blocking_peers_behind{backend="router"} 1
            weir_blocking_peers_behind{backend="zone"} 0
            weir_escalating_gardens_waiting 1

            """);

        Assert.Equal(StatusReader.NeedsPerson, status.State);
        Assert.Equal(
        [
            "1 block is ordered and held by nobody", "2 blocks are held by some and not by all who should",
            "router: 1 neighbour or resolver is down, or lacks what is in force",
            "1 garden is ordered and not confirmed",
        ], status.Needs.Select(need => need.What));
    }

    [Theory]
    [InlineData("foreign", 900, true)]
    [InlineData("foreign", 9, false)]
    [InlineData("attributed", 900, false)]
    public void Flows_of_nobody_need_a_person(string place, int flows, bool needs) => Assert.Equal(
        needs ? ["no flow of 1000 is a subscriber's"] : [],
        From($$"""
            weir_attributing_flows_total{lane="0",reason="{{place}}"} {{flows}}
            weir_attributing_flows_total{lane="0",reason="internal"} {{(flows > 9 ? 100 : 1)}}
            weir_attributing_flows_total{lane="0",reason="spoofed"} 0

            """).Needs.Select(need => need.What));

    [Fact]
    public void Refused_lines_of_a_list_name_the_command_that_shows_them() => Assert.Equal(
        "lines of a list that are no entry: weir watchlist list --watchlist FILE shows them, with the list's path of "
        + "matching.lists (our-c2)",
        Assert.Single(From("weir_lists_refused_lines{list=\"our-c2\"} 2\n").Losses).What);

    [Fact]
    public void Without_a_list_that_is_said_and_not_a_table_of_none() => Assert.Contains(
        "NONE: nothing is matched, and nobody can be found infected", Screen(From("")), StringComparison.Ordinal);

    [Fact]
    public void Who_watches_is_told_by_the_exit_code()
    {
        ProcessStatusRow[] away = [new("desk", "process", "away", null, "nobody answers")];
        Assert.Equal(ExitCode.Done, StatusCommand.CodeOf(From("").State));
        Assert.Equal(ExitCode.Failed, StatusCommand.CodeOf(From("", [.. away, Well[0]]).State));
        Assert.Equal(ExitCode.Unreadable, StatusCommand.CodeOf(From("", away).State));
        Assert.Contains("cannot be asked", Screen(From("", away)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_a_process_knows_that_does_not_answer_is_unknown_and_not_none()
    {
        ProcessStatusRow away = new("desk", "process", "away", null, "nobody answers");
        var status = From("weir_detecting_events_open 3\n", away, Well[0]);
        var screen = Screen(status);

        Assert.All(
            (string[])["exporters", "cases", "blocks", "lists", "notices", "comparison"],
            head => Assert.Matches($@"(?m)^{head} +unknown: the desk does not answer$", screen));
        Assert.Contains("the desk took unknown reports of their begin, course and end, did not believe unknown; unknown on their way",
            string.Join(' ', screen.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        Assert.Contains("none at the processes that answer; unknown of desk", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("NONE", screen, StringComparison.Ordinal);

        var json = JsonDocument.Parse(status.ToJson()).RootElement;
        Assert.Equal("desk", json.GetProperty("unanswered")[0].GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("events").GetProperty("handled").ValueKind);
        Assert.Equal(3, json.GetProperty("events").GetProperty("open").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("blocksNotInForce").ValueKind);

        var all = Screen(From("", away, new("collector", "process", "unknown", null, "no monitor is set")));
        Assert.Contains("losses      unknown: no process answers", all, StringComparison.Ordinal);
        Assert.Contains("events      unknown under way, unknown raised", all, StringComparison.Ordinal);
        Assert.All(screen.Split('\n'), line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public void A_fault_of_the_configuration_is_a_thing_that_needs_a_person()
    {
        var status = From(Page).WithFaults(["weir.yaml:66:3: matching.lists is governed"]);

        Assert.Equal(StatusReader.NeedsPerson, status.State);
        Assert.Contains("weir.yaml:66:3: matching.lists is governed", Screen(status), StringComparison.Ordinal);
        Assert.Equal(StatusReader.Ok, From("").WithFaults([]).State);
    }

    [Fact]
    public void Programs_get_all_of_it_as_json_or_one_figure_a_row()
    {
        var status = From(Page);
        var json = JsonDocument.Parse(status.ToJson()).RootElement;
        Assert.Equal(StatusReader.NeedsPerson, json.GetProperty("state").GetString());
        Assert.Equal(1234.6, json.GetProperty("exporters")[0].GetProperty("datagramsPerSecond").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("exporters")[1].GetProperty("sampling").ValueKind);
        Assert.Equal(2, json.GetProperty("losses").GetArrayLength());

        var rows = StatusFigures.From(status).ToList();
        Assert.Contains(new StatusFigure("lists", "feodo", "entries", 1200.0), rows);
        Assert.Contains(new StatusFigure("cases", "open", "count", 12L), rows);
        Assert.Contains(
            new StatusFigure("losses", "desk", "weir_collecting_kernel_dropped_datagrams_total", 41.0), rows);
    }

    [Fact]
    public void A_label_is_read_as_it_was_written()
    {
        var sample = Assert.Single(MetricSamples.Parse(
            [("store", "a_total{x=\"1,2\",y=\"say \\\"no\\\"\\n\\\\\",process=\"vault\"} 2e3\nnonsense\n")]).Of("a_total"));
        Assert.Equal(
            ("vault", 2000.0, "1,2", "say \"no\"\n\\", ""),
            (sample.Process, sample.Value, sample["x"], sample["y"], sample["z"]));
    }
}
