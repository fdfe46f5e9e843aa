// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Browsers;
using Weir.Hosting.Metrics;

namespace Weir.Vault.Customers;

/// <summary>The listener of the customer's page: nothing else of the vault answers there. The constructor is
/// inert.</summary>
internal sealed class PageServer(CustomerPageOptions options, CustomerPages pages) : IHostedService, IAsyncDisposable
{
    private static readonly BrowserLimits Limits = new(
        Connections: 512, OfAddress: 32, CustomerPages.MaxOctets, LineOctets: 2 << 10, Headers: TimeSpan.FromSeconds(10),
        KeepAlive: TimeSpan.FromSeconds(30));

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private WebApplication? _app;

    /// <summary>Where it listens, with the real port when 0 was asked; once it has started.</summary>
    public Uri Address => new(_app!.Urls.First());

    /// <exception cref="IOException">The address cannot be had; the message names it and the fix.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseBrowsers(options.Listen, Limits);
        builder.Logging.AddPlainConsole();
        _app = builder.Build();
        _app.Run(pages.AnswerAsync);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            throw new IOException($"TCP {options.Listen} (selfservice.listen) cannot be opened: {refused.Message}; "
                + "stop the program that has it or choose another port", refused);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(StopPatience);
            await _app.StopAsync(patience.Token);
        }
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
