// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Metrics;

namespace Weir.Cli.Web.SelfService;

/// <summary>The listener of the customer's page, apart from metrics and console: nothing else answers there.</summary>
internal sealed class SelfServiceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SelfServiceHost(WebApplication app) => _app = app;

    /// <summary>Where it listens, with the real port when 0 was asked.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <exception cref="IOException">The address cannot be had; the message names it and the mend.</exception>
    public static async Task<SelfServiceHost> StartAsync(IPEndPoint listen, SelfServicePages pages)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = SelfServicePages.MaxOctets;
            kestrel.Limits.MaxRequestLineSize = 2 << 10;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.MaxConcurrentConnections = 512;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
            kestrel.Listen(listen);
        });
        builder.Logging.AddPlainConsole();
        var app = builder.Build();
        app.Run(pages.AnswerAsync);
        try
        {
            await app.StartAsync();
            return new SelfServiceHost(app);
        }
        catch (Exception refused) when (refused is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            throw new IOException($"TCP {listen} (selfservice.listen) cannot be opened: {refused.Message}; stop the "
                + "program that has it or choose another port", refused);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
