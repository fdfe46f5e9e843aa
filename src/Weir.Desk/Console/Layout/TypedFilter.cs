// SPDX-License-Identifier: Apache-2.0
//
// A line of filters, a field each: what may be written is said by the field, and the address holds it all. What cannot
// be read is not sent; the API's own refusal would say the same.
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>One of a closed list.</summary>
/// <param name="Name">Of the parameter.</param>
/// <param name="Label">Of the field.</param>
/// <param name="Options">What it may be, with its word.</param>
internal sealed record FilterChoice(string Name, string Label, IReadOnlyList<(string Value, string Word)> Options);

/// <summary>Fields of an address.</summary>
internal static class TypedFilter
{
    /// <summary>Choices, and the two times.</summary>
    public static Markup Render(ConsoleCall call, params FilterChoice[] choices)
    {
        var words = call.Words;
        return Markup.Format($"""
            <form class="filter typed" method="get" action="{call.Path}">
            {Markup.Join(choices.Select(one => Markup.Format($"<div>{Forms.Choice(one.Name, one.Label, call.Query(one.Name) ?? "", [("", words["filter.all"]), .. one.Options])}</div>")))}
            {Time(call, ApiTimes.FromName, words["filter.from"])}{Time(call, ApiTimes.ToName, words["filter.to"])}
            <div class="acts">{Forms.Button(words["filter"])}<a class="btn plain" href="{call.Path}">{words["filter.none"]}</a></div></form>
            {Odd(call)}
            """);
    }

    /// <summary>A time of the address; null where there is none, or none that can be read.</summary>
    public static string? TimeOf(ConsoleCall call, string name) =>
        call.Query(name) is { } text && ApiTimes.TryParse(text, out _) ? text : null;

    private static Markup Time(ConsoleCall call, string name, string label) => Markup.Format(
        $"""<div>{Forms.Text(name, label, call.Query(name) ?? "", "2026-11-28T14:30Z")}</div>""");

    private static Markup Odd(ConsoleCall call)
    {
        string[] odd = [.. ((string[])[ApiTimes.FromName, ApiTimes.ToName]).Where(name =>
            call.Query(name) is not null && TimeOf(call, name) is null)];
        return odd.Length == 0 ? Markup.None : Ui.Note("amber", Markup.Format(
            $"{call.Words.Fill("filter.odd", ("names", string.Join(", ", odd)))}"));
    }
}
