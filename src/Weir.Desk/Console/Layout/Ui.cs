// SPDX-License-Identifier: Apache-2.0
//
// The parts that every page is made of, one look each (console.css). A status is a shape and a word; colour is third.
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>The shape of a status word.</summary>
internal enum Shape
{
    /// <summary>Well, and grey: nobody has to do anything.</summary>
    Well,

    /// <summary>Not yet.</summary>
    Ring,

    /// <summary>Under way, or waits for another.</summary>
    Half,

    /// <summary>Can be acted on.</summary>
    Open,

    /// <summary>To be looked at today.</summary>
    Look,

    /// <summary>To be acted on now.</summary>
    Act,

    /// <summary>Over, or refused.</summary>
    End,
}

/// <summary>Small parts.</summary>
internal static class Ui
{
    public static Markup Status(Shape shape, string word) => Markup.Format(
        $"""<span class="st {Class(shape)}">{word}</span>""");

    public static Markup Code(string text) => Markup.Format($"""<span class="code">{text}</span>""");

    /// <summary>A time, whole and local on hover.</summary>
    public static Markup Time(ConsoleWords words, DateTimeOffset? at, DateTimeOffset now) => at is not { } known
        ? Markup.Format($"–")
        : Markup.Format(
            $"""<time class="nb" datetime="{known.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}" title="{known.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC">{words.Time(known, now)}</time>""");

    /// <summary>How long ago, or until when.</summary>
    public static Markup Age(ConsoleWords words, DateTimeOffset at, DateTimeOffset now) => Markup.Format(
        $"""<time class="nb" datetime="{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}" title="{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC">{words.Age((now - at).Duration())}</time>""");

    /// <summary>low, medium or high as bars and a word.</summary>
    public static Markup Severity(ConsoleWords words, string severity) => Markup.Format(
        $"""<span class="sev {(severity == "high" ? "s4" : severity == "medium" ? "s3" : "s1")}"><i></i>{words.Term("severity", severity)}</span>""");

    public static Markup Note(string kind, Markup text) => Markup.Format(
        $"""<div class="note {kind}" role="status"><p>{text}</p></div>""");

    /// <summary>Head of a page: its name, a line below it, what can be done.</summary>
    public static Markup Head(Markup title, Markup sub, Markup acts) => Markup.Format($"""
        <div class="head1"><div><h1>{title}</h1>{sub}</div><div class="acts">{acts}</div></div>
        """);

    public static Markup Head(string title, string sub = "") => Head(
        Markup.Format($"{title}"), sub.Length == 0 ? Markup.None
            : Markup.Format($"""<p class="sub">{sub}</p>"""), Markup.None);

    /// <summary>A section with its heading.</summary>
    public static Markup Section(string title, string sub, Markup content, string more = "") => Markup.Format($"""
        <section class="sec {more}"><div class="sech"><h2>{title}</h2><span class="sub">{sub}</span></div>
        {content}</section>
        """);

    /// <summary>Nothing is there: what would come.</summary>
    public static Markup Empty(string title, string text) => Markup.Format(
        $"""<div class="state"><h2>{title}</h2><p>{text}</p></div>""");

    /// <summary>Why there is no answer. A refusal has its code and what would open it; what is away says what goes on
    /// nevertheless.</summary>
    public static Markup Problem(ConsoleWords words, ApiProblem problem) => Markup.Format($"""
        <div class="state {(IsAway(problem) ? "away" : "refused")}" role="alert">
        <h2>{(IsAway(problem) ? words["state.broken"] : words["state.refused"])} <span class="code">{problem.Code}</span></h2>
        {Detail(words, problem)}
        <p class="small quiet">{(IsAway(problem) ? words["state.broken.on"] : words.Find($"opens.{problem.Code}") ?? words["state.refused.record"])}</p>
        </div>
        """);

    /// <summary>What another part of Weir says, in the page's language; what is not known in it is marked as English,
    /// so that it is read out as that.</summary>
    public static Markup Said(ConsoleWords words, string english) =>
        english.Length == 0 ? Markup.None
        : words.Phrase(english) is { } whole ? Markup.Format($"{whole}")
        : Markup.Join(english.Split("; ").Select((part, i) => words.Phrase(part) is { } said
            ? Markup.Format($"{(i == 0 ? "" : "; ")}{said}")
            : Markup.Format($"""{(i == 0 ? "" : "; ")}<span lang="en">{part}</span>""")));

    /// <summary>What a person wrote, in whatever language they did.</summary>
    public static Markup Own(string text) => Markup.Format($"""<span data-said>{text}</span>""");

    /// <summary>In English as it was said. In another language what its code means, and what was said behind it.</summary>
    private static Markup Detail(ConsoleWords words, ApiProblem problem) =>
        words.Phrase(problem.Detail) is { } known ? Markup.Format($"<p>{known}</p>")
        : Markup.Format($"""
            <p>{words.Find($"problem.{problem.Code}") ?? words["problem.other"]}</p>
            <details class="small"><summary>{words["problem.said"]}</summary><p lang="en">{problem.Detail}</p></details>
            """);

    /// <summary>The same in one line, for lists.</summary>
    public static Markup Short(ConsoleWords words, ApiProblem problem) => Markup.Format(
        $"{words.Phrase(problem.Detail) ?? words.Find($"problem.{problem.Code}") ?? words["problem.other"]}");

    /// <summary>Whether something does not answer, rather than says no.</summary>
    public static bool IsAway(ApiProblem problem) => problem.Status >= 500;

    /// <summary>A tile: label, figure, what it means.</summary>
    /// <param name="kind">blue, amber, red or nothing: the worst inside.</param>
    /// <param name="label">What is counted.</param>
    /// <param name="figure">The number.</param>
    /// <param name="meaning">A line of what it means.</param>
    public static Markup Tile(string kind, string label, Markup figure, Markup meaning) => Markup.Format($"""
        <div class="tile {kind}"><div class="l">{label}</div><div class="v">{figure}</div><div class="m">{meaning}</div></div>
        """);

    private static string Class(Shape shape) => shape switch
    {
        Shape.Well => "bare",
        Shape.Ring => "ring",
        Shape.Half => "half",
        Shape.Open => "open",
        Shape.Look => "look",
        Shape.Act => "act",
        _ => "end",
    };
}
