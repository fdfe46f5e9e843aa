// SPDX-License-Identifier: Apache-2.0
//
// Signing in by a passkey of the governance (ADR 0068): a challenge, an answer, a session as a link opens it. The same
// answer in an open session shows that it is still the same person. Roles are the governance's and nobody else's.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Approvals;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Policy;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Serving;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Browsers;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.SignIn;

/// <summary>Answers what the scripts of the sign-in pages ask. Safe for many at once.</summary>
/// <param name="parts">What the console stands on.</param>
/// <param name="opener">Opens sessions.</param>
/// <param name="stop">Ends with the console.</param>
internal sealed class PasskeyDoor(ConsoleDependencies parts, SessionOpener opener, CancellationToken stop)
{
    private static readonly SignInJson Json = SignInJson.Default;

    private readonly PasskeyEnrolment _enrolment = new(parts.SignIn.Passkeys.Challenges, parts.Origin);
    private readonly Shell _shell = new(parts.Assets.Names, parts.Routes.Sections);

    /// <summary>A challenge for whoever asks.</summary>
    public Task ChallengeAsync(HttpContext context) => GuardAsync(context, _ => SendAsync(
        context, new PasskeyChallenge(parts.SignIn.Passkeys.Challenges.Create()), PasskeyJson.Default.PasskeyChallenge));

    /// <summary>Opens a session.</summary>
    public Task SignInAsync(HttpContext context) => GuardAsync(context, async words =>
    {
        var ask = await ReadAsync(context, Json.PasskeySignInAsk);
        if (await PersonOfAsync(ask.Assertion) is not (var person, var passkey))
        {
            await RefuseAsync(context, words);
            return;
        }

        await opener.OpenAsync(context, parts.SignIn.UserOf(new(person.User, person.Role)),
            new(SignInKind.Passkey, passkey.Credential));
        await SendAsync(context, new PasskeySignedIn(LocalPath.From(ask.To)), Json.PasskeySignedIn);
    });

    /// <summary>In an open session: it is still the same person.</summary>
    public Task ProveAsync(HttpContext context) => GuardAsync(context, async words =>
    {
        var ask = await ReadAsync(context, Json.PasskeySignInAsk);
        var (session, state) = parts.SignIn.Sessions.Find(
            context.Request.Cookies[ConsoleCookies.Session] ?? "", isUse: true);
        if (state != SessionState.Open || await PersonOfAsync(ask.Assertion) is not (var person, _)
            || person.User != session!.Who.Name)
        {
            await RefuseAsync(context, words);
            return;
        }

        await parts.Book.ProvedAsync(session, "passkey", stop);
        parts.SignIn.Sessions.Prove(session);
        await SendAsync(context, new PasskeySignedIn(LocalPath.First), Json.PasskeySignedIn);
    });

    /// <summary>The page on which a passkey for signing in is made. It counts when two people signed its line into the
    /// governance.</summary>
    public Task ShowNewAsync(HttpContext context)
    {
        var words = WordsOf(context);
        var main = Markup.Format($"""
            <h1>{words["passkey.new"]}</h1>
            <p class="lead">{words.Fill("passkey.new.lead", ("host", parts.Origin.Host))}</p>
            <div data-passkey="new" data-host="{parts.Origin.Host}">
            <label class="f" for="name">{words["passkey.name"]}</label>
            <input id="name" name="name" type="text" maxlength="64" autocomplete="username" spellcheck="false">
            <p class="mt"><button class="btn first big" type="button" data-passkey-button>{words["passkey.make"]}</button></p>
            <p role="status" data-passkey-said></p>
            <section hidden data-passkey-made><h2>{words["passkey.line"]}</h2><pre class="conf" tabindex="0" data-passkey-line></pre>
            <p class="mt">{words["passkey.fingerprint"]}</p><pre class="conf" tabindex="0" data-passkey-fingerprint></pre></section>
            </div>
            <noscript><p>{words["passkey.script"]}</p></noscript>
            <script src="{parts.Assets.SignIn}" defer></script>
            """);
        return ConsoleDoor.HtmlAsync(context, _shell.Outside(words, words["passkey.new"], main));
    }

    /// <summary>Makes the line of a new passkey.</summary>
    public Task EnrolAsync(HttpContext context) => GuardAsync(context, async words =>
    {
        try
        {
            await SendAsync(
                context, _enrolment.Enrol(await ReadAsync(context, PasskeyJson.Default.NewPasskey)),
                PasskeyJson.Default.PasskeyLine);
        }
        catch (PasskeyException none)
        {
            await SayAsync(context, StatusCodes.Status403Forbidden, "passkey-refused",
                $"{words["passkey.none"]} ({none.Message})");
        }
    });

    /// <summary>Whose passkey answered one of our challenges, here, once; null where nobody's. Each refusal is counted
    /// on record.</summary>
    private async Task<(Person Person, Passkey Passkey)?> PersonOfAsync(string written)
    {
        var passkeys = parts.SignIn.Passkeys;
        if (!PasskeyAssertion.TryParse(written, out var assertion)
            || !passkeys.People.Current.TryFindConsolePasskey(assertion.Credential, out var found))
        {
            await parts.Book.RefusedAsync("", "a passkey that is nobody's", stop);
            return null;
        }

        var fault = !passkeys.Challenges.TryRead(assertion.ClientData, out var challenge) ? "too late"
            : assertion.Verify(found.Passkey, challenge, parts.Origin.Name) is not PasskeyFault.None and var bad
                ? bad.ToString()
            : !passkeys.Challenges.TryUse(challenge) ? "brought again"
            : !passkeys.Counters.TryAdvance(assertion.Credential, assertion.Counter) ? "it counted further before"
            : "";
        if (fault.Length == 0)
        {
            return found;
        }

        await parts.Book.RefusedAsync(found.Person.User, $"a passkey: {fault}", stop);
        return null;
    }

    private async Task GuardAsync(HttpContext context, Func<ConsoleWords, Task> answer)
    {
        var words = WordsOf(context);
        try
        {
            await (parts.Origin.IsOwnForm(context.Request) && context.Request.HasJsonContentType()
                ? answer(words)
                : SayAsync(context, StatusCodes.Status403Forbidden, "other-origin", words["form.refused"]));
        }
        catch (AuditException)
        {
            await SayAsync(
                context, StatusCodes.Status503ServiceUnavailable, "audit-down", words["signin.unrecorded"]);
        }
        catch (Exception bad) when (bad is JsonException or BadHttpRequestException)
        {
            await SayAsync(context, StatusCodes.Status400BadRequest, "malformed", words["form.refused"]);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
            ?? throw new JsonException("it is null");

    private static Task RefuseAsync(HttpContext context, ConsoleWords words) => SayAsync(
        context, StatusCodes.Status403Forbidden, "passkey-refused", words["passkey.refused"]);

    private static Task SayAsync(HttpContext context, int status, string code, string sentence)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, new SignInProblem(code, sentence), Json.SignInProblem);
    }

    private static async Task SendAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var octets = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = octets.Length;
        await context.Response.Body.WriteAsync(octets, context.RequestAborted);
    }

    private ConsoleWords WordsOf(HttpContext context) =>
        parts.Words.Accept(context.Request.Headers.AcceptLanguage.ToString());
}
