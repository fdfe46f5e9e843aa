// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Desk.Console.Serving;
using Weir.Desk.Console.SignIn;
using Weir.Desk.Sessions;
using Weir.Hosting.Browsers;

namespace Weir.Desk.Console;

/// <summary>The running console: a listener of its own, since who comes there is a browser and no peer.</summary>
internal sealed class ConsoleServer : IAsyncDisposable
{
    private static readonly BrowserLimits Limits = new(
        Connections: 512, OfAddress: 64, ConsoleDoor.MaxFormOctets, LineOctets: 8 << 10,
        Headers: TimeSpan.FromSeconds(5), KeepAlive: TimeSpan.FromMinutes(1));

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private readonly WebApplication _app;

    private ConsoleServer(WebApplication app) => _app = app;

    /// <summary>Where it listens, with the real port when 0 was asked.</summary>
    public Uri Listening => new(_app.Urls.First());

    /// <exception cref="IOException">The address cannot be had, or the certificate not read; the message names it and
    /// the fix.</exception>
    public static async Task<ConsoleServer> StartAsync(ConsoleOptions options, ConsoleDependencies parts,
        ILoggerFactory logs)
    {
        var app = Build(options, parts, logs);
        try
        {
            await app.StartAsync();
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new IOException($"TCP {options.Listen} (console.listen) cannot be opened: {refused.Message}; stop "
                + "the program that has it or choose another port", refused);
        }

        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(ConsoleOptions options, ConsoleDependencies parts, ILoggerFactory logs)
    {
        var certificate = BrowserCertificate.Read(
            "console.certificate", options.Certificate, options.Key, "the desk");
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs);
        builder.Services.AddRouting();
        builder.WebHost.UseBrowsers(options.Listen, Limits, certificate);
        var oidc = options.Oidc.Authority is null ? null : new OidcDoor(options.Oidc, parts);
        oidc?.Add(builder.Services);
        var app = builder.Build();
        var stop = app.Lifetime.ApplicationStopping;
        var (door, opener) = (new ConsoleDoor(parts, stop), new SessionOpener(parts, stop));
        _ = app.Lifetime.ApplicationStopped.Register(door.Dispose);
        Believe(app, options);
        app.Use(next => context => door.ReceiveAsync(context, next));
        oidc?.Map(app, opener);
        app.UseRouting();
        if (oidc is not null)
        {
            app.MapGet(ConsoleSignIn.Oidc, oidc.GoAsync);
        }

        app.MapGet(ConsoleSignIn.Path, door.SignIn.ShowAsync);
        app.MapPost(ConsoleSignIn.Path, door.SignIn.RedeemAsync);
        MapPasskeys(app, new(parts, opener, stop));
        app.MapPost($"{ConsoleSignIn.Path}/password", new PasswordDoor(parts, opener, stop).SignInAsync);
        foreach (var route in parts.Routes.All)
        {
            _ = app.MapMethods($"/{route.Path}", [route.Method], door.For(route));
        }

        return app;
    }

    /// <summary>Has the client's address as a configured front says it: one step back, and of nobody else.</summary>
    private static void Believe(WebApplication app, ConsoleOptions options)
    {
        if (options.Fronts.Count == 0)
        {
            return;
        }

        var believed = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = 1 };
        believed.KnownProxies.Clear();
        believed.KnownIPNetworks.Clear();
        foreach (var front in options.Fronts)
        {
            believed.KnownIPNetworks.Add(System.Net.IPNetwork.Parse($"{front.Network}/{front.WrittenLength}"));
        }

        app.UseForwardedHeaders(believed);
    }

    private static void MapPasskeys(WebApplication app, PasskeyDoor passkeys)
    {
        app.MapPost($"{ConsoleSignIn.Path}/challenges", passkeys.ChallengeAsync);
        app.MapPost($"{ConsoleSignIn.Path}/passkey", passkeys.SignInAsync);
        app.MapPost($"{ConsoleSignIn.Path}/proof", passkeys.ProveAsync);
        app.MapGet($"{ConsoleSignIn.Path}/new", passkeys.ShowNewAsync);
        app.MapPost($"{ConsoleSignIn.Path}/enrolments", passkeys.EnrolAsync);
    }
}
