// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Weir.EndToEnd.Notifying;

/// <summary>A receiver of webhooks as its documentation tells one to be: it works the signature out itself and refuses
/// what does not fit.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _failures;

    private WebhookServer(byte[] key, int failures)
    {
        _failures = failures;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory);
            var (time, signature) = (
                context.Request.Headers["Weir-Timestamp"].ToString(),
                context.Request.Headers["Weir-Signature"].ToString());
            byte[] signed = [.. Encoding.ASCII.GetBytes(time), (byte)'.', .. memory.ToArray()];
            var own = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, signed));
            var age =
                TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(time, CultureInfo.InvariantCulture);
            if (signature != own || Math.Abs(age) > 300)
            {
                Forged++;
                context.Response.StatusCode = 403;
            }
            else if (Interlocked.Decrement(ref _failures) >= 0)
            {
                Failed++;
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "1";
            }
            else
            {
                Taken.Enqueue(JsonDocument.Parse(memory.ToArray()).RootElement);
            }
        });
    }

    public ConcurrentQueue<JsonElement> Taken { get; } = new();

    public int Forged { get; private set; }

    public int Failed { get; private set; }

    public string Address => _app.Urls.First();

    /// <param name="key">Shared with Weir.</param>
    /// <param name="failures">So many posts are answered with 503 first.</param>
    public static async Task<WebhookServer> StartAsync(byte[] key, int failures)
    {
        var server = new WebhookServer(key, failures);
        await server._app.StartAsync();
        return server;
    }

    public IEnumerable<JsonElement> OfKind(string kind) => Taken.Where(t => t.GetProperty("kind").GetString() == kind);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
