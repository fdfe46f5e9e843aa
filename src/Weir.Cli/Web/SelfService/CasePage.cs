// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Desk.Reporting.Html;

namespace Weir.Cli.Web.SelfService;

/// <summary>The page of a case, without what stands around it.</summary>
internal static class CasePage
{
    /// <summary>The name of the form's field that says what is wanted.</summary>
    public const string Want = "want";
    public const string Fixed = "fixed";
    public const string Appeal = "appeal";
    public const string Words = "words";
    public const string Token = "form";
    public const int MaxWords = 2_000;

    /// <param name="words">The language.</param>
    /// <param name="shown">The case.</param>
    /// <param name="form">Proof that a form is this page's.</param>
    /// <param name="taken">What was just done, or empty.</param>
    public static Markup Render(PageResources words, CustomerCaseView shown, string form, string taken) =>
        Markup.Format($"""
        {(taken.Length == 0 ? Markup.None : Markup.Format($"""<p class="told" role="status">{taken}</p>"""))}
        <h1>{words.Title}</h1>
        <p>{words.Lead}</p>
        <p class="quiet">{words.Asks}</p>
        <div class="scopes">
        {Markup.Join(shown.Scopes.Select((s, i) => Scope(words, s, i + 1)))}</div>
        <div class="parts">
        {FixedPart(words, shown, form)}
        <section class="part" aria-labelledby="appeal">
        <h2 id="appeal">{words.AppealTitle}</h2>
        <p>{words.AppealLead}</p>
        <form method="post" accept-charset="utf-8">
        {Hidden(form, Appeal)}
        <label for="words">{words.AppealLabel}</label>
        <textarea id="words" name="{Words}" maxlength="{MaxWords}" required autocomplete="off"></textarea>
        <button type="submit">{words.AppealButton}</button>
        </form>
        </section>
        <section class="part" aria-labelledby="kept">
        <h2 id="kept">{words.KeptTitle}</h2>
        <p>{words.NotKept}</p>
        <p>{words.Kept(shown)}</p>
        </section>
        </div>
        """);

    private static Markup FixedPart(PageResources words, CustomerCaseView shown, string form) =>
        shown.IsChecking ? Markup.Format($"""
        <section class="part" aria-labelledby="fixed">
        <h2 id="fixed">{words.FixedTitle}</h2>
        <p>{words.Checking}</p>
        </section>
        """)
        : !shown.IsCheckable ? Markup.None
        : Markup.Format($"""
        <section class="part" aria-labelledby="fixed">
        <h2 id="fixed">{words.FixedTitle}</h2>
        <p>{words.FixedLead}</p>
        <form method="post">
        {Hidden(form, Fixed)}
        <button type="submit">{words.FixedButton}</button>
        </form>
        </section>
        """);

    private static Markup Hidden(string form, string want) => Markup.Format($"""
        <input type="hidden" name="{Token}" value="{form}"><input type="hidden" name="{Want}" value="{want}">
        """);

    private static Markup Scope(PageResources words, CustomerScopeView scope, int number) => Markup.Format($"""
        <section class="scope" aria-labelledby="scope{number}">
        <h2 id="scope{number}">{words.Heading(scope.Matter)}</h2>
        <p>{words.About(scope.Matter)}</p>
        <h3>{words.Seen}</h3>
        <dl>
        <dt>{words.First}</dt><dd>{Time(words, scope.Facts.First)}</dd>
        <dt>{words.Last}</dt><dd>{Time(words, scope.Facts.Last)}</dd>
        {(scope.Facts.Endpoint.Length == 0 ? Markup.None : Markup.Format($"<dt>{words.FarEnd}</dt><dd>{scope.Facts.Endpoint}</dd>"))}
        <dt>{words.Traffic}</dt><dd>{words.Class(scope.Class)}</dd>
        {(scope.Facts.Grounds.Length == 0 ? Markup.None : Markup.Format($"<dt>{words.Measured}</dt><dd>{words.Grounds(scope.Facts.Grounds)}</dd>"))}
        <dt>{words.Rule}</dt><dd>{scope.Facts.Trigger}</dd>
        </dl>
        <h3>{words.Done}</h3>
        {(scope.Done.Count == 0 ? Markup.Format($"<p>{words.NothingDone}</p>") : Markup.Format($"<ul>{Markup.Join(scope.Done.Select(d => Markup.Format($"<li>{words.Doing(d)}</li>")))}</ul>"))}
        {(scope.Check is { } check ? Check(words, check) : Markup.None)}
        <h3>{words.ToDo}</h3>
        <ol>{Markup.Join(words.Steps(scope.Matter).Select(step => Markup.Format($"<li>{step}</li>")))}</ol>
        </section>

        """);

    private static Markup Check(PageResources words, CustomerCheckView check)
    {
        var look = check switch { { Count: > 0 } => "bad", { IsRunning: false, Count: 0 } => "good", _ => "runs" };
        return Markup.Format($"""
            <h3>{words.Check}</h3>
            <p class="check {look}">{words.Checked(check)}</p>
            """);
    }

    private static Markup Time(PageResources words, DateTimeOffset at) =>
        Markup.Format($"""<time datetime="{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{words.Time(at)}</time>""");
}
