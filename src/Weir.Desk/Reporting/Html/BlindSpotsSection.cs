// SPDX-License-Identifier: Apache-2.0
//
// What could not be seen. Under 1:N sampling a conversation of m packets is seen with probability 1 - (1 - 1/N)^m
// (statistics.md B.10); lost datagrams and unknown templates hide what they held.
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

internal static class BlindSpotsSection
{
    private static readonly (int Packets, string What)[] Conversations =
    [
        (10, "one check-in of 10 packets"),
        (100, "100 packets"),
        (240, "a check-in every hour for a day"),
        (1_000, "1,000 packets"),
        (2_880, "a check-in every 5 minutes for a day"),
        (10_000, "10,000 packets"),
    ];

    public static Markup Write(Report report) => Markup.Format($"""
        <section id="unseen"><h2>What could not be seen</h2>
        {Limits(report)}
        {Coverage(report)}
        {Sampling(report)}
        {Losses(report)}
        {Lists(report)}
        {Withheld(report)}
        </section>

        """);

    private static Markup Limits(Report report) => report.Limits is not { Count: > 0 } limits ? Markup.None
        : Markup.Format($"""
        <h3>What this run cannot conclude</h3>
        <ul>{Markup.Join(limits.Select(limit => Markup.Format($"<li>{limit.Words}</li>\n")))}</ul>

        """);

    /// <summary>Minutes of the window in which an exporter delivered nothing; null where that is not known, as of
    /// files.</summary>
    public static IReadOnlyList<ExporterCoverage> Unwatched(Report report) =>
        [.. (report.Coverage ?? []).Where(one => one.Missing > 0 || one.Lost > 0)];

    private static Markup Coverage(Report report)
    {
        if (report.Coverage is not { } coverage)
        {
            return Markup.None;
        }

        if (coverage.Count == 0)
        {
            return Markup.Format($"<div class=\"note amber\"><p>No collector wrote down what it heard in this window: "
                + $"whether exporters delivered is not known, and nothing that is missing above is evidence of "
                + $"absence.</p></div>");
        }

        var unwatched = Unwatched(report);
        return unwatched.Count == 0
            ? Markup.Format($"<p>Every exporter delivered in every minute of the window, and nothing was lost on the way.</p>")
            : Markup.Format($"""
                <h3>Not watched</h3>
                <p>In these minutes an exporter delivered nothing. What happened behind it then is in no count above: the window cannot conclude that nobody met an endpoint.</p>
                {Table.Create("Exporters with gaps or losses", unwatched,
                    Table.Text<ExporterCoverage>("Exporter", e => e.Exporter, "code"),
                    Table.Number<ExporterCoverage>("Minutes missing", e => e.Missing),
                    Table.Number<ExporterCoverage>("of", e => e.Minutes),
                    Table.Text<ExporterCoverage>("Longest gap", LongestGap),
                    Table.Number<ExporterCoverage>("Lost on the way", e => e.Lost))}

                """);
    }

    private static string LongestGap(ExporterCoverage exporter) =>
        exporter.Gaps.MaxBy(gap => gap.Until - gap.From) is not { } gap ? ""
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{gap.From:yyyy-MM-dd HH:mm} to {gap.Until:yyyy-MM-dd HH:mm}Z{(gap.WasWatched ? "" : ", no collector ran")}");

    /// <summary>The chance to see at least one of <paramref name="packets"/> packets when one in
    /// <paramref name="rate"/> is looked at.</summary>
    public static double ChanceToSee(long rate, int packets) => rate <= 1 ? 1 : 1 - Math.Pow(1 - (1.0 / rate), packets);

    private static Markup Sampling(Report report)
    {
        var rates = report.Inputs.Select(i => i.SamplingRate)
            .Concat(report.Exporters.Select(e => e.SamplingRate)).Where(r => r > 1).Distinct().Order().ToList();
        if (rates.Count == 0)
        {
            return Markup.Format($"<p>As far as the exporters said, no sampling was in use: every packet counted.</p>");
        }

        Column<(int Packets, string What)>[] columns =
        [
            Table.Text<(int Packets, string What)>("Conversation", c => c.What),
            .. rates.Select(rate => Table.Text<(int Packets, string What)>(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"1:{rate}"),
                c => NumberFormatting.Percent(ChanceToSee(rate, c.Packets)), "n")),
        ];
        return Markup.Format($"""
            <h3>Sampling</h3>
            <p>The exporters looked at only some packets. A subscriber whose conversation fell between them is missing from every count above.</p>
            {Table.Create("Chance to see at least one packet of a conversation", Conversations, columns)}

            """);
    }

    /// <summary>Everything that arrived and was not used, by input and reason.</summary>
    public static IReadOnlyList<(string Where, string What, long Count, string Unit)> LossesOf(Report report)
    {
        List<(string Where, string What, long Count, string Unit)> lost = [];
        foreach (var input in report.Inputs)
        {
            lost.AddRange(input.Losses.Where(l => l.Count > 0).Select(l => (input.Path, l.Reason, l.Count, l.Unit)));
            Add(input.TemplateUnknown, "template not yet seen", "sets");
            Add(input.Malformed, "malformed", "faults");
            Add(input.SequenceGaps, "missing by the exporter's sequence numbers", "units");

            void Add(long count, string what, string unit)
            {
                if (count > 0)
                {
                    lost.Add((input.Path, what, count, unit));
                }
            }
        }

        return lost;
    }

    private static Markup Losses(Report report)
    {
        var lost = LossesOf(report);
        return lost.Count == 0
            ? Markup.Format(
                $"<p>Nothing that arrived was lost: every datagram and line was decoded, with its template known.</p>")
            : Markup.Format($"""
                <h3>Lost on the way</h3>
                {Table.Create("Losses by input and reason", lost,
                    Table.Text<(string Where, string What, long Count, string Unit)>("Input", l => l.Where, "code long"),
                    Table.Text<(string Where, string What, long Count, string Unit)>("What", l => l.What),
                    Table.Number<(string Where, string What, long Count, string Unit)>("Count", l => l.Count),
                    Table.Text<(string Where, string What, long Count, string Unit)>("Unit", l => l.Unit))}

                """);
    }

    private static Markup Lists(Report report)
    {
        var refused = report.Watchlists
            .SelectMany(w => w.Refusals.Select(r => (w.Name, r.Place, r.Why))).Take(30).ToList();
        return Markup.Format($"""
            {(report.Watchlists.Count == 0 ? Markup.Literal("<div class=\"note amber\"><p>No list was in force: nobody can be found infected, and there is nothing to compare.</p></div>") : Markup.None)}
            {Table.Create("Lines of lists that were refused (the first 30)", refused,
                Table.Text<(string Name, string Place, string Why)>("List", r => r.Name),
                Table.Text<(string Name, string Place, string Why)>("Place", r => r.Place),
                Table.Text<(string Name, string Place, string Why)>("Why", r => r.Why))}
            """);
    }

    private static Markup Withheld(Report report) => report.Withholdings.Count == 0 ? Markup.None : Markup.Format($"""
        <h3>Held back on purpose</h3>
        {Table.Create($"Profile {report.Profile}", report.Withholdings,
            Table.Text<ReportWithholding>("What", w => w.What),
            Table.Number<ReportWithholding>("How many", w => w.Count),
            Table.Text<ReportWithholding>("Why", w => w.Why))}
        """);
}
