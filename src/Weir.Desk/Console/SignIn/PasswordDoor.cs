// SPDX-License-Identifier: Apache-2.0
//
// Signing in by a password with a code (ADR 0078): one answer for all that is wrong, and no script.
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Serving;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.SignIn;

/// <summary>Takes the form. Safe for many at once.</summary>
/// <param name="parts">What the console stands on.</param>
/// <param name="opener">Opens sessions.</param>
/// <param name="stop">Ends with the console.</param>
internal sealed class PasswordDoor(ConsoleDependencies parts, SessionOpener opener, CancellationToken stop)
{
    private readonly Shell _shell = new(parts.Assets.Names, parts.Routes.Sections);

    /// <summary>Opens a session, or says that something of it is wrong.</summary>
    public async Task SignInAsync(HttpContext context)
    {
        var words = parts.Words.Accept(context.Request.Headers.AcceptLanguage.ToString());
        if (parts.SignIn.Passwords is not { } passwords)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status404NotFound, words["nothing.text"]);
            return;
        }

        if (!parts.Origin.IsOwnForm(context.Request) || !context.Request.HasFormContentType)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status403Forbidden, words["form.refused"]);
            return;
        }

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            var to = LocalPath.From(form["to"].ToString());
            if (await UserOfAsync(passwords, form) is not (var who, var tried))
            {
                await RefuseAsync(context, words, to);
                return;
            }

            await opener.OpenAsync(context, parts.SignIn.UserOf(who), new(SignInKind.Password, tried.Id));
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = to;
        }
        catch (Exception disk) when (disk is AuditException or IOException or UnauthorizedAccessException)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status503ServiceUnavailable, words["signin.unrecorded"]);
        }
        catch (TimeoutException)
        {
            context.Response.Headers.RetryAfter = "60";
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status503ServiceUnavailable, words["password.busy"]);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException)
        {
            await ConsoleDoor.PlainAsync(context, StatusCodes.Status400BadRequest, words["form.refused"]);
        }
    }

    /// <summary>The fields; nothing where passwords are off.</summary>
    public static Markup Form(ConsoleDependencies parts, ConsoleWords words, string to) =>
        parts.SignIn.Passwords is null ? Markup.None : Markup.Format($"""
        <details class="act mt"><summary>{words["password.signin"]}</summary>
        <form method="post" action="{ConsoleSignIn.Path}/password">{Forms.Hidden("to", LocalPath.From(to))}
        <label class="f" for="user">{words["password.user"]}</label>
        <input id="user" name="user" type="text" maxlength="64" autocomplete="username" spellcheck="false"
        autocapitalize="none">
        <label class="f" for="password">{words["password.password"]}</label>
        <input id="password" name="password" type="password" maxlength="{ConsolePasswords.Longest}"
        autocomplete="current-password">
        <label class="f" for="code">{words["password.code"]}</label>
        <input id="code" name="code" type="text" maxlength="32" autocomplete="one-time-code" spellcheck="false">
        <p class="mt">{Forms.Button(words["signin.button"], "first big")}</p></form></details>

        """);

    /// <summary>Who it is, where all three are right and the name is a person's here.</summary>
    private async Task<(Actor Who, PasswordTry Tried)?> UserOfAsync(ConsolePasswords passwords, IFormCollection form)
    {
        var user = form["user"].ToString().Trim();
        var tried = await passwords.TryAsync(user, form["password"].ToString(), form["code"].ToString(), stop);
        if (tried.Id.Length > 0 && parts.Callers.Find(user) is { } who)
        {
            return (who, tried);
        }

        // A name that is nobody's may be somebody's password, typed into the wrong field.
        await parts.Book.RefusedAsync(passwords.Find(user) is null ? "" : user,
            $"by password: {(tried.Id.Length > 0 ? "nobody's role" : tried.Why)}", stop);
        return null;
    }

    private Task RefuseAsync(HttpContext context, ConsoleWords words, string to)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return ConsoleDoor.HtmlAsync(context, _shell.Outside(words, words["signin.title"], Markup.Format($"""
            <h1>{words["signin.title"]}</h1>
            {Ui.Note("red", Markup.Format($"{words["password.refused"]}"))}
            <p class="mt">
            <a class="btn" href="{ConsoleSignIn.Path}?to={Uri.EscapeDataString(to)}">{words["password.again"]}</a></p>
            """)));
    }
}
