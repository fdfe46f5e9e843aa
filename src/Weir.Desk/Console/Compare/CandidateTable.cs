// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Reports;
using Weir.Desk.Comparisons;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Reporting;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Compare;

/// <summary>A candidate at its place in the queue.</summary>
/// <param name="Place">From 1, as the run ranked it.</param>
/// <param name="One">The candidate.</param>
/// <param name="Folded">So many of its campaign stand behind it.</param>
internal sealed record CandidateRow(int Place, ReportCandidate One, int Folded)
{
    public string Endpoint => RunCandidates.EndpointOf(One);

    public Interval? Interval => One is { Ic.IsNumber: true, Ic025.IsNumber: true }
        ? new("", One.Ic.Number, One.Ic025.Number, One.Status == "shared", "") : null;

    /// <summary>The strongest reasons in words, three at most; the sentence where no reasons are told.</summary>
    public string Why => One.Reasons.Count == 0 ? One.Why : string.Join("; ", One.Reasons.Take(3).Select(r => r.Words));

    /// <summary>All candidates of a run in its order.</summary>
    public static IReadOnlyList<CandidateRow> Of(Report report) =>
        [.. report.Candidates.Select((one, i) => new CandidateRow(i + 1, one, 0))];

    /// <summary>Those that are shown one by one: a campaign as its first, with the number of the others.</summary>
    public static IReadOnlyList<CandidateRow> Fold(IReadOnlyList<CandidateRow> rows)
    {
        var sizes = rows.Where(row => row.One.Campaign is not null).CountBy(row => row.One.Campaign!).ToDictionary();
        HashSet<string> seen = [];
        return
        [
            .. rows.Where(row => row.One.Campaign is not { } of || seen.Add(of))
                .Select(row => row.One.Campaign is { } of ? row with { Folded = sizes[of] - 1 } : row),
        ];
    }
}

/// <summary>The ranked queue.</summary>
internal static class CandidateTable
{
    public static TableColumn<CandidateRow>[] Columns(ConsoleCall call, IReadOnlyList<CandidateRow> all)
    {
        var words = call.Words;
        List<Interval> intervals = [.. all.Select(row => row.Interval).OfType<Interval>()];
        return
        [
            new("place", row => row.Place.ToString(CultureInfo.InvariantCulture)) { Class = "n" },
            new("endpoint", row => row.Endpoint)
            {
                Class = "lead1", Cell = row => Markup.Format($"""{EndpointLink.Write(row.Endpoint)} <span class="why">{row.One.Network?.ToString()}{(row.Folded == 0 ? Markup.None : Markup.Format($""" <a href="#campaign-{row.One.Campaign}">{words.Count("compare.folded", row.Folded)}</a>"""))}</span>"""),
            },
            new("state", row => $"{row.One.Status} {row.One.State}") { Cell = row => State(call, row.One) },
            new("why", row => row.Why) { Class = "full", Cell = row => Ui.Said(words, row.Why) },
            new("infected", row => $"{row.One.Cases}") { Class = "n" },
            new("others", row => $"{row.One.Others}") { Class = "n" },
            new("expected", row => $"{row.One.Expected}") { Class = "n hide1" },
            new("times", row => row.Interval is { } of
                ? string.Create(CultureInfo.InvariantCulture, $"{of.Ic:0.##} ({of.Ic025:0.##})") : $"{row.One.Ic}")
            {
                Class = "hide1", Cell = row => row.Interval is { } of ? IntervalPlot.Mini(of, intervals)
                    : Markup.Format($"""<span class="quiet">{row.One.Ic}</span>"""),
            },
            new("q", row => $"{row.One.Q}") { Class = "n" },
            new("campaign", row => row.One.Campaign ?? "") { IsShown = false },
            new("rests-on", row => string.Join(' ', row.One.RestsOn)) { IsShown = false },
        ];
    }

    /// <summary>How far it is, as a shape and words.</summary>
    public static Markup State(ConsoleCall call, ReportCandidate one) => Markup.Format(
        $"""{Ui.Status(one.Status == "shared" ? Shape.Look : Shape.Open, call.Words.Term("candidate-status", one.Status))}{(one.State == "replicated" ? Markup.Format($""" <span class="why">{call.Words.Term("candidate-state", one.State)}</span>""") : Markup.None)}""");
}
