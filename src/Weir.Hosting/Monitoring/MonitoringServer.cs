// SPDX-License-Identifier: Apache-2.0
//
// What every process answers whoever watches it: /metrics, /healthz, /readyz, /retention, /exporters of a
// collector and /configuration (what came
// of the last reload: names of settings, no values). Nothing about anybody.
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Metrics;
using Weir.Hosting.Reloading;
using Weir.Hosting.Retention;

namespace Weir.Hosting.Monitoring;

/// <summary>What a process tells of itself.</summary>
public interface IMonitored
{
    /// <summary>The page of metrics, in Prometheus' text format.</summary>
    Task<string> MetricsAsync(CancellationToken cancel);

    /// <summary>How it is, as JSON, whether it should live on, and whether it is ready.</summary>
    Task<(string Json, bool IsLive, bool IsReady)> HealthAsync(CancellationToken cancel);

    /// <summary>How it stands with its configuration.</summary>
    ReloadResult Configuration { get; }

    /// <summary>What it holds, as <see cref="RetentionPage"/> writes it; null while it starts.</summary>
    Task<string?> RetentionAsync(CancellationToken cancel);

    /// <summary>The exporters it hears, as JSON; null where it hears none, or starts.</summary>
    Task<string?> ExportersAsync(CancellationToken cancel) => Task.FromResult<string?>(null);
}

/// <summary>Who hears exporters.</summary>
public interface IExporterPage
{
    /// <summary>Each as a JSON object, in an array. Safe for any thread.</summary>
    string Write();
}

/// <summary>Serves what a process tells. The constructor is inert.</summary>
/// <param name="address">Where.</param>
/// <param name="setting">The setting that names the address, for messages.</param>
/// <param name="monitored">What is told.</param>
public sealed class MonitoringServer(MonitorAddress address, string setting, IMonitored monitored)
    : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private WebApplication? _app;

    /// <summary>Where it listens, with the real port when 0 was asked; once it has started.</summary>
    public Uri Address => new(_app!.Urls.First());

    /// <inheritdoc/>
    /// <exception cref="IOException">The address cannot be had; the message names it and the fix.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            if (address.Socket is { } socket)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
                File.Delete(socket);
                kestrel.ListenUnixSocket(socket);
            }
            else
            {
                kestrel.Listen(address.Listen!);
            }
        });
        builder.Services.AddRoutingCore();
        builder.Logging.AddPlainConsole();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGet("/metrics", (RequestDelegate)(async context => await WriteAsync(
            context, 200, MetricsPage.ContentType, await monitored.MetricsAsync(context.RequestAborted))));
        _app.MapGet("/healthz", (RequestDelegate)(context => HealthAsync(context, health => health.IsLive)));
        _app.MapGet("/retention", (RequestDelegate)(async context =>
        {
            var held = await monitored.RetentionAsync(context.RequestAborted);
            await WriteAsync(context, held is null ? 503 : 200, "application/json", held ?? "[]");
        }));
        _app.MapGet("/exporters", (RequestDelegate)(async context =>
        {
            var heard = await monitored.ExportersAsync(context.RequestAborted);
            await WriteAsync(context, heard is null ? 404 : 200, "application/json", heard ?? "null");
        }));
        _app.MapGet("/readyz", (RequestDelegate)(context => HealthAsync(context, health => health.IsReady)));
        _app.MapGet("/configuration", (RequestDelegate)(context => WriteAsync(
            context, 200, "application/json", monitored.Configuration.ToJson())));
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception refused) when (refused is IOException or SocketException or UnauthorizedAccessException)
        {
            await _app.DisposeAsync();
            throw new IOException(
                $"{(address.Socket is null ? "TCP " + address.Listen : address.Socket)} ({setting}) cannot be opened: "
                + $"{refused.Message}; stop the program that has it or choose another", refused);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(StopPatience);
            await _app.StopAsync(patience.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private async Task HealthAsync(
        HttpContext context, Func<(string Json, bool IsLive, bool IsReady), bool> isGood)
    {
        var health = await monitored.HealthAsync(context.RequestAborted);
        await WriteAsync(context, isGood(health) ? 200 : 503, "application/json", health.Json);
    }

    private static Task WriteAsync(HttpContext context, int code, string type, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
