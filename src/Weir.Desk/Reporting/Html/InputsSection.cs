// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>What came in: inputs, where the flows went, exporters, lists.</summary>
internal static class InputsSection
{
    public static Markup Write(Report report) => Markup.Format($"""
        <section id="inputs"><h2>What came in</h2>
        {Shares(report.Flows)}
        {Table.Create("Inputs", report.Inputs,
            Table.Text<ReportInput>("Input", i => i.Path, "code long"),
            Table.Text<ReportInput>("Format", i => i.Format),
            Table.Number<ReportInput>("Datagrams", i => i.Datagrams),
            Table.Number<ReportInput>("Flows", i => i.Flows),
            Table.Text<ReportInput>("Sampling", i => Sampling(i.SamplingRate, i.SamplingSource)),
            Table.Number<ReportInput>("Malformed", i => i.Malformed),
            Table.Number<ReportInput>("Sets without template", i => i.TemplateUnknown),
            Table.Number<ReportInput>("Missing by sequence", i => i.SequenceGaps))}
        {Table.Create("Exporters", report.Exporters,
            Table.Text<ReportExporter>("Exporter", e => e.Address, "code"),
            Table.Number<ReportExporter>("Domain", e => (long)e.Domain),
            Table.Text<ReportExporter>("Protocol", e => e.Protocol),
            Table.Number<ReportExporter>("Datagrams", e => e.Datagrams),
            Table.Number<ReportExporter>("Flows", e => e.Flows),
            Table.Number<ReportExporter>("Templates", e => (long)e.Templates),
            Table.Text<ReportExporter>("Sampling", e => Sampling(e.SamplingRate, e.SamplingSource)),
            Table.Number<ReportExporter>("Missing by sequence", e => e.SequenceGaps))}
        {Table.Create("Lists in force", report.Watchlists,
            Table.Text<ReportWatchlist>("List", w => w.Name),
            Table.Text<ReportWatchlist>("Role", w => w.Role),
            Table.Number<ReportWatchlist>("Entries", w => w.Entries),
            Table.Number<ReportWatchlist>("Refused lines", w => w.RefusedLines),
            Table.Text<ReportWatchlist>("Age", w => Age(w.AgeSeconds)),
            Table.Text<ReportWatchlist>("State", w => w.Stale is null ? "in force" : $"an older copy is in force: {w.Stale}"))}
        </section>

        """);

    public static string Sampling(long rate, string source) => rate <= 1
        ? source is "none" or "" ? "not said; taken as unsampled" : $"unsampled ({source})"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"1:{rate} ({source})");

    private static string Age(double seconds) => seconds switch
    {
        < 120 => $"{(PublishedValue)Math.Round(seconds)} s",
        < 7_200 => $"{(PublishedValue)Math.Round(seconds / 60)} min",
        < 172_800 => $"{(PublishedValue)Math.Round(seconds / 3_600)} h",
        _ => $"{(PublishedValue)Math.Round(seconds / 86_400)} d",
    };

    private static Markup Shares(ReportFlows flows)
    {
        (string Name, long Count, string Colour)[] parts =
        [
            ("attributed to a subject", flows.Attributed, "var(--blue)"),
            ("foreign: neither end is ours", flows.Foreign, "var(--grey)"),
            ("internal: both ends are ours", flows.Internal, "var(--green)"),
            ("spoofed source", flows.Spoofed, "var(--red)"),
            ("excluded subjects", flows.Excluded, "var(--amber)"),
            ("outside the time asked for", flows.OutsideWindow, "var(--line)"),
            ("told twice by one router", flows.SeenTwice, "var(--line)"),
            ("unattributed: no lease or no key", flows.Unattributed, "var(--line)"),
        ];
        var shown = parts.Where(p => p.Count > 0).ToList();
        var total = (double)shown.Sum(p => p.Count);
        if (total == 0)
        {
            return Markup.Format($"<p>No flow was read.</p>");
        }

        List<Markup> bars = [];
        var at = 0.0;
        foreach (var (name, count, colour) in shown)
        {
            var width = count / total * 1_000;
            bars.Add(Markup.Format($"""<rect x="{at:0.##}" y="0" width="{width:0.##}" height="16" style="fill:{colour}"><title>{name}: {(PublishedValue)count}</title></rect>"""));
            at += width;
        }

        return Markup.Format($"""
            <p>{NumberFormatting.Plural(flows.Read, "flow was", "flows were")} read. An address inside the provider's networks is a subject, one outside is a remote.</p>
            <svg class="bar" viewBox="0 0 1000 16" preserveAspectRatio="none" role="img" aria-label="Where the flows went; the figures follow">{Markup.Join(bars)}</svg>
            <ul class="key">{Markup.Join(shown.Select(p => Markup.Format($"<li><i style=\"background:{p.Colour}\"></i>{p.Name}: {(PublishedValue)p.Count} ({NumberFormatting.Percent(p.Count / total)})</li>")))}</ul>

            """);
    }
}
