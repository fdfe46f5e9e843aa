// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>An identity service of others' making (OpenIddict), in which whoever comes is signed in already. Its
/// certificate comes from a private authority.</summary>
internal sealed class IdentityService : IAsyncDisposable
{
    public const string Secret = "a secret of this test";

    private readonly WebApplication _app;

    private IdentityService(WebApplication app, string caFile) => (_app, CaFile) = (app, caFile);

    /// <summary>Its authority's certificate.</summary>
    public string CaFile { get; }

    public Uri Address => new(_app.Urls.First());

    /// <summary>Whom it says that everybody is.</summary>
    public string Subject { get; set; } = "";

    public static async Task<IdentityService> StartAsync()
    {
        IdentityService? service = null;
        var (certificate, authority) = Certify();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        builder.Services.AddRouting();
        builder.Services.AddDataProtection();
        builder.Services.AddOpenIddict().AddServer(options =>
        {
            options.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
            options.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes("profile");
            options.AddEphemeralEncryptionKey().AddEphemeralSigningKey().EnableDegradedMode();
            options.UseAspNetCore();
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
        service = new(app, authority);
        await app.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(CaFile);
    }

    private static (X509Certificate2 Certificate, string CaFile) Certify()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var root = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=a test's", root, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = new CertificateRequest("CN=login.example.net", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        asked.CertificateExtensions.Add(names.Build());
        using var made = asked.Create(issuer, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);
        using var whole = made.CopyWithPrivateKey(key);
        var file = Path.GetTempFileName();
        File.WriteAllText(file, issuer.ExportCertificatePem());
        return (X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null), file);
    }
}
