// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Lists.Fetching;
using Weir.Tests.Notifying.Channels;

namespace Weir.Tests.Matching.Fetching;

/// <summary>A publisher on this machine: https with an authority of its own, and what it was asked.</summary>
internal sealed class FeedServer : IAsyncDisposable
{
    private readonly TestCertificate _made;
    private readonly WebApplication _app;

    private FeedServer(TestCertificate made, WebApplication app) => (_made, _app) = (made, app);

    /// <summary>What is published at <c>/list</c>.</summary>
    public string Body { get; set; } = "203.0.113.66:443\n203.0.113.67\n";

    /// <summary>Requests so far: method, path with query, headers and body.</summary>
    public ConcurrentQueue<(string Line, Dictionary<string, string> Headers, string Body)> Asked { get; } = [];

    public string CaFile => _made.CaFile;

    public string Folder => Path.GetDirectoryName(_made.CaFile)!;

    public int Port => _app.Urls.Select(url => new Uri(url).Port).Single();

    public Uri At(string path) => new($"https://localhost:{Port}{path}");

    /// <param name="certificate">Name the certificate is for.</param>
    /// <param name="map">Further routes.</param>
    public static async Task<FeedServer> StartAsync(
        string certificate = "localhost", Action<WebApplication, FeedServer>? map = null)
    {
        var made = new TestCertificate(certificate);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.UseHttps(made.Certificate)));
        var app = builder.Build();
        var server = new FeedServer(made, app);
        app.Use(async (context, next) =>
        {
            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            var body = await reader.ReadToEndAsync();
            context.Request.Body.Position = 0;
            server.Asked.Enqueue((
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}",
                context.Request.Headers.ToDictionary(
                    h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body));
            await next(context);
        });
        app.MapGet("/list", server.ListAsync);
        map?.Invoke(app, server);
        await app.StartAsync();
        return server;
    }

    /// <summary>The list, as an operator would write it.</summary>
    public ListSource Source(string path = "/list") => new()
    {
        Name = "ours", Url = At(path), Path = Path.Combine(Folder, "copy", "ours"), CaFile = CaFile, IsPrivate = true,
    };

    public string Write(string name, string text) => _made.Write(name, text);

    /// <summary>The publisher is there no more.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _made.Dispose();
    }

    private Task ListAsync(HttpContext context)
    {
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)))[..16]}\"";
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        return context.Response.WriteAsync(Body);
    }
}
