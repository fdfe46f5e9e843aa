// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.Hosting.Reloading;

namespace Weir.Cli.Processes;

/// <summary>Asks children how they are, each at its socket. Safe for any thread.</summary>
internal sealed class ChildMonitor : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;

    public ChildMonitor(ProcessPlaces places) => _http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(
                    new UnixDomainSocketEndPoint(places.MonitorSocketOf(context.DnsEndPoint.Host)), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { Timeout = Patience };

    /// <summary>Its page of metrics; null where it does not answer.</summary>
    public async Task<string?> MetricsAsync(string process, CancellationToken cancel) =>
        (await GetAsync(process, "metrics", cancel))?.Body;

    /// <summary>How it is, as it says; null where it does not answer.</summary>
    public async Task<string?> HealthAsync(string process, CancellationToken cancel) =>
        (await GetAsync(process, "healthz", cancel))?.Body;

    /// <summary>What it holds, as it says; null where it does not answer, or starts.</summary>
    public async Task<string?> RetentionAsync(string process, CancellationToken cancel) =>
        await GetAsync(process, "retention", cancel) is { Status: HttpStatusCode.OK, Body: var body } ? body : null;

    /// <summary>The exporters it hears, as it says; null where it hears none, or does not answer.</summary>
    public async Task<string?> ExportersAsync(string process, CancellationToken cancel) =>
        await GetAsync(process, "exporters", cancel) is { Status: HttpStatusCode.OK, Body: var body } ? body : null;

    public async Task<bool> IsReadyAsync(string process, CancellationToken cancel) =>
        await GetAsync(process, "readyz", cancel) is { Status: HttpStatusCode.OK };

    /// <summary>How it stands with its configuration; null where it does not answer.</summary>
    public async Task<ReloadResult?> ConfigurationAsync(string process, CancellationToken cancel) =>
        await GetAsync(process, "configuration", cancel) is var (_, body) ? ReloadResult.Parse(body) : null;

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Body)?> GetAsync(
        string process, string path, CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://{process}/{path}"), cancel);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel));
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or IOException)
        {
            return null; // it starts, or is started again
        }
    }
}
