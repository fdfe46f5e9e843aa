// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Cases;

/// <summary>Fields of the acts on cases.</summary>
internal static class CaseForms
{
    private static readonly string[] Days = ["1", "3", "7", "14", "30"];

    /// <summary>What an act on several cases asks for. A false positive is said of one case, by who has looked at it.
    /// </summary>
    public static Markup FieldsOfMany(ConsoleCall call, string act) => act != "close" ? Fields(call, act)
        : Markup.Format($"""
        {Forms.Hidden("verdict", "fixed")}{Forms.Text("reason", call.Words["field.reason"], "", call.Words["field.reason.example"])}
        """);

    /// <summary>What an act asks for beside the case.</summary>
    public static Markup Fields(ConsoleCall call, string act)
    {
        var words = call.Words;
        return act switch
        {
            "assign" => Forms.Text("to", words["field.to"], call.Actor.Name),
            "snooze" => Forms.Choice("days", words["field.days"], "3", Days.Select(days =>
                (days, words.Count("days", int.Parse(days, System.Globalization.CultureInfo.InvariantCulture))))),
            "close" => Markup.Format($"""
                {Forms.Choice("verdict", words["field.verdict"], "fixed", [("fixed", words["verdict.fixed"]), ("false-positive", words["verdict.false-positive"])])}
                {Forms.Text("reason", words["field.reason"], "", words["field.reason.example"])}
                """),
            "garden" => Markup.Format($"""
                {Forms.Choice("garden", words["field.garden"], "leaky", [("leaky", words["garden.leaky"]), ("none", words["garden.none"])])}
                {Forms.Text("reason", words["field.reason"], "", words["field.reason.example"])}
                """),
            "comment" => Forms.Area("text", words["field.text"], words["field.text.example"]),
            _ => Markup.None,
        };
    }
}
