// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>An identity service of others' making (OpenIddict), in which whoever comes is signed in already.</summary>
internal sealed class IdentityService : IAsyncDisposable
{
    public const string Secret = "a secret of this test";

    private readonly WebApplication _app;

    private IdentityService(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>Whom it says that everybody is.</summary>
    public string Subject { get; set; } = "";

    public static async Task<IdentityService> StartAsync()
    {
        IdentityService? service = null;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddDataProtection();
        builder.Services.AddOpenIddict().AddServer(options =>
        {
            options.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
            options.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes("profile");
            options.AddEphemeralEncryptionKey().AddEphemeralSigningKey().EnableDegradedMode();
            options.UseAspNetCore().DisableTransportSecurityRequirement();
            options.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(asked =>
            {
                if (asked.ClientId != "weir")
                {
                    asked.Reject(OpenIddictConstants.Errors.InvalidClient);
                }

                return default;
            }));
            options.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(asked =>
            {
                if (asked.ClientId != "weir" || asked.ClientSecret != Secret)
                {
                    asked.Reject(OpenIddictConstants.Errors.InvalidClient);
                }

                return default;
            }));
            options.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(asked =>
            {
                var identity = new ClaimsIdentity("test");
                identity.AddClaim(new Claim(OpenIddictConstants.Claims.Subject, service!.Subject));
                identity.AddClaim(new Claim("role", "privacy-officer"));
                identity.SetDestinations(_ => [OpenIddictConstants.Destinations.IdentityToken]);
                asked.SignIn(new ClaimsPrincipal(identity).SetScopes(asked.Request.GetScopes()));
                return default;
            }));
        });
        var app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        service = new(app);
        await app.StartAsync();
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
