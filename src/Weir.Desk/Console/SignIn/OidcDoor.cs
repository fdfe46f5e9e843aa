// SPDX-License-Identifier: Apache-2.0
//
// Signing in by the provider's identity service (ADR 0068). The framework's handler speaks with it: code flow, PKCE,
// state, nonce. It says who somebody is, and nothing else of what it says counts: which person that is, and the role,
// stand in the governance.
//
// Standards: OpenID Connect Core 1.0, RFC 7636.
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Desk.Console.Serving;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.SignIn;

/// <summary>The way to the identity service and back.</summary>
/// <param name="options">Which service.</param>
/// <param name="parts">What the console stands on.</param>
internal sealed class OidcDoor(OidcOptions options, ConsoleDependencies parts)
{
    private const string Scheme = "oidc";
    private const string Nothing = "nothing";

    /// <summary>Of what goes there and comes back, sealed: the session that the browser had.</summary>
    private const string Before = "session";

    private readonly Shell _shell = new(parts.Assets.Names, parts.Routes.Sections);

    /// <summary>Puts the framework's handler into the console's host.</summary>
    /// <exception cref="IOException">The secret or the authority cannot be read; the message names the file and the fix.</exception>
    public void Add(IServiceCollection services)
    {
        var secret = Read(() => SecretFile.Line(options.SecretFile, "console.oidc.secret-file"));
        var trust = Read(() => new TlsTrust(options.CaFile).For(null));

        // What is under way is forgotten with the process; a sign-in takes a minute.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        // The second scheme is nobody's: an only one would be the default, and asked of every request who it is.
        services.AddAuthentication().AddPolicyScheme(Nothing, null, _ => { }).AddOpenIdConnect(Scheme, oidc =>
        {
            oidc.Authority = options.Authority!.ToString();
            oidc.RequireHttpsMetadata = !options.Authority.IsLoopback;
            oidc.BackchannelHttpHandler = new SocketsHttpHandler { SslOptions = trust };
            (oidc.ClientId, oidc.ClientSecret) = (options.ClientId, secret);
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.CallbackPath = ConsoleSignIn.OidcBack;
            (oidc.RemoteSignOutPath, oidc.SignedOutCallbackPath) = (default, default); // sessions end here alone

            // Nothing is signed in by the framework: OpenAsync opens a session of ours.
            oidc.SignInScheme = Nothing;
            oidc.UsePkce = true;
            oidc.MapInboundClaims = false;
            oidc.Scope.Clear();
            oidc.Scope.Add("openid");
            oidc.Scope.Add("profile");
            foreach (var cookie in (CookieBuilder[])[oidc.CorrelationCookie, oidc.NonceCookie])
            {
                (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.Always);
            }
        });
    }

    /// <summary>Has its answers taken, behind the console's own door.</summary>
    /// <param name="app">The console.</param>
    /// <param name="opener">Opens sessions.</param>
    public void Map(WebApplication app, SessionOpener opener)
    {
        var stop = app.Lifetime.ApplicationStopping;
        var monitor = app.Services.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>();
        var events = monitor.Get(Scheme).Events;
        events.OnTicketReceived = ticket => OpenAsync(ticket, opener, stop);
        events.OnRemoteFailure = async failed =>
        {
            failed.HandleResponse();
            await RefuseAsync(failed.HttpContext, "the identity service's answer does not hold", stop);
        };
        app.Use((context, next) =>
        {
            // Behind a TLS front the request is plain; what the service is told is the address of browsers.
            context.Request.Scheme = parts.Origin.IsSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
            return next(context);
        });
        app.UseAuthentication();
    }

    /// <summary>Sends a browser there.</summary>
    public async Task GoAsync(HttpContext context)
    {
        var there = new AuthenticationProperties
        {
            RedirectUri = LocalPath.From(context.Request.Query["to"].ToString()),
        };

        // It comes back from elsewhere, without its SameSite=Strict cookie.
        if (parts.SignIn.Sessions.Find(
            context.Request.Cookies[ConsoleCookies.Session] ?? "", isUse: false).Session is { } session)
        {
            there.Items[Before] = session.Id;
        }

        try
        {
            await context.ChallengeAsync(Scheme, there);
        }
        catch (InvalidOperationException down) when (!context.RequestAborted.IsCancellationRequested)
        {
            parts.Log.IdentityServiceDown(down, options.Authority);
            await SayAsync(context, StatusCodes.Status503ServiceUnavailable, "oidc.down");
        }
    }

    private async Task OpenAsync(TicketReceivedContext ticket, SessionOpener opener, CancellationToken stop)
    {
        ticket.HandleResponse();
        var context = ticket.HttpContext;
        var said = ticket.Principal?.FindFirst(options.Claim)?.Value ?? "";
        if (parts.SignIn.Passkeys.People.Current.FindOidc(said) is not { } person
            || parts.Callers.Find(person.User) is null)
        {
            await RefuseAsync(context, "the identity service knows somebody whom the governance does not", stop);
            return;
        }

        try
        {
            await opener.OpenAsync(context, parts.SignIn.UserOf(new(person.User, person.Role)),
                new(SignInKind.IdentityService, said), BeforeOf(ticket));
        }
        catch (AuditException)
        {
            await ConsoleDoor.PlainAsync(
                context, StatusCodes.Status503ServiceUnavailable, WordsOf(context)["signin.unrecorded"]);
            return;
        }

        // A browser that comes from elsewhere sends no SameSite=Strict cookie until a page of ours goes on by itself.
        var (words, to) = (WordsOf(context), LocalPath.From(ticket.ReturnUri));
        context.Response.Headers["Refresh"] = $"0; url={to}";
        await ConsoleDoor.HtmlAsync(context, _shell.Outside(words, words["signin.title"], Markup.Format($"""
            <h1>{words["signin.title"]}</h1>
            <p class="lead"><a class="btn first" href="{to}">{words["oidc.on"]}</a></p>
            """)));
    }

    /// <summary>The session that the browser had when it went there; null for none, or one that is over.</summary>
    private ConsoleSession? BeforeOf(TicketReceivedContext ticket) =>
        ticket.Properties?.Items.TryGetValue(Before, out var id) == true
            ? parts.SignIn.Sessions.All().FirstOrDefault(one => one.Id == id)
            : null;

    private async Task RefuseAsync(HttpContext context, string why, CancellationToken stop)
    {
        try
        {
            await parts.Book.RefusedAsync("", why, stop);
        }
        catch (AuditException)
        {
            await ConsoleDoor.PlainAsync(
                context, StatusCodes.Status503ServiceUnavailable, WordsOf(context)["signin.unrecorded"]);
            return;
        }

        await SayAsync(context, StatusCodes.Status403Forbidden, "oidc.refused");
    }

    private async Task SayAsync(HttpContext context, int status, string word)
    {
        var words = WordsOf(context);
        context.Response.StatusCode = status;
        await ConsoleDoor.HtmlAsync(context, _shell.Outside(words, words["signin.title"], Markup.Format($"""
            <h1>{words["signin.title"]}</h1>
            {Ui.Note("red", Markup.Format($"{words[word]}"))}
            <p><a class="btn" href="{ConsoleSignIn.Path}">{words["oidc.again"]}</a></p>
            """)));
    }

    private static T Read<T>(Func<T> file)
    {
        try
        {
            return file();
        }
        catch (ChannelException fault)
        {
            throw new IOException(fault.Message, fault);
        }
    }

    private ConsoleWords WordsOf(HttpContext context) =>
        parts.Words.Accept(context.Request.Headers.AcceptLanguage.ToString());
}
