// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>Who is infected, which listed endpoints were contacted, and which mechanical events were seen.</summary>
internal static class FindingsSection
{
    /// <summary>Rows that a reader sees at once; the others unfold.</summary>
    private const int FirstRows = 20;

    private const int MaxRows = 500;

    public static Markup Infected(Report report) => Markup.Format($"""
        <section id="infected"><h2>Infected subscribers</h2>
        <p>A subscriber counts as infected after at least one exchange, traffic both ways, with a listed endpoint. An unanswered or refused attempt is never an infection.</p>
        {(!NextSection.HasList(report) ? Unjudged : report.Profile == ReportAnonymizer.LabProfile ? InClear(report) : Counted(report))}
        {Table.Create("Listed endpoints that were contacted", report.Sightings,
            Table.Text<ReportSighting>("Endpoint", s => NumberFormatting.Endpoint(s.Remote, s.Port, s.Protocol), "code"),
            Table.Optional<ReportSighting>("Network", s => $"{s.Network}"),
            Table.Text<ReportSighting>("Family", s => s.Family),
            Table.Text<ReportSighting>("List", s => s.List),
            Table.Number<ReportSighting>("Subscribers", s => s.Subjects),
            Table.Number<ReportSighting>("Exchanges", s => s.Exchanges),
            Table.Number<ReportSighting>("Attempts", s => s.Attempts))}
        {(report.Sightings.Count == 0 && NextSection.HasList(report) ? Markup.Format($"<p>No listed endpoint was contacted.</p>") : Markup.None)}
        </section>

        """);

    public static Markup Events(Report report) =>
        report.Events.Count + report.EventCounts.Count == 0 ? Markup.None : Markup.Format($"""
        <section id="events"><h2>Service events</h2>
        <p>Mechanical triggers: each states the class of traffic it is about, what was measured and the threshold. Nothing else of the subscriber's traffic was looked at.</p>
        {(report.Profile == ReportAnonymizer.LabProfile ? Markup.None : ByRule(report))}
        {(report.Events.Count > 0 ? OneByOne(report) : Markup.None)}
        </section>

        """);

    private static Markup ByRule(Report report) => Markup.Format($"""
        <p>Who met a listed endpoint (cnc-contact) is counted here alone: only the case that it opened shows more.</p>
        {Table.Create("Events by rule", report.EventCounts,
            Table.Text<ReportEventCount>("Rule", c => c.Rule),
            Table.Number<ReportEventCount>("Events", c => c.Events),
            Table.Number<ReportEventCount>("Subscribers", c => c.Subjects))}

        """);

    private static Markup OneByOne(Report report) => Markup.Format($"""
        {Table.Create("Events, times in UTC", report.Events,
            Table.Text<ReportEvent>(report.Profile == ReportAnonymizer.LabProfile ? "Subject" : "Pseudonym", e => e.Subject, "code long"),
            Table.Text<ReportEvent>("Rule", e => e.Rule),
            Table.Text<ReportEvent>("Traffic", e => e.TrafficClass is { } about ? Class(about) : e.Detail, "code long"),
            Table.Number<ReportEvent>("Times", e => e.Count),
            Table.Text<ReportEvent>("From", e => NumberFormatting.Time(e.From), "t"),
            Table.Text<ReportEvent>("Until", e => NumberFormatting.Time(e.Until), "t"),
            Table.Number<ReportEvent>("Measured", e => e.Measured),
            Table.Number<ReportEvent>("Threshold", e => e.Threshold),
            Table.Text<ReportEvent>("Unit", e => e.Unit))}
        {(report.EventsNotShown > 0 ? Markup.Format($"<p>{report.EventsNotShown} older events of the window are counted and not listed.</p>") : Markup.None)}

        """);

    private static readonly Markup Unjudged =
        Markup.Literal("<div class=\"note amber\"><p><b>No list of command servers "
        + "was in force.</b> Nobody can be found infected without one; that is not the same as nobody being so.</p></div>");

    private static Markup InClear(Report report) => report.Infected.Count == 0
        ? Markup.Format(
            $"<div class=\"note green\"><p>Nobody: no subject exchanged packets with a listed endpoint.</p></div>")
        : Markup.Format($"""
            {Named("Infected subscribers, times in UTC", [.. report.Infected.Take(FirstRows)])}
            {(report.Infected.Count > FirstRows ? Others([.. report.Infected.Skip(FirstRows)]) : Markup.None)}
            """);

    private static Markup Others(IReadOnlyList<ReportInfected> others) => Markup.Format($"""
        <details><summary>and {NumberFormatting.Plural(others.Count, "more subscriber", "more subscribers")}{(others.Count > MaxRows ? $"; the first {MaxRows} here, all of them in report.json" : "")}</summary>
        {Named("Infected subscribers, continued", [.. others.Take(MaxRows)])}
        </details>

        """);

    private static Markup Named(string caption, IReadOnlyList<ReportInfected> infected) => Table.Create(
        caption, infected,
        Table.Text<ReportInfected>("Subscriber", i => i.Subject, "code"),
        Table.Text<ReportInfected>("Listed endpoints", i => string.Join(", ", i.Endpoints), "code long"),
        Table.Text<ReportInfected>("First", i => NumberFormatting.Time(i.First), "t"),
        Table.Text<ReportInfected>("Last", i => NumberFormatting.Time(i.Last), "t"),
        Table.Number<ReportInfected>("Exchanges", i => i.Exchanges));

    private static Markup Counted(Report report) => Markup.Format($"""
        <div class="note"><p><b>{NumberFormatting.Plural(report.Subjects.Cases, "subscriber", "subscribers")}</b> of {report.Subjects.Seen} seen. Who they are is not part of this report: only a case opened by an event shows that, to those it concerns.</p></div>

        """);

    private static string Class(ReportTrafficClass about) =>
        $"{about.Direction} {about.Protocol}{(about.Port is { } port ? $" port {port}" : "")}"
        + (about.Remotes.Count == 0 ? "" : $" {(about.Direction == "in" ? "from" : "to")} "
            + $"{string.Join(", ", about.Remotes.Take(4))}{(about.Remotes.Count > 4 ? $" and {about.Remotes.Count - 4} more" : "")}");
}
