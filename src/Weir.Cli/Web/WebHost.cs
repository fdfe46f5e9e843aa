// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Hosting.Health;
using Weir.Hosting.Metrics;

namespace Weir.Cli.Web;

/// <summary>The web server: /metrics, /healthz and /readyz; the console joins it.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebHost(WebApplication app) => _app = app;

    /// <summary>Where it listens, with the real port when 0 was asked.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Starts serving.</summary>
    /// <exception cref="IOException">The address cannot be had; the message names it and the mend.</exception>
    public static async Task<WebHost> StartAsync(
        WebSettings settings, MetricsRegistry registry, HealthRegistry health, CancellationToken cancel = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(settings.Listen);
        });
        builder.Services.AddRoutingCore();
        builder.Logging.AddPlainConsole();
        var app = builder.Build();
        app.UseRouting();
        app.MapGet("/metrics", (RequestDelegate)(context =>
            TextAsync(context, 200, MetricsPage.ContentType, MetricsPage.Render(registry))));
        app.MapGet("/healthz", (RequestDelegate)(context =>
        {
            var reading = health.Read();
            return TextAsync(context, reading.IsLive ? 200 : 503, "application/json", reading.ToJson());
        }));
        app.MapGet("/readyz", (RequestDelegate)(context =>
        {
            var reading = health.Read();
            return TextAsync(context, reading.IsReady ? 200 : 503, "application/json", reading.ToJson());
        }));
        try
        {
            await app.StartAsync(cancel);
            return new WebHost(app);
        }
        catch (Exception refused) when (refused is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            throw new IOException($"TCP {settings.Listen} (web.listen) cannot be opened: {refused.Message}; stop the "
                + "program that has it or choose another port", refused);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static Task TextAsync(HttpContext context, int code, string type, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
