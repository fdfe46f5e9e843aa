// SPDX-License-Identifier: Apache-2.0
using Spectre.Console;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;

namespace Weir.Cli.Reporting;

/// <summary>The report as tables on the screen: coloured on a terminal, plain lines otherwise.</summary>
internal static class ReportScreen
{
    private const int MaxRows = 20;

    /// <summary>A console over a writer: colours and the real width on a terminal, none and a hundred columns
    /// otherwise.</summary>
    public static IAnsiConsole ConsoleFor(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = Screen.Usual;
            console.Profile.Capabilities.Unicode = false;
        }

        return console;
    }

    /// <summary>Writes a shaped report: what the profile hides is hidden here too.</summary>
    public static void Write(Report report, IAnsiConsole console)
    {
        Line(console, $"Weir report  {NumberFormatting.Time(report.Window.From)} to "
            + $"{NumberFormatting.Time(report.Window.Until)} UTC  profile {report.Profile}", "bold");
        Line(console, report.Profile == ReportAnonymizer.LabProfile
            ? "LAB PROFILE: subscribers stand here in clear; for public or self-made data only"
            : "nobody is named: counts are rounded, or bands, and events stand under pseudonyms",
            report.Profile == ReportAnonymizer.LabProfile ? "bold red" : "grey");

        var noList = report.Limits.FirstOrDefault(limit => limit.What == ReportLimits.NoList);
        if (noList is not null)
        {
            Line(console, $"{noList.Words.TrimEnd('.')}: --watchlist FILE.", "bold yellow");
        }

        Inputs(report, console);
        Flows(report, console);
        Tables(report, console);
        var counters = report.Counters;
        if (counters.Late + counters.NoRoom + counters.DetailsRefused > 0)
        {
            Line(console, $"counters: {N(counters.Seen)} flows seen = {N(counters.Counted)} counted + "
                + $"{N(counters.Late)} out of time + {N(counters.NoRoom)} without room + {N(counters.Allowed)} allowed "
                + $"+ {N(counters.AtBorder)} at the border; {N(counters.DetailsRefused)} wishes for detail refused",
                "yellow");
        }

        Conclusion(report, console);
    }

    private static void Inputs(Report report, IAnsiConsole console)
    {
        Draw(console, "inputs", report.Inputs, [
            "input", "format", "datagrams", "flows", "sampling", "malformed", "no template", "missing"],
            i => [
                i.Path, i.Format, N(i.Datagrams), N(i.Flows), InputsSection.Sampling(i.SamplingRate, i.SamplingSource),
                N(i.Malformed), N(i.TemplateUnknown), N(i.SequenceGaps)], "format", "datagrams");
        foreach (var input in report.Inputs.Where(i => i.Note is not null))
        {
            Line(console, $"{input.Path} {input.Note}", "yellow");
        }

        foreach (var (input, loss) in report.Inputs.SelectMany(
            i => i.Losses.Where(l => l.Count > 0).Select(l => (i.Path, l))))
        {
            Line(console, $"lost: {input}: {N(loss.Count)} {loss.Unit}: {loss.Reason}", "yellow");
        }
    }

    private static void Flows(Report report, IAnsiConsole console)
    {
        var flows = report.Flows;
        Line(console, $"flows: {N(flows.Read)} read = {N(flows.Attributed)} attributed + {N(flows.Foreign)} foreign + "
            + $"{N(flows.Internal)} internal + {N(flows.Spoofed)} spoofed + {N(flows.Excluded)} "
            + $"excluded{(flows.OutsideWindow > 0 ? $" + {N(flows.OutsideWindow)} outside the time asked for" : "")}{(flows.Unattributed > 0 ? $" + {N(flows.Unattributed)} unattributed" : "")}"
            + (flows.SeenTwice > 0 ? $" + {N(flows.SeenTwice)} told twice by one router" : ""));
        if (flows is { Foreign: > 0, Attributed: 0, Internal: 0, Excluded: 0, Unattributed: 0 })
        {
            Line(console, "no flow is of the provider's own networks, so nothing was looked for: --networks names "
                + "them, and an address of a subscriber has to be inside one", "yellow");
        }

        var isJudged = !report.Limits.Any(limit => limit.What == ReportLimits.NoList);
        Line(console, $"subjects: {report.Subjects.Seen} seen, "
            + (isJudged ? $"{report.Subjects.Cases} infected, " : "infected not judged (no list), ")
            + $"{report.Subjects.Controls} controls, {report.Subjects.Excluded} excluded");
    }

    private static void Tables(Report report, IAnsiConsole console)
    {
        Draw(console, "listed endpoints contacted", report.Sightings, [
            "endpoint", "network", "list", "subjects", "exchanges", "attempts"],
            s => [
                NumberFormatting.Endpoint(s.Remote, s.Port, s.Protocol), $"{s.Network}", s.List, $"{s.Subjects}",
                $"{s.Exchanges}",
                $"{s.Attempts}"]);
        Draw(console, "infected", report.Infected, ["subject", "endpoints", "first", "last", "exchanges"],
            i => [
                i.Subject, string.Join(", ", i.Endpoints.Select(report.NameOf)), NumberFormatting.Time(i.First),
                NumberFormatting.Time(i.Last), N(i.Exchanges)]);
        Draw(console, CommandTable.IsRanked(report) ? "candidates, what commands first"
            : "candidates, strongest first", [.. report.Candidates.Where(CommandTable.IsAlone(report))], [
            "endpoint", "network", "command", "status", "cases", "expected", "others", "q", "IC025", "onset",
            "campaign"],
            c => [
                NumberFormatting.Endpoint(c.Remote, c.Port, c.Protocol), $"{c.Network}", $"{c.Command}",
                CommandTable.StatusOf(c), $"{c.Cases}",
                $"{c.Expected}", $"{c.Others}", $"{c.Q}", $"{c.Ic025}", c.Onset, c.Campaign ?? ""],
            "IC025", "expected", "onset", "network", "campaign");
        Draw(console, "campaigns: what was ordered", report.Campaigns, [
            "id", "looks like", "endpoints", "lines", "from", "until", "representative"],
            c => [
                c.Id, c.Words, N(c.Endpoints.Count), $"{c.Lines}", NumberFormatting.Time(c.From),
                NumberFormatting.Time(c.Until), report.NameOf(c.Representative)]);
        Peers(report.Peers, console);
        Other(report.ByDeeds, "were seen to attack", console);
        Other(report.ByReports, "were reported by others", console);
        Draw(console, "events", report.Events, [
            report.Profile == ReportAnonymizer.LabProfile ? "subject" : "pseudonym", "rule", "traffic", "times", "from",
            "until", "measured", "threshold", "unit"],
            e => [
                e.Subject, e.Rule,
                e.TrafficClass is { } about ? $"{about.Direction} {about.Protocol} {about.Port}".TrimEnd() : e.Detail,
                N(e.Count), NumberFormatting.Time(e.From), NumberFormatting.Time(e.Until), N(e.Measured),
                N(e.Threshold), e.Unit], "unit", "until", "times");
        if (report.Profile != ReportAnonymizer.LabProfile)
        {
            Draw(console, "events by rule", report.EventCounts, ["rule", "events", "subjects"], c =>
                [c.Rule, $"{c.Events}", $"{c.Subjects}"]);
        }
    }

    private static void Peers(ReportPeers? peers, IAnsiConsole console)
    {
        if (peers is null)
        {
            return;
        }

        Line(console, PeersSection.Words(peers));
        Draw(console, PeersSection.Caption, PeersSection.Rows(peers), PeersSection.Headings, row => [.. row]);
        foreach (var group in peers.Groups.Take(MaxRows))
        {
            Line(console, $"{group.Id}: tell {PeersSection.Lines(group, MaxRows)}");
        }
    }

    private static void Other(ReportOtherCases? other, string what, IAnsiConsole console)
    {
        if (other is null)
        {
            return;
        }

        Line(console, $"{N(other.Lines)} lines {what} ({string.Join(", ", other.By)}), {N(other.AlsoListed)} of them "
            + $"also met a listed endpoint, {N(other.NotSeen)} met nobody; compared apart:");
        Draw(console, $"what lines share that {what}", other.Candidates, [
            "endpoint", "network", "command", "status", "these lines", "others", "q"],
            c => [
                NumberFormatting.Endpoint(c.Remote, c.Port, c.Protocol), $"{c.Network}", $"{c.Command}", c.Status,
                $"{c.Cases}", $"{c.Others}", $"{c.Q}"]);
    }

    private static void Conclusion(Report report, IAnsiConsole console)
    {
        var family = report.Family;
        if (!family.Power.Enough)
        {
            Line(console, $"the comparison cannot conclude: {family.Power.Why}", "yellow");
        }

        foreach (var exporter in (report.Coverage ?? []).Where(one => one.Missing > 0))
        {
            Line(console, $"the window has gaps: exporter {exporter.Exporter} delivered nothing in "
                + $"{N(exporter.Missing)} of {N(exporter.Minutes)} minutes; what is not found may have happened "
                + "unseen", "yellow");
        }

        foreach (var limit in report.Limits.Where(limit => limit.What is ReportLimits.PopularEntry
            or ReportLimits.Scanner or ReportLimits.Clocks or ReportLimits.ClockFar or ReportLimits.Sampling
            or ReportLimits.Replication))
        {
            Line(console, limit.Words, "yellow");
        }

        if (!family.Valid)
        {
            Line(console, $"the comparison failed its self-test ({N(family.PermutedDiscoveries)} discoveries on "
                + "shuffled labels): do not use its candidates", "bold red");
        }

        Line(console, $"tested {N(family.Endpoints)} endpoints at q {family.Q}; shuffled labels: "
            + $"{N(family.PermutedDiscoveries)} discoveries; pooled Fisher would flag "
            + $"{family.Baselines.PooledFisher}, popularity {family.Baselines.Popularity}");
        foreach (var held in report.Withholdings)
        {
            Line(console, $"withheld: {held.Count} {held.What}: {held.Why}", "grey");
        }

        foreach (var list in report.Watchlists.Where(w => w.Stale is not null || w.RefusedLines > 0))
        {
            Line(console, $"list {list.Name}: {N(list.Entries)} entries, {N(list.RefusedLines)} lines "
                + $"refused{(list.Stale is null ? "" : $"; an older copy is in force: {list.Stale}")}", "yellow");
        }
    }

    private static void Draw<T>(
        IAnsiConsole console, string title, IReadOnlyList<T> rows, string[] headings, Func<T, string[]> cells,
        params string[] spare)
    {
        if (rows.Count == 0)
        {
            return;
        }

        List<string[]> shown = [.. rows.Take(MaxRows).Select(row => cells(row).Select(Screen.Clean).ToArray())];
        int[] told = [.. Enumerable.Range(0, headings.Length).Where(at => shown.Exists(row => row[at].Length > 0))];
        for (var dropped = 0; dropped < spare.Length && !ScreenTable.Fits(Names(), Cells(), console.Profile.Width);)
        {
            var name = spare[dropped++];
            told = [.. told.Where(at => headings[at] != name)];
        }

        Line(console, title, "bold");
        ScreenTable.Write(Names(), Cells(), console.Profile.Width, console.Profile.Out.Writer);
        if (rows.Count > MaxRows)
        {
            Line(console, $"... and {N(rows.Count - MaxRows)} more in the report");
        }

        string[] Names() => [.. told.Select(at => headings[at])];

        ScreenCell[][] Cells() => [.. shown.Select(row => told.Select(at => CellOf(row[at])).ToArray())];
    }

    /// <summary>What is made of figures alone is a number, which is never broken.</summary>
    private static ScreenCell CellOf(string text) => new(
        text,
        text.Any(char.IsAsciiDigit)
            && text.All(c => char.IsAsciiDigit(c) || c is '.' or ',' or '-' or '+' or '<' or 'e'));

    private static void Line(IAnsiConsole console, string text, string style = "")
    {
        console.Write(new Text(Screen.Clean(text), style.Length == 0 ? Spectre.Console.Style.Plain
            : Spectre.Console.Style.Parse(style)));
        console.WriteLine();
    }

    private static string N(PublishedValue figure) => figure.ToString();
}
