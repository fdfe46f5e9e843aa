// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Desk.Api.Audits;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Records;

/// <summary>The desk's record, newest page first, as it stands on the chain; that it was read is on record
/// too.</summary>
internal static class AuditPage
{
    private const int Rows = 200;

    public static void Map(ConsoleRoutes routes) => routes.Section(
        new(ConsoleHeading.Record, "audit", "audit/entries"), ShowAsync);

    private static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var words = call.Words;
        var heads = await call.Api.GetAsync("audit/heads", AuditJson.Default.AuditLinesResponse, ("limit", "1"),
            ("newest", "true"));
        var last = heads.Value is { Lines: [.., var line] } ? Head(line) : default;
        var after = call.Query("after");
        var reply = await call.Api.GetAsync(
            "audit/entries", AuditJson.Default.AuditLinesResponse,
            ("limit", Rows.ToString(CultureInfo.InvariantCulture)), after is null ? ("newest", "true")
                : ("after", after));
        if (reply.Value is not { } lines)
        {
            return TablePage.Refused(call, words["rail.audit"], reply.Problem!);
        }

        var entries = lines.Lines.Select(AuditRow.Read).Reverse().ToList();
        var columns = Columns(call);
        var json = Encoding.UTF8.GetBytes($"[{string.Join(",\n", lines.Lines)}]\n");
        if (TablePage.File(call, json, new FileTable<AuditRow>("audit", columns, entries)
            { IsCut = entries.Count > 0 && (entries[^1].Sequence > 1 || lines.Next is not null) }) is { } file)
        {
            return file;
        }

        var shown = call.Query("only") is { Length: > 0 } only ? entries.Where(one => one.Contains(only)).ToList()
            : entries;
        var refused = entries.Count(one => one.Outcome != "allow");
        return new PageAnswer(words["rail.audit"], Markup.Format($"""
            {Ui.Head(Markup.Format($"{words["rail.audit"]}"), Markup.Format($"""<p class="sub">{words["audit.sub"]}</p>"""), TablePage.Links(call))}
            <p class="lead"><b>{(last.Size == 0 ? words["audit.no-head"] : words.Fill("audit.head", ("n", words.Number(last.Number)), ("size", words.Number(last.Size)), ("time", words.Time(last.At, call.Now))))}</b> {words.Count("audit.refused", refused)}</p>
            <pre class="conf" tabindex="0">weir audit verify</pre>
            <form class="filter mt" method="get" action="/audit"><div class="box"><label class="vh" for="q">{words["audit.only"]}</label><input id="q" name="only" type="search" value="{call.Query("only")}" placeholder="{words["audit.only.example"]}" autocomplete="off"><kbd>/</kbd></div>{(after is null ? Markup.None : Forms.Hidden("after", after))}{Forms.Button(words["filter"])}<span class="count">{words.Count("audit.n", shown.Count)}</span></form>
            {(shown.Count == 0 ? Ui.Empty(words["audit.none"], words["audit.none.text"]) : TableMarkup.Render(words, columns, shown, words["rail.audit"]))}
            {Pages(call, entries, after is null ? null : lines.Next)}
            """));
    }

    private static Markup Pages(ConsoleCall call, List<AuditRow> entries, long? next)
    {
        var first = entries.Count == 0 ? 0 : entries[^1].Sequence;
        var older = first <= 1 ? Markup.None : Markup.Format($"""<a class="btn" href="/audit?after={Math.Max(0, first - 1 - Rows)}">{call.Words["audit.older"]}</a>""");
        var newer = next is null ? Markup.None
            : Markup.Format($"""<a class="btn" href="/audit?after={next.Value}">{call.Words["audit.newer"]}</a>""");
        return Markup.Format($"""<div class="acts mt">{older}{newer}</div>""");
    }

    private static (long Number, long Size, DateTimeOffset At) Head(string line)
    {
        using var head = JsonDocument.Parse(line);
        var root = head.RootElement;
        return (
            root.GetProperty("number").GetInt64(), root.GetProperty("size").GetInt64(),
            root.GetProperty("at").GetDateTimeOffset());
    }

    private static TableColumn<AuditRow>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("sequence", one => one.Sequence.ToString(CultureInfo.InvariantCulture)) { Class = "n" },
            new("time", one => one.Time) { Class = "lead1", Cell = one => Ui.Time(words, one.At, call.Now) },
            new("actor", one => one.Actor),
            new("role", one => one.Role) { Cell = one => Markup.Format($"{words.Term("role", one.Role)}") },
            new("act", one => one.Act) { Cell = one => Ui.Code(one.Act) },
            new("outcome", one => one.Outcome)
            {
                Cell = one => Ui.Status(one.Outcome == "allow" ? Shape.Well : Shape.End, one.Outcome == "allow"
                    ? words["audit.allowed"] : one.Outcome),
            },
            new("case", one => one.Case) { Cell = one => one.Case.Length == 0 ? Markup.None : Markup.Format($"""<a class="code" href="/cases/{one.Case}">{one.Case[..Math.Min(10, one.Case.Length)]}</a>""") },
            new("scope", one => one.Scope) { Cell = one => Ui.Code(one.Scope[..Math.Min(10, one.Scope.Length)]) },
            new("rows", one => one.Rows.ToString(CultureInfo.InvariantCulture)) { Class = "n" },
            new("reason", one => one.Reason) { Class = "full", Cell = one => Ui.Own(one.Reason) },
        ];
    }
}

/// <summary>One entry as it is shown.</summary>
internal sealed record AuditRow(
    long Sequence, string Time, string Actor, string Role, string Act, string Outcome, string Case)
{
    public string Scope { get; init; } = "";

    public long Rows { get; init; }

    public string Reason { get; init; } = "";

    public DateTimeOffset? At => DateTimeOffset.TryParse(Time, CultureInfo.InvariantCulture, out var at) ? at : null;

    /// <summary>Reads a line of the chain; what it lacks is empty.</summary>
    public static AuditRow Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        string Text(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : "";
        long Number(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetInt64() : 0;
        return new(Number("sequence"), Text("at"), Text("actor"), Text("role"), Text("act"), Text("outcome"),
            Text("case"))
        {
            Scope = Text("scope"), Rows = Number("rows"), Reason = Text("reason"),
        };
    }

    /// <summary>Whether a word stands anywhere in it.</summary>
    public bool Contains(string word) => ((string[])[Actor, Role, Act, Outcome, Case, Scope, Reason]).Any(
        value => value.Contains(word, StringComparison.OrdinalIgnoreCase));
}
