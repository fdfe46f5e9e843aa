// SPDX-License-Identifier: Apache-2.0
//
// Every request to the console: the host, the assets, the way in, the session, the form's origin and key, the role, the
// page, in this order. Whoever has no session learns nothing but that there is a way to sign in.
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weir.Desk.Api.Overview;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;
using Weir.Hosting.Browsers;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Serving;

/// <summary>What the door leads to.</summary>
internal sealed record ConsoleDependencies
{
    public required ConsoleSignIn SignIn { get; init; }

    public required LocalApi Api { get; init; }

    /// <summary>Who has which role, asked at each request.</summary>
    public required ApiCallers Callers { get; init; }

    public required WordCatalogue Words { get; init; }

    public required ConsoleRoutes Routes { get; init; }

    public required ConsoleAssets Assets { get; init; }

    public required BrowserOrigin Origin { get; init; }

    /// <summary>Host of the identity service by which people sign in; empty for none.</summary>
    public string Oidc { get; init; } = "";

    /// <summary>Puts sign-ins on record.</summary>
    public required SignInBook Book { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }
}

/// <summary>Answers requests. Safe for many at once.</summary>
/// <param name="parts">What it leads to.</param>
/// <param name="stop">Ends with the console. What is done hangs on it and not on the browser, which may go at any
/// time.</param>
internal sealed class ConsoleDoor(ConsoleDependencies parts, CancellationToken stop) : IDisposable
{
    /// <summary>Most octets of a form.</summary>
    public const int MaxFormOctets = 64 << 10;

    /// <summary>The script says by it that nobody asked.</summary>
    private const string RenewHeader = "Weir-Renew";

    private const string ChangesPath = "/changes";
    private const int MaxFormFields = 1_100;

    /// <summary>So much of a form that is too large is taken off the socket, so that a browser reads the answer.</summary>
    private const int MaxDrained = 1 << 20;

    private readonly Shell _shell = new(parts.Assets.Names, parts.Routes.Sections);
    private readonly ConsoleLimits _limits = new(parts.SignIn.Sessions);
    private readonly SignInPages _signIn = new(parts, new(parts.Assets.Names, parts.Routes.Sections), new(parts, stop), stop);

    /// <summary>Before any page: headers, host, assets.</summary>
    public async Task ReceiveAsync(HttpContext context, RequestDelegate next)
    {
        ConsoleHeaders.Set(context.Response.Headers, parts.Origin.IsSecure);
        if (!parts.Origin.IsOurs(context.Request))
        {
            await PlainAsync(context, StatusCodes.Status421MisdirectedRequest, "This host is not served here.");
        }
        else if (!_limits.Allows(context))
        {
            context.Response.Headers.RetryAfter = "1";
            await PlainAsync(
                context, StatusCodes.Status429TooManyRequests, "Too many requests; wait a second and ask again.");
        }
        else if (!await parts.Assets.TryAnswerAsync(context))
        {
            await next(context);
            if (!context.Response.HasStarted && context.GetEndpoint() is not RouteEndpoint)
            {
                await NothingAsync(context);
            }
        }
    }

    public void Dispose() => _limits.Dispose();

    /// <summary>The pages of whoever has no session yet.</summary>
    public SignInPages SignIn => _signIn;

    /// <summary>The answer of one route.</summary>
    public RequestDelegate For(ConsoleRoute route) => async context =>
    {
        try
        {
            await AnswerAsync(context, route);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone.
        }
        catch (BadHttpRequestException bad)
        {
            await PlainAsync(context, bad.StatusCode, "The request cannot be read.");
        }
        catch (Exception fault)
        {
            parts.Log.ConsolePageFailed(fault, route.Name);
            await PlainAsync(
                context, StatusCodes.Status500InternalServerError, "This page failed; the log of Weir says why.");
        }
    };

    private async Task AnswerAsync(HttpContext context, ConsoleRoute route)
    {
        var isPost = HttpMethods.IsPost(route.Method);
        if (await ReaderOfAsync(context, isPost) is not (var reader, var state))
        {
            return;
        }

        if (isPost && context.Request.ContentLength is null or > MaxFormOctets)
        {
            await TooLargeAsync(context, reader);
            return;
        }

        var form = isPost ? await TryReadFormAsync(context, reader.Session) : FormCollection.Empty;
        if (form is null)
        {
            await PlainAsync(context, StatusCodes.Status403Forbidden, reader.Words["form.refused"]);
            return;
        }

        var call = new ConsoleCall(context, reader, form);
        if (state == SessionState.Idle && !route.IsForIdle(call))
        {
            _signIn.Send(context, SignInReason.Idle);
            return;
        }

        if (FreshActs.Want(route) && !await IsFreshAsync(call, form))
        {
            await WriteAsync(context, call, route, FreshActs.Ask(
                call, form, parts.SignIn.Passkeys.AreTaken ? parts.Origin.Host : "", parts.Assets.SignIn));
            return;
        }

        var isAsked = !route.IsLook || BrowserOrigin.IsOwnLook(context.Request);
        await WriteAsync(context, call, route, isAsked ? await GuardedAsync(call, route) : AskFirst(call));
    }

    /// <summary>Whether who asks showed lately who they are, or does now by a fresh link of their own.</summary>
    private async Task<bool> IsFreshAsync(ConsoleCall call, IFormCollection form)
    {
        if (parts.SignIn.Sessions.IsFresh(call.Session))
        {
            return true;
        }

        var code = FreshActs.CodeOf(form[FreshActs.CodeField].ToString());
        if (code.Length == 0)
        {
            return false;
        }

        if (parts.SignIn.Links.Redeem(code) is not { } user || user != call.Session.User)
        {
            await parts.Book.RefusedAsync(stop);
            return false;
        }

        await parts.Book.ProvedAsync(call.Session, "", stop);
        parts.SignIn.Sessions.Prove(call.Session);
        return true;
    }

    /// <summary>Instead of a page whose opening stands on record: a button, where nothing says that a person asked.
    /// </summary>
    private static PageAnswer AskFirst(ConsoleCall call)
    {
        var words = call.Words;
        return new(words["look.title"], Markup.Format($"""
            {Ui.Head(words["look.title"], words["look.says"])}
            {Forms.Post(call, call.Address, Markup.Format($"""<p class="mt">{Forms.Button(words["look.button"], "first")}</p>"""))}
            """));
    }

    /// <summary>Roles are the API's: what the route stands on is asked as it is, and its refusal is on
    /// record.</summary>
    private async Task<ConsoleAnswer> GuardedAsync(ConsoleCall call, ConsoleRoute route)
    {
        var (method, path) = (route.Needs.Split(' ')[0], route.Needs.Split(' ')[1]);
        if (call.Api.May(method, path))
        {
            return await route.Answer(call);
        }

        var names = path.Split('/').Where(part => part is ['{', .., '}']).Select(part => part[1..^1]);
        var refused = await parts.Api.CallAsync(
            call.Actor.Name,
            new LocalCall(method, path) { Parts =
                names.ToDictionary(name => name, name => call.Part(name) is { Length: > 0 } part ? part : "-") },
            CancellationToken.None);
        var problem = JsonSerializer.Deserialize(refused.Octets, ApiProblemJson.Default.ApiProblem)!;
        return TablePage.Refused(call, call.Words[$"rail.{route.Section}"], problem);
    }

    private async Task<(ConsoleReader Reader, SessionState State)?> ReaderOfAsync(HttpContext context, bool isPost)
    {
        var secret = context.Request.Cookies[ConsoleCookies.Session] ?? "";
        var (session, state) = parts.SignIn.Sessions.Find(secret, isUse: isPost || !IsRenewal(context.Request));
        if (session is null)
        {
            _signIn.Send(context, secret.Length == 0 ? SignInReason.None : SignInReason.Over);
            return null;
        }

        if (parts.Callers.Find(session.Who.Name) is not { } actor || actor.Role != session.Who.Role)
        {
            await EndAsync(context, session, "role", SignInReason.Role);
            return null;
        }

        if (!parts.SignIn.IsStill(session.User))
        {
            await EndAsync(context, session, "the user's number is another one now", SignInReason.Over);
            return null;
        }

        if (!parts.SignIn.IsStillGoverned(session))
        {
            await EndAsync(context, session, "what opened it is not this person's any more", SignInReason.Over);
            return null;
        }

        var look = ConsoleLook.Parse(context.Request.Cookies[ConsoleCookies.Look], parts.Words.Languages);
        var words = look.Language.Length > 0 ? parts.Words.In(look.Language)
            : parts.Words.Accept(context.Request.Headers.AcceptLanguage.ToString());
        return (new(actor, session, new(parts.Api, actor, context.RequestAborted, stop), words, look,
            parts.Time.GetUtcNow()), state);
    }

    /// <summary>The first page for a wall, or as the script renewed it; what the script asks for by itself.</summary>
    private static bool IsRenewal(HttpRequest request) => request.Headers.ContainsKey(RenewHeader)
        || request.Path == ChangesPath
        || (request.Path == LocalPath.First
            && (request.Query.ContainsKey(ConsoleSignIn.WallMark) || request.Query.ContainsKey(ConsoleSignIn.RenewMark)));

    private async Task EndAsync(HttpContext context, ConsoleSession session, string why, SignInReason reason)
    {
        _ = parts.SignIn.Sessions.End(session);
        await parts.Book.EndedAsync(session, why, stop);
        ConsoleCookies.Close(context.Response);
        _signIn.Send(context, reason);
    }

    /// <summary>A form that is far larger than any of ours: taken off the socket up to a limit, and told why.</summary>
    private static async Task TooLargeAsync(HttpContext context, ConsoleReader reader)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxFormOctets + MaxDrained;
        }

        var part = new byte[MaxFormOctets];
        var drained = 0;
        int read;
        while (drained < MaxDrained
            && (read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            drained += read;
        }

        await PlainAsync(context, StatusCodes.Status413PayloadTooLarge, reader.Words.Fill(
            "form.too-large", ("octets", reader.Words.Number(MaxFormOctets))));
    }

    /// <summary>The form, where it is one of ours: from our own page, with the session's key.</summary>
    private async Task<IFormCollection?> TryReadFormAsync(HttpContext context, ConsoleSession session)
    {
        if (!parts.Origin.IsOwnForm(context.Request) || !context.Request.HasFormContentType)
        {
            return null;
        }

        context.Features.Set<IFormFeature>(new FormFeature(context.Request, new FormOptions
        {
            ValueCountLimit = MaxFormFields, KeyLengthLimit = 64, ValueLengthLimit = MaxFormOctets,
        }));
        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return form[Forms.KeyField] is [{ } key] && SecretText.AreSame(key, session.FormKey) ? form : null;
        }
        catch (InvalidDataException)
        {
            return null; // more fields than any of our forms has
        }
    }

    private async Task WriteAsync(HttpContext context, ConsoleCall call, ConsoleRoute route, ConsoleAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        switch (answer)
        {
            case RedirectAnswer redirect:
                context.Response.StatusCode = StatusCodes.Status303SeeOther;
                context.Response.Headers.Location = redirect.To;
                if (redirect.Done.Length > 0)
                {
                    call.Session.Tell(redirect.Done);
                }

                break;
            case LookAnswer look:
                ConsoleCookies.Keep(
                    context.Response, ConsoleLook.From(look.Theme, look.Density, look.Language, parts.Words.Languages));
                context.Response.StatusCode = StatusCodes.Status303SeeOther;
                context.Response.Headers.Location = "/me";
                call.Session.Tell("look");
                break;
            case FileAnswer file:
                context.Response.ContentType = file.ContentType;
                context.Response.Headers.ContentDisposition = $"attachment; filename=\"{file.Name}\"";
                if (file.Next is { } next)
                {
                    context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
                }

                context.Response.ContentLength = file.Octets.Length;
                await context.Response.Body.WriteAsync(file.Octets, context.RequestAborted);
                break;
            case StreamAnswer stream:
                await StreamAsync(context, call, stream);
                break;
            case PageAnswer page:
                if (page.IsWall)
                {
                    context.Response.Headers["Refresh"] = "20";
                }

                await HtmlAsync(context, _shell.Page(call, route.Section, page, await HealthAsync(call)));
                break;
            default:
                throw new ArgumentException($"{answer.GetType().Name} is no answer of the console", nameof(answer));
        }
    }

    /// <summary>Writes events until the browser goes, the console ends, or the session is no longer open: to listen is
    /// no use of it.</summary>
    private async Task StreamAsync(HttpContext context, ConsoleCall call, StreamAnswer stream)
    {
        var secret = context.Request.Cookies[ConsoleCookies.Session] ?? "";
        using var held = _limits.Stream(call.Session);
        if (held is null)
        {
            context.Response.Headers.RetryAfter = "5";
            await PlainAsync(context, StatusCodes.Status429TooManyRequests, call.Words["stream.too-many"]);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stop);
        context.Response.ContentType = ApiStream.EventStream;
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx keeps nothing back
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await parts.Api.StreamAsync(
                new(call.Actor.Name)
                {
                    GoesOn = () => parts.SignIn.Sessions.Find(secret, isUse: false) is ({ } open, SessionState.Open)
                        && parts.SignIn.IsStillGoverned(open),
                },
                stream.Call, context.Response.Body, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The browser went, or the console ends.
        }
    }

    private static async Task<ShellHealth> HealthAsync(ConsoleCall call)
    {
        var health = await call.Api.GetAsync("health", OverviewJson.Default.HealthResponse);
        return health.Value is not { } now ? new("", 1, true)
            : new(now.Profile, now.Parts.Count(part => part.State != "ok"), now.State == "failing");
    }

    /// <summary>What is no address: told to who is signed in, and nothing to who is not.</summary>
    private async Task NothingAsync(HttpContext context)
    {
        if (await ReaderOfAsync(context, isPost: false) is not (var reader, SessionState.Open))
        {
            return;
        }

        var call = new ConsoleCall(context, reader, FormCollection.Empty);
        context.Response.StatusCode = context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            ? StatusCodes.Status405MethodNotAllowed
            : StatusCodes.Status404NotFound;
        var title = call.Words["nothing.title"];
        var page = new PageAnswer(title,
            Markup.Format($"""{Ui.Head(title)}{Ui.Empty(title, call.Words["nothing.text"])}"""));
        await HtmlAsync(context, _shell.Page(call, "", page, await HealthAsync(call)));
    }

    internal static async Task HtmlAsync(HttpContext context, string html)
    {
        var octets = Encoding.UTF8.GetBytes(html);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = octets.Length;
        await context.Response.Body.WriteAsync(octets, context.RequestAborted);
    }

    internal static async Task PlainAsync(HttpContext context, int status, string text)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"{text}\n", context.RequestAborted);
    }
}
