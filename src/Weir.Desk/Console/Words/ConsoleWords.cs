// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Globalization;

namespace Weir.Desk.Console.Words;

/// <summary>All that the console says in one language, and how it writes numbers and times. Never changes. Times are
/// UTC on screen; who reads is told so once, and has the local time on hover.</summary>
internal sealed class ConsoleWords(string tag, FrozenDictionary<string, string> texts, PhraseBook phrases)
{
    private const double Million = 1e6;
    private const double HourMinutes = 60;
    private const double DayHours = 48;

    private readonly NumberFormatInfo _numbers = new()
    {
        NumberDecimalSeparator = texts["format.decimal"], NumberGroupSeparator = texts["format.group"],
        NegativeSign = "−",
    };

    /// <summary>The language's tag.</summary>
    public string Tag => tag;

    /// <summary>A text without values.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name: a fault of this program.</exception>
    public string this[string name] => texts.TryGetValue(name, out var text)
        ? text
        : throw new KeyNotFoundException($"words.{tag}.txt has no '{name}'");

    /// <summary>A text whose name comes from outside; null where there is none.</summary>
    public string? Find(string name) => texts.GetValueOrDefault(name);

    /// <summary>A text with its values in place of <c>{{name}}</c>, not escaped for HTML.</summary>
    public string Fill(string name, params (string Name, string Value)[] values)
    {
        var text = this[name];
        foreach (var (mark, value) in values)
        {
            text = text.Replace($"{{{{{mark}}}}}", value, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>One or many: <c>NAME.one</c> or <c>NAME.many</c>, with the number as <c>{{n}}</c>.</summary>
    public string Count(string name, long count) =>
        Fill(count == 1 ? $"{name}.one" : $"{name}.many", ("n", Number(count)));

    /// <summary>A word that the API sends, in this language; as it came where there is none for it.</summary>
    public string Term(string group, string word) => texts.GetValueOrDefault($"{group}.{word.Replace(' ', '-')}", word);

    /// <summary>A sentence that another part of Weir says in English, in this language; null where it is not known in
    /// it.</summary>
    public string? Phrase(string english) => tag == "en" ? english : phrases.Find(english);

    /// <summary>A whole number, grouped; from a million in millions.</summary>
    public string Number(long value) => Math.Abs(value) >= Million
        ? $"{(value / Million).ToString("0.#", _numbers)} M"
        : value.ToString("#,0", _numbers);

    /// <summary>A number with one decimal where it is small.</summary>
    public string Number(double value) =>
        Math.Abs(value) < 10 && value != Math.Truncate(value) ? value.ToString("0.#", _numbers)
            : Number((long)Math.Round(value));

    /// <summary>An hour of today, a day of the year, or the whole.</summary>
    public string Time(DateTimeOffset at, DateTimeOffset now) => at.UtcDateTime.ToString(
        at.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm:ss"
        : at.Year == now.Year ? this["format.day-time"] : "yyyy-MM-dd HH:mm", Dates);

    /// <summary>A day of the year, short.</summary>
    public string Day(DateTime day) => day.ToString(this["format.day-month"], Dates);

    /// <summary>How long, in one unit.</summary>
    public string Age(TimeSpan age) =>
        age.TotalSeconds < HourMinutes ? $"{Math.Max(0, (long)age.TotalSeconds)} s"
        : age.TotalMinutes < HourMinutes ? $"{(long)age.TotalMinutes} min"
        : age.TotalHours < DayHours ? $"{(long)age.TotalHours} h"
        : $"{(long)age.TotalDays} {this["format.day"]}";

    private DateTimeFormatInfo Dates => field ??= new DateTimeFormatInfo
    {
        AbbreviatedMonthNames = [.. this["format.months"].Split(' '), ""],
        AbbreviatedMonthGenitiveNames = [.. this["format.months"].Split(' '), ""],
    };
}
