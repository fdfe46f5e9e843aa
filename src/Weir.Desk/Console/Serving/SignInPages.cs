// SPDX-License-Identifier: Apache-2.0
//
// The way in. A link is shown first and used by a button: what only fetches addresses, such as a mail scanner or a
// preview, uses none up. One answer for all that is no link.
using Microsoft.AspNetCore.Http;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.SignIn;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Serving;

/// <summary>Why somebody stands outside.</summary>
internal enum SignInReason
{
    None,

    /// <summary>Nobody used the session for a while.</summary>
    Idle,

    /// <summary>The session is over, or the desk started anew.</summary>
    Over,

    /// <summary>The person has another role now, or none.</summary>
    Role,

    /// <summary>The person ended it.</summary>
    Left,
}

/// <summary>Pages of whoever has no session.</summary>
internal sealed class SignInPages(
    ConsoleDependencies parts, Shell shell, SessionOpener opener, CancellationToken stop)
{
    private const string Code = "code";
    private const string To = "to";
    private const string Why = "why";

    /// <summary>Sends a browser here; it comes back to what it asked for.</summary>
    public void Send(HttpContext context, SignInReason reason)
    {
        var back = HttpMethods.IsGet(context.Request.Method)
            && !context.Request.Query.ContainsKey(ConsoleSignIn.RenewMark)
            ? LocalPath.From($"{context.Request.Path}{context.Request.QueryString}")
            : LocalPath.First;
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = $"{ConsoleSignIn.Path}?{Why}={reason.ToString().ToLowerInvariant()}"
            + (back == LocalPath.First ? "" : $"&{To}={Uri.EscapeDataString(back)}");
    }

    /// <summary>How to come in; with a link, whom it signs in.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        var words = WordsOf(context);
        var code = context.Request.Query[Code].ToString();
        if (code.Length == 0)
        {
            await OutsideAsync(context, StatusCodes.Status200OK, words,
                How(words, context.Request.Query[Why].ToString(), context.Request.Query[To].ToString()));
            return;
        }

        if (parts.SignIn.Links.Find(code) is { } who)
        {
            var to = LocalPath.From(context.Request.Query[To].ToString());
            await OutsideAsync(context, StatusCodes.Status200OK, words, Markup.Format($"""
                <h1>{words["signin.title"]}</h1>
                <p class="lead">{words.Fill("signin.as", ("user", who.Name), ("role", words.Term("role", who.RoleWord)))}</p>
                <p>{words["signin.rules"]}</p>
                <form method="post" action="{ConsoleSignIn.Path}">{Forms.Hidden(Code, code)}{Forms.Hidden(To, to)}
                <p class="mt">{Forms.Button(words["signin.button"], "first big")}</p></form>
                """));
        }
        else
        {
            await RefuseAsync(context, words);
        }
    }

    /// <summary>Uses a link.</summary>
    public async Task RedeemAsync(HttpContext context)
    {
        var words = WordsOf(context);
        if (!parts.Origin.IsOwnForm(context.Request) || !context.Request.HasFormContentType)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status403Forbidden, words["form.refused"]);
            return;
        }

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            var user = parts.SignIn.Links.Redeem(form[Code].ToString());
            if (user is null || parts.Callers.Find(user.Who.Name)?.Role != user.Who.Role || !parts.SignIn.IsStill(user))
            {
                await RefuseAsync(context, words);
                return;
            }

            await opener.OpenAsync(context, user, new(SignInKind.Link));
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = LocalPath.From(form[To].ToString());
        }
        catch (AuditException)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status503ServiceUnavailable, words["signin.unrecorded"]);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status400BadRequest, words["form.refused"]);
        }
    }

    private ConsoleWords WordsOf(HttpContext context) =>
        parts.Words.Accept(context.Request.Headers.AcceptLanguage.ToString());

    private Markup How(ConsoleWords words, string why, string to) => Markup.Format($"""
        <h1>{words["signin.title"]}</h1>
        {(words.Find($"signin.why.{why}") is { } text ? Ui.Note("amber", Markup.Format($"{text}")) : Markup.None)}
        {GoOn(words, why, to)}
        {ByPasskey(words, to)}
        {ByOidc(words, to)}
        {PasswordDoor.Form(parts, words, to)}
        <p class="lead">{words["signin.how"]}</p>
        <pre class="conf" tabindex="0">weir console link</pre>
        <p class="small quiet mt">{words["signin.once"]}</p>
        """);

    /// <summary>A browser keeps the session's cookie to itself where the way here began on another site, as on the
    /// vault's page: who is signed in goes on from here.</summary>
    private static Markup GoOn(ConsoleWords words, string why, string to) =>
        why != "none" || LocalPath.From(to) is LocalPath.First ? Markup.None : Markup.Format(
            $"""<p class="mt">{words["signin.is-in"]} <a class="btn" href="{LocalPath.From(to)}">{words["signin.go-on"]}</a></p>""");

    private Markup ByOidc(ConsoleWords words, string to)
    {
        var there = $"{ConsoleSignIn.Oidc}?{To}={Uri.EscapeDataString(LocalPath.From(to))}";
        return parts.Oidc.Length == 0 ? Markup.None : Markup.Format($"""
            <p class="mt"><a class="btn big" href="{there}">{words.Fill("oidc.signin", ("host", parts.Oidc))}</a></p>
            """);
    }

    /// <summary>Shown by the script, where a browser has passkeys and somebody may have one.</summary>
    private Markup ByPasskey(ConsoleWords words, string to) => !parts.SignIn.Passkeys.AreTaken ? Markup.None
        : Markup.Format($"""
        <section hidden data-passkey="in" data-host="{parts.Origin.Host}" data-to="{LocalPath.From(to)}">
        <p class="lead">{words["passkey.lead"]}</p>
        <p class="mt"><button class="btn first big" type="button" data-passkey-button>{words["passkey.signin"]}</button></p>
        <p role="status" data-passkey-said></p>
        <p class="small quiet"><a href="{ConsoleSignIn.Path}/new">{words["passkey.new"]}</a></p>
        </section>
        <script src="{parts.Assets.SignIn}" defer></script>
        """);

    private async Task RefuseAsync(HttpContext context, ConsoleWords words)
    {
        try
        {
            await parts.Book.RefusedAsync(stop);
        }
        catch (AuditException)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status503ServiceUnavailable, words["signin.unrecorded"]);
            return;
        }

        await OutsideAsync(context, StatusCodes.Status403Forbidden, words, Markup.Format($"""
            <h1>{words["signin.title"]}</h1>
            {Ui.Note("red", Markup.Format($"{words["signin.refused"]}"))}
            <p class="lead">{words["signin.how"]}</p>
            <pre class="conf" tabindex="0">weir console link</pre>
            """));
    }

    private async Task OutsideAsync(HttpContext context, int status, ConsoleWords words, Markup main)
    {
        context.Response.StatusCode = status;
        await ConsoleDoor.HtmlAsync(context, shell.Outside(words, words["signin.title"], main));
    }
}
