// SPDX-License-Identifier: Apache-2.0
//
// The little language of templates: {{name}} is a value, escaped; {{#name}}…{{/name}} stands where the value is not
// empty, and once for each line of a list, with {{item}} inside. Nothing else: no code, no values without escape.
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Vault.Texts;

/// <summary>How a value gets into a text.</summary>
internal enum Escape
{
    /// <summary>As plain text in one line: control characters become spaces.</summary>
    Plain,

    /// <summary>As text of HTML, in elements and in quoted attributes.</summary>
    Html,
}

/// <summary>A checked template. Never changes.</summary>
internal sealed partial class TemplateText
{
    private readonly string _text;

    private TemplateText(string text) => (_text, Names) = (
        text, Mark().Matches(text).Select(mark => mark.Groups["name"].Value).ToHashSet(StringComparer.Ordinal));

    /// <summary>The placeholders in it.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="values">Names of values that there are.</param>
    /// <param name="lists">Names of lists that there are.</param>
    /// <param name="fault">What is wrong; empty where nothing is.</param>
    public static TemplateText? Read(
        string text, IReadOnlySet<string> values, IReadOnlySet<string> lists, out string fault)
    {
        fault = "";
        var open = new Stack<string>();
        foreach (Match mark in Mark().Matches(text))
        {
            var (sign, name) = (mark.Groups["sign"].Value, mark.Groups["name"].Value);
            var inList = open.Any(lists.Contains);
            fault = name.Length == 0
                ? $"'{mark.Value}' is no placeholder; write {{{{name}}}}, {{{{#name}}}} or {{{{/name}}}}"
                : sign == "/"
                    ? (open.TryPop(out var begun) && begun == name ? "" : $"{{{{/{name}}}}} ends what did not begin")
                : name == "item" ? (inList && sign.Length == 0 ? "" : "{{item}} stands outside a list")
                : !values.Contains(name) && !lists.Contains(name) ? $"there is no '{name}'; there are "
                    + $"{string.Join(", ", values.Concat(lists).Order(StringComparer.Ordinal))}"
                : lists.Contains(name) && sign.Length == 0
                    ? $"{name} is a list; write {{{{#{name}}}}}{{{{item}}}}{{{{/{name}}}}}"
                : "";
            if (fault.Length > 0)
            {
                return null;
            }

            if (sign == "#")
            {
                open.Push(name);
            }
        }

        fault = open.TryPeek(out var left) ? $"{{{{#{left}}}}} does not end" : "";
        return fault.Length == 0 ? new TemplateText(text) : null;
    }

    /// <summary>Fills it.</summary>
    public string Fill(
        IReadOnlyDictionary<string, string> values,
        IReadOnlyDictionary<string, IReadOnlyList<string>> lists, Escape escape)
    {
        var into = new StringBuilder(_text.Length * 2);
        Fill(_text, new Filling(values, lists, escape), item: "", into);
        return into.ToString();
    }

    /// <summary>A value as it stands in a text.</summary>
    public static string Escaped(string value, Escape escape)
    {
        var line = string.Concat(
            value.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' || IsTurning(c) ? ' ' : c));
        return escape == Escape.Html ? WebUtility.HtmlEncode(line) : line;
    }

    private static void Fill(string text, in Filling with, string item, StringBuilder into)
    {
        var at = 0;
        for (var mark = Mark().Match(text); mark.Success; mark = Mark().Match(text, at))
        {
            into.Append(text, at, mark.Index - at);
            var (sign, name) = (mark.Groups["sign"].Value, mark.Groups["name"].Value);
            at = mark.Index + mark.Length;
            if (sign.Length == 0)
            {
                into.Append(Escaped(name == "item" ? item : with.Values.GetValueOrDefault(name, ""), with.Escape));
                continue;
            }

            var end = EndOf(text, at, name);
            var body = text[at..end];
            at = text.IndexOf("}}", end, StringComparison.Ordinal) + 2;
            if (with.Lists.TryGetValue(name, out var lines))
            {
                foreach (var line in lines)
                {
                    Fill(body, in with, line, into);
                }
            }
            else if (with.Values.GetValueOrDefault(name, "").Length > 0)
            {
                Fill(body, in with, item, into);
            }
        }

        into.Append(text, at, text.Length - at);
    }

    private static int EndOf(string text, int at, string name)
    {
        var depth = 1;
        for (var mark = Mark().Match(text, at); mark.Success; mark = mark.NextMatch())
        {
            depth += mark.Groups["name"].Value != name
                ? 0
                : mark.Groups["sign"].Value switch { "#" => 1, "/" => -1, _ => 0 };
            if (depth == 0)
            {
                return mark.Index;
            }
        }

        throw new InvalidOperationException("A template that was checked ends what it begins.");
    }

    /// <summary>Characters that turn the direction of text can make an address read as another (UAX #9).</summary>
    private static bool IsTurning(char c) =>
        c is '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>What a template is filled with, and how it gets in.</summary>
    private readonly record struct Filling(
        IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, IReadOnlyList<string>> Lists,
        Escape Escape);

    [GeneratedRegex(@"\{\{(?:(?<sign>[#/]?)(?<name>[a-z][a-z.-]*)\}\}|.{0,20})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Mark();
}
