// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Cases;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Cases;

/// <summary>The queue: rows of case files, grouped by what they are about.</summary>
internal static class CaseTable
{
    /// <summary>Name of the boxes that select.</summary>
    public const string Pick = "case";

    public static TableColumn<CaseSummary>[] Columns(ConsoleCall call, bool canPick)
    {
        var words = call.Words;
        TableColumn<CaseSummary>[] columns =
        [
            new("pick", _ => "")
            {
                Class = "pick", Cell = one => Markup.Format($"""<input type="checkbox" name="{Pick}" value="{one.Id}" aria-label="{words.Fill("cases.pick", ("id", one.Id))}">"""),
            },
            new("case", one => one.Id)
            {
                Class = "lead1", Cell = one =>
                    Markup.Format($"""<a class="code" href="/cases/{one.Id}">{Short(one.Id)}</a>"""),
            },
            new("severity", one => one.Severity) { Class = "right1", Cell = one =>
                Ui.Severity(words, one.Severity) },
            new("rules", one => one.Rules) { Class = "full", Cell = one =>
                Markup.Format($"{Terms(call, "rule", one.Rules)}") },
            new("subject", one => one.Subject) { Class = "hide1", Cell = one => Ui.Code(ShortSubject(one.Subject)) },
            new("state", one => one.State) { Cell = one => State(call, one.State) },
            new("level", one => one.Level) { Cell = one => Markup.Format($"{words.Term("level", one.Level)}") },
            new("notice", one => one.Notice) { Cell = one => Notice(call, one.Notice) },
            new("opened", one => one.Opened.ToString("O", CultureInfo.InvariantCulture))
            {
                Class = "n hide1", Cell = one => Ui.Age(words, one.Opened, call.Now),
            },
            new("assignee", one => one.Assignee)
            {
                Class = "hide1 nb", Cell = one => Markup.Format($"{(one.Assignee.Length == 0 ? "–" : one.Assignee == call.Actor.Name ? words["me"] : one.Assignee)}"),
            },
            new("endpoints", one => one.Endpoints) { Class = "hide1" },
        ];
        return canPick ? columns : columns[1..];
    }

    /// <summary>A table with a row for each group that says what is common to it.</summary>
    public static Markup Render(ConsoleCall call, IReadOnlyList<CaseSummary> rows, bool canPick)
    {
        var words = call.Words;
        List<TableColumn<CaseSummary>> columns = [.. Columns(call, canPick).Where(column => column.Key != "endpoints")];
        return Markup.Format($"""
            <div class="scroll"><table class="stack"><caption class="vh">{words["rail.cases"]}</caption>
            <thead><tr>{Markup.Join(columns.Select(column => Head(call, column)))}</tr></thead>
            {Markup.Join(rows.GroupBy(one => one.Endpoints, StringComparer.Ordinal).Select(same => Group(call, columns, [.. same])))}
            </table></div>
            """);
    }

    private static Markup Head(ConsoleCall call, TableColumn<CaseSummary> column) => column.Key == "pick"
        ? Markup.Format($"""<th class="pick" scope="col"><span class="vh">{call.Words["column.pick"]}</span></th>""")
        : Markup.Format($"""<th scope="col" class="{(column.Class.Contains("n hide1", StringComparison.Ordinal) ? "n" : "")}">{call.Words[$"column.{column.Key}"]}</th>""");

    private static Markup Group(ConsoleCall call, List<TableColumn<CaseSummary>> columns, List<CaseSummary> rows)
    {
        var first = rows[0];
        var about = string.Join(" · ",
            ((string[])[first.Families, first.Networks, first.Lists]).Where(text => text.Length > 0));
        return Markup.Format($"""
            <tbody><tr class="group"><th colspan="{columns.Count}" scope="rowgroup"><span class="code about">{first.Endpoints}</span> <span>{(about.Length > 0 ? $"· {about} " : "")}· {call.Words.Count("cases.n", rows.Count)}</span></th></tr>
            {Markup.Join(rows.Select(row => Row(call.Words, columns, row)))}</tbody>
            """);
    }

    private static Markup Row(ConsoleWords words, List<TableColumn<CaseSummary>> columns, CaseSummary row) => Markup.Format($"""
        <tr data-row>{TableMarkup.Cells(words, columns, row)}</tr>

        """);

    /// <summary>The first eight digits; the address and a copy have all of them.</summary>
    public static string Short(string id) => id.Length > 10 ? id[..10] : id;

    private static string ShortSubject(string subject) =>
        subject.Length > 12 && !subject.Contains('.', StringComparison.Ordinal)
            && !subject.Contains(':', StringComparison.Ordinal)
            ? subject[..12] : subject;

    public static string Terms(ConsoleCall call, string group, string names) => string.Join(
        ", ", names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => call.Words.Term(group, name)));

    public static Markup State(ConsoleCall call, string state) => Ui.Status(
        state switch { "open" => Shape.Open, "assigned" => Shape.Half, "snoozed" => Shape.Ring, _ => Shape.End },
        call.Words.Term("state", state));

    public static Markup Notice(ConsoleCall call, string notice)
    {
        if (notice is "none" || notice.Split(' ') is not [var step, var state])
        {
            return Ui.Status(Shape.Ring, call.Words["notice.none"]);
        }

        return Ui.Status(
            state switch { "told" => Shape.Well, "waiting" => Shape.Ring, "dropped" => Shape.End, _ => Shape.Look },
            $"{call.Words.Term("step", step)}: {call.Words.Term("notice", state)}");
    }
}
