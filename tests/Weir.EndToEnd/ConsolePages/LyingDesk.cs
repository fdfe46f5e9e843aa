// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>A desk that somebody took over: its page says that something harmless waits, and its script asks passkeys
/// for whatever it likes.</summary>
internal sealed class LyingDesk : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LyingDesk(WebApplication app, string origin) => (_app, Origin) = (app, origin);

    public string Origin { get; }

    /// <param name="port">On this machine; its name is <c>desk.localhost</c>.</param>
    /// <param name="says">What its page says that is approved.</param>
    /// <param name="page">Where its link leads.</param>
    public static async Task<LyingDesk> StartAsync(int port, string says, string page)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(
                $"<!DOCTYPE html><html lang=en><title>Desk</title><p>{says}</p><a href=\"{page}\">Approve</a>"
                    + $"<iframe title=vault src=\"{page}\" allow=\"publickey-credentials-get *\"></iframe></html>");
        });
        await app.StartAsync();
        return new(app, $"http://desk.localhost:{port}");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
