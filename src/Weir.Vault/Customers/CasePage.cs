// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Customers;
using Weir.Hosting.Html;
using Weir.Vault.Texts;

namespace Weir.Vault.Customers;

/// <summary>The page of a case, without what stands around it.</summary>
internal static class CasePage
{
    /// <summary>The name of the form's field that says what is wanted.</summary>
    public const string Want = "want";
    public const string Fixed = "fixed";
    public const string Appeal = "appeal";
    public const string Consent = "consent";
    public const string TakeBack = "take-back";
    public const string Words = "words";
    public const string Scope = "scope";
    public const string Token = "form";

    /// <param name="texts">The language.</param>
    /// <param name="shown">The case.</param>
    /// <param name="form">Proof that a form is this page's.</param>
    /// <param name="taken">What was just done; null for nothing.</param>
    /// <param name="now">The time.</param>
    public static Markup Render(
        LanguageTexts texts, CustomerCaseView shown, string form, TextEntry? taken, DateTimeOffset now) =>
        Markup.Format($"""
        {(taken is null ? Markup.None : Markup.Format($"""<p class="told" role="status">{texts[taken]}</p>"""))}
        <h1>{texts[TextEntries.PageTitle]}</h1>
        {(shown.IsClean ? Markup.Format($"""<p class="check good">{texts[TextEntries.PageClean]}</p>""") : Markup.None)}
        <p>{texts[TextEntries.PageLead]}</p>
        <p class="quiet">{texts[TextEntries.PageAsks]}</p>
        <div class="scopes">
        {Markup.Join(shown.Scopes.Select((s, i) => ScopePart(texts, s, i + 1, Look(texts, shown, s, form, now))))}</div>
        <div class="parts">
        {FixedPart(texts, shown, form)}
        <section class="part" aria-labelledby="appeal">
        <h2 id="appeal">{texts[TextEntries.AppealTitle]}</h2>
        <p>{texts[TextEntries.AppealLead]}</p>
        <form method="post" accept-charset="utf-8">
        {Hidden(form, Appeal)}
        <label for="words">{texts[TextEntries.AppealLabel]}</label>
        <textarea id="words" name="{Words}" maxlength="{CustomerAct.MaxWords}" required autocomplete="off"></textarea>
        <button type="submit">{texts[TextEntries.AppealButton]}</button>
        </form>
        </section>
        <section class="part" aria-labelledby="kept">
        <h2 id="kept">{texts[TextEntries.KeptTitle]}</h2>
        <p>{texts[TextEntries.KeptWhat]}</p>
        <p>{Kept(texts, shown)}</p>
        </section>
        </div>
        """);

    private static Markup FixedPart(LanguageTexts texts, CustomerCaseView shown, string form) =>
        shown.IsChecking ? Markup.Format($"""
        <section class="part" aria-labelledby="fixed">
        <h2 id="fixed">{texts[TextEntries.FixedTitle]}</h2>
        <p>{texts[TextEntries.FixedRunning]}</p>
        </section>
        """)
        : !shown.IsCheckable ? Markup.None
        : Markup.Format($"""
        <section class="part" aria-labelledby="fixed">
        <h2 id="fixed">{texts[TextEntries.FixedTitle]}</h2>
        <p>{texts[TextEntries.FixedLead]}</p>
        <form method="post">
        {Hidden(form, Fixed)}
        <button type="submit">{texts[TextEntries.FixedButton]}</button>
        </form>
        </section>
        """);

    private static Markup Hidden(string form, string want) => Markup.Format($"""
        <input type="hidden" name="{Token}" value="{form}"><input type="hidden" name="{Want}" value="{want}">
        """);

    /// <summary>A look that runs can be taken back; else the customer may agree to one.</summary>
    private static Markup Look(
        LanguageTexts texts, CustomerCaseView shown, CustomerScopeView scope, string form, DateTimeOffset now) =>
        scope.IsLookedAt(now) ? Markup.Format($"""
        <form method="post">
        {Hidden(form, TakeBack)}
        <button type="submit">{texts[TextEntries.TakeBackButton]}</button>
        </form>
        """)
        : shown.ConsentHours(scope, now) is var hours and > 0 ? Markup.Format($"""
        <h3>{texts[TextEntries.ConsentTitle]}</h3>
        <p>{texts.Fill(TextEntries.ConsentLead, ("hours", hours.ToString(CultureInfo.InvariantCulture)))}</p>
        <form method="post">
        {Hidden(form, Consent)}
        <input type="hidden" name="{Scope}" value="{scope.Id.ToString()}">
        <button type="submit">{texts[TextEntries.ConsentButton]}</button>
        </form>
        """)
        : Markup.None;

    private static Markup ScopePart(LanguageTexts texts, CustomerScopeView scope, int number, Markup look)
    {
        var facts = scope.Facts;
        return Markup.Format($"""
            <section class="scope" aria-labelledby="scope{number}">
            <h2 id="scope{number}">{texts[TextEntries.Heading(facts.Finding)]}</h2>
            <p>{texts[TextEntries.About(facts.Finding)]}</p>
            <h3>{texts.Label(TextEntries.Seen, facts)}</h3>
            <dl>
            <dt>{texts.Label(TextEntries.First, facts)}</dt><dd>{Time(texts, facts.First)}</dd>
            <dt>{texts.Label(TextEntries.Last, facts)}</dt><dd>{Time(texts, facts.Last)}</dd>
            {Row(texts, TextEntries.FarEnd, facts.FarEnd?.ToString() ?? "")}
            {Row(texts, TextEntries.Traffic, texts.Class(facts.Class))}
            {Row(texts, TextEntries.MeasuredLabel, facts.Measured is { } measured ? texts.Measured(measured) : "")}
            {Row(texts, TextEntries.Rule, facts.Rule)}
            </dl>
            <h3>{texts[TextEntries.Done]}</h3>
            {(scope.Done.Count == 0 ? Markup.Format($"<p>{texts[TextEntries.NothingDone]}</p>") : Markup.Format($"<ul>{Markup.Join(scope.Done.Select(done => Markup.Format($"<li>{texts.Action(done)}</li>")))}</ul>"))}
            {(scope.Check is { } check ? Check(texts, check) : Markup.None)}
            <h3>{texts[TextEntries.ToDo]}</h3>
            <ol>{Markup.Join(texts.Lines(TextEntries.Advice(facts.Finding)).Select(step => Markup.Format($"<li>{step}</li>")))}</ol>
            {look}
            </section>

            """);
    }

    private static Markup Row(LanguageTexts texts, TextEntry label, string value) =>
        value.Length == 0 ? Markup.None : Markup.Format($"<dt>{texts[label]}</dt><dd>{value}</dd>");

    private static Markup Check(LanguageTexts texts, CustomerCheck check)
    {
        var look = check switch { { Count: > 0 } => "bad", { IsClean: true, Count: 0 } => "good", _ => "runs" };
        return Markup.Format($"""
            <h3>{texts[TextEntries.Check]}</h3>
            <p class="check {look}">{Checked(texts, check)}</p>
            """);
    }

    private static string Checked(LanguageTexts texts, CustomerCheck check)
    {
        var entry = (check.IsRunning, check.Count) switch
        {
            (true, null) => TextEntries.CheckRunningUnknown,
            (true, 0) when check.IsClean => TextEntries.CheckCleanSince,
            (true, 0) when check.IsUnwatched => TextEntries.CheckRunningUnwatched,
            (true, 0) => TextEntries.CheckRunning,
            (true, _) => TextEntries.CheckRunningSeen,
            (false, null) => TextEntries.CheckUnknown,
            (false, 0) when check.IsClean => TextEntries.CheckClean,
            (false, 0) => TextEntries.CheckUnwatched,
            (false, _) => TextEntries.CheckSeen,
        };
        return texts.Fill(
            entry, ("from", texts.Time(check.From)), ("until", texts.Time(check.Until)),
            ("count", texts.Number(check.Count ?? 0)));
    }

    private static string Kept(LanguageTexts texts, CustomerCaseView shown) => shown.KeptUntil is { } until
        ? texts.Fill(TextEntries.KeptClosed, ("day", texts.Day(until)))
        : texts.Fill(
            TextEntries.KeptOpen, ("days", shown.Terms.KeptDays.ToString(CultureInfo.InvariantCulture)));

    private static Markup Time(LanguageTexts texts, DateTimeOffset at) =>
        Markup.Format($"""<time datetime="{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{texts.Time(at)}</time>""");
}
