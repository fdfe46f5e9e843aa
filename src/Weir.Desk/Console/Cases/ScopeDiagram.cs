// SPDX-License-Identifier: Apache-2.0
//
// What is open of a line and what stays closed, drawn: this line, this class, this time. The closed part is hatched and
// says what event would open it; no role opens it by asking (rules.md R2).
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Desk.Api.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Cases;

/// <summary>Draws scopes on one axis of time.</summary>
internal static class ScopeDiagram
{
    /// <summary>Of the drawing's own units.</summary>
    private const double Width = 360;

    private const int Marks = 6;

    /// <summary>What a line has beside its scopes.</summary>
    private static readonly (string Name, TrafficKinds Kinds)[] Others =
    [
        ("other-ports", TrafficKinds.OtherPorts), ("mail", TrafficKinds.Mail), ("tcp", TrafficKinds.Tcp),
        ("udp", TrafficKinds.Udp), ("contents", TrafficKinds.None),
    ];

    public static Markup Render(ConsoleCall call, CaseResponse file)
    {
        var words = call.Words;
        var axis = Axis.Of(file.Scopes, call.Now);
        var open = file.Scopes.Where(scope => scope.State == "open").Aggregate(
            TrafficKinds.None, (kinds, scope) =>
                kinds | (DetectionRules.Find(RuleOf(scope))?.Opens ?? TrafficKinds.None));
        return Markup.Format($"""
            <div class="lanes">
            <div class="lane axisrow"><div class="what"></div><div class="axis">{Markup.Join(axis.Times().Select(mark => Markup.Format($"<span>{mark}</span>")))}</div><div class="opens">{words["scope.opens"]}</div></div>
            {Markup.Join(file.Scopes.Select(scope => Lane(call, file.Case.Id, scope, axis)))}
            {Markup.Join(Others.Where(other => other.Kinds != TrafficKinds.Mail || !open.HasFlag(TrafficKinds.Mail)).Select(other => Closed(call, other, axis)))}
            </div>
            <ul class="key"><li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="open-rect" x=".5" y="1" width="9" height="8"/></svg>{words["scope.key.open"]}</li><li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="b2" x=".5" y="1" width="9" height="8"/></svg>{words["scope.key.ended"]}</li><li><svg viewBox="0 0 10 10" aria-hidden="true"><path class="nowline" d="M5 0V10"/></svg>{words["scope.key.now"]}</li><li>{words["scope.key.closed"]}</li></ul>
            """);
    }

    private static string RuleOf(ScopeSummary scope) => CaseTraits.RuleOf(scope.Trigger);

    private static Markup Lane(ConsoleCall call, string id, ScopeSummary scope, Axis axis)
    {
        var words = call.Words;
        var isOpen = scope.State == "open";
        var says = scope.State switch
        {
            "sealed" => Ui.Said(words, scope.Seal),
            "erased" => Markup.Format($"{words["scope.erased"]}"),
            _ => Markup.Format($"{words.Fill(isOpen ? "scope.until" : "scope.ended",
                ("until", words.Time(scope.Until, call.Now)), ("expires", words.Time(scope.Expires, call.Now)))}"),
        };
        var read = scope.State is "open" or "ended" && call.Api.May("POST", "cases/{id}/evidence")
            ? Markup.Format($""" <a href="/cases/{id}/evidence?scope={scope.Id}">{words["scope.read"]}</a>""")
            : Markup.None;
        return Markup.Format($"""
            <div class="lane {(isOpen ? "openlane" : "")}"><div class="what"><b class="code wrap">{scope.Class}</b><span class="why">{CaseTable.Short(scope.Id)} · {words.Term("rule", RuleOf(scope))} · {words.Term("scope-state", scope.State)}</span></div>
            <div class="track">{Plots.Span(isOpen ? "open-rect" : "b2", axis.At(scope.From, Width), axis.At(scope.Until, Width), axis.At(call.Now, Width))}</div>
            <div class="opens">{says}{read}</div></div>
            """);
    }

    private static Markup Closed(ConsoleCall call, (string Name, TrafficKinds Kinds) other, Axis axis)
    {
        var words = call.Words;
        string[] rules = [.. DetectionRules.All.Where(rule => (rule.Opens & other.Kinds) != 0).Select(rule => rule.Id)];
        var opens = rules.Length == 0
            ? Markup.Format($"{words["closed.never"]}")
            : Markup.Join(rules.Select(rule =>
                Markup.Format($"""<span class="code">{rule}</span>: {words[$"event.{rule}"]} """)));
        return Markup.Format($"""
            <div class="lane"><div class="what">{words[$"closed.{other.Name}"]}</div>
            <div class="track">{Plots.Closed(axis.At(call.Now, Width))}<span class="tag">{(rules.Length == 0 ? words["closed.tag.never"] : words["closed.tag"])}</span></div>
            <div class="opens">{opens}</div></div>
            """);
    }

    /// <summary>A span of time that shows all scopes and now.</summary>
    private readonly record struct Axis(DateTimeOffset From, DateTimeOffset Until)
    {
        private static readonly TimeSpan Least = TimeSpan.FromMinutes(30);

        public static Axis Of(IReadOnlyList<ScopeSummary> scopes, DateTimeOffset now)
        {
            var from = scopes.Select(scope => scope.From).Append(now - Least).Min();
            var until = scopes.Select(scope => scope.Until).Append(now).Max();
            var margin = (until - from) / 20;
            return new(from - margin, until + margin);
        }

        public double At(DateTimeOffset time, double width) =>
            Math.Clamp((time - From) / (Until - From), 0, 1) * width;

        /// <summary>The hour at each mark; with the day where it is more than one.</summary>
        public IEnumerable<string> Times()
        {
            var form = (Until - From).TotalHours > 36 ? "MM-dd HH:mm" : "HH:mm";
            for (var i = 0; i < Marks; i++)
            {
                yield return (From
                    + ((Until - From) * i / (Marks - 1))).UtcDateTime.ToString(form, CultureInfo.InvariantCulture);
            }
        }
    }
}
