// SPDX-License-Identifier: Apache-2.0
//
// A browser that somebody left open for a moment is somebody else's: acts that reach outside want to know again who
// asks, ten minutes after they last knew (ADR 0068). The form is kept, and sent when that is known.
using Microsoft.AspNetCore.Http;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Serving;

/// <summary>Which acts want it, and the page that asks.</summary>
internal static class FreshActs
{
    /// <summary>The field with the code of a fresh link.</summary>
    public const string CodeField = "fresh-code";

    /// <summary>Routes of the API. The emergency stop is none of them: it may not wait, and what it ends is what others
    /// began.</summary>
    private static readonly HashSet<string> Needs = new(StringComparer.Ordinal)
    {
        "POST blocks", "POST line-blocks", "POST blocks/{id}/withdrawal", "POST demotions", "POST notices",
        "POST allowances", "POST holds", "POST console/password/keys", "POST console/password/removal",
        "PUT cases/{id}/closure", "PUT cases/{id}/garden", "POST blocks/{id}/approval", "POST disclosures/{id}/approval",
        "POST promotions/{id}/approval", "POST reviews/{id}/approval",
    };

    /// <summary>Several cases at once, whatever is done with them.</summary>
    private const string Bulk = "cases/bulk/do";

    /// <summary>Whether a route wants it.</summary>
    public static bool Want(ConsoleRoute route) =>
        HttpMethods.IsPost(route.Method) && (Needs.Contains(route.Needs) || route.Path == Bulk);

    /// <summary>The code in what somebody wrote: a link as it was printed, or its code alone.</summary>
    public static string CodeOf(string written)
    {
        const string Mark = "code=";
        var at = written.LastIndexOf(Mark, StringComparison.Ordinal);
        return (at < 0 ? written : written[(at + Mark.Length)..]).Trim();
    }

    /// <summary>The page that asks, with the form kept in it.</summary>
    /// <param name="call">What was sent.</param>
    /// <param name="form">Its fields.</param>
    /// <param name="host">Of this console; empty where no passkey counts.</param>
    /// <param name="script">Which asks for one.</param>
    public static PageAnswer Ask(ConsoleCall call, IFormCollection form, string host, string script)
    {
        var words = call.Words;
        var kept = form.Where(field => field.Key is not (Forms.KeyField or CodeField))
            .SelectMany(field => field.Value.Select(value => Forms.Hidden(field.Key, value ?? "")));
        return new(words["fresh.title"], Markup.Format($"""
            {Ui.Head(words["fresh.title"], words["fresh.says"])}
            {(form.ContainsKey(CodeField) ? Ui.Note("red", Markup.Format($"{words["fresh.wrong"]}")) : Markup.None)}
            {(host.Length == 0 ? Markup.None : ByPasskey(words, host, script))}
            {Forms.Post(call, call.Address, Kept(words, kept), "kept narrow")}
            """))
        {
            Status = StatusCodes.Status403Forbidden,
        };
    }

    private static Markup ByPasskey(ConsoleWords words, string host, string script) => Markup.Format($"""
        <section hidden data-passkey="prove" data-host="{host}">
        <p class="mt"><button class="btn first" type="button" data-passkey-button>{words["fresh.passkey"]}</button></p>
        <p role="status" data-passkey-said></p>
        </section>
        <script src="{script}" defer></script>
        """);

    private static Markup Kept(ConsoleWords words, IEnumerable<Markup> kept) => Markup.Format($"""
        {Markup.Join(kept)}
        <label class="f" for="{CodeField}">{words["fresh.link"]}</label>
        <input id="{CodeField}" name="{CodeField}" type="text" autocomplete="off" spellcheck="false">
        <div class="acts mt">{Forms.Button(words["fresh.button"])}</div>
        """);
}
