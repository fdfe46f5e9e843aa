// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>Forms and what stands in them. Each carries the session's key.</summary>
internal static class Forms
{
    /// <summary>The field with the session's key.</summary>
    public const string KeyField = "form-key";

    /// <summary>A form that does something.</summary>
    /// <param name="call">Whose session.</param>
    /// <param name="to">Where it is sent.</param>
    /// <param name="content">Its fields and buttons.</param>
    /// <param name="kind">Its classes.</param>
    public static Markup Post(ConsoleCall call, string to, Markup content, string kind = "") => Markup.Format($"""
        <form method="post" action="{to}" class="{kind}"><input type="hidden" name="{KeyField}" value="{call.Session.FormKey}">{content}</form>
        """);

    public static Markup Hidden(string name, string value) => Markup.Format(
        $"""<input type="hidden" name="{name}" value="{value}">""");

    /// <summary>What makes an act of this page one act, however often its button is pressed.</summary>
    public static Markup Once(ConsoleCall call) => Hidden("once", $"console-{call.Session.Id}-{call.Now.UtcTicks}");

    /// <summary>A line of text with its label.</summary>
    public static Markup Text(string name, string label, string value = "", string example = "") => Markup.Format($"""
        <label class="f" for="{name}">{label}</label><input id="{name}" name="{name}" type="text" value="{value}" placeholder="{example}" autocomplete="off">
        """);

    public static Markup Area(string name, string label, string example = "", string value = "") => Markup.Format($"""
        <label class="f" for="{name}">{label}</label><textarea id="{name}" name="{name}" placeholder="{example}">{value}</textarea>
        """);

    /// <summary>One of a list.</summary>
    public static Markup Choice(string name, string label, string chosen,
        IEnumerable<(string Value, string Word)> options) =>
        Markup.Format($"""
        <label class="f" for="{name}">{label}</label><select id="{name}" name="{name}">{Markup.Join(options.Select(option => Option(option, chosen)))}</select>
        """);

    public static Markup Button(string word, string kind = "", string name = "", string value = "") => name.Length == 0
        ? Markup.Format($"""<button class="btn {kind}" type="submit">{word}</button>""")
        : Markup.Format($"""<button class="btn {kind}" type="submit" name="{name}" value="{value}">{word}</button>""");

    private static Markup Option((string Value, string Word) option, string chosen) => option.Value == chosen
        ? Markup.Format($"""<option value="{option.Value}" selected>{option.Word}</option>""")
        : Markup.Format($"""<option value="{option.Value}">{option.Word}</option>""");
}
