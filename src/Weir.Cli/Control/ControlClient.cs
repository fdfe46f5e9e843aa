// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Weir.Cli.Control;

/// <summary>The commands' side of the control socket. A refusal ends the command with its code and sentence.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly string _socket;
    private readonly HttpClient _http;

    public ControlClient(string socket)
    {
        _socket = Path.GetFullPath(socket);
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync
        }) { BaseAddress = new Uri("http://weir/"), Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <exception cref="OperatorException">Weir does not answer, or refuses.</exception>
    public Task<T> GetAsync<T>(string path, CancellationToken cancel) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancel);

    /// <exception cref="OperatorException">Weir does not answer, or refuses.</exception>
    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancel) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body, body.GetType(), options: ControlText.Json)
        }, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            try
            {
                using var answer = await _http.SendAsync(request, cancel);
                if (answer.IsSuccessStatusCode)
                {
                    return await answer.Content.ReadFromJsonAsync<T>(ControlText.Json, cancel)
                        ?? throw Down("an answer without a body");
                }

                var refused = await answer.Content.ReadFromJsonAsync<Refused>(ControlText.Json, cancel);
                throw new OperatorException($"{refused?.Code}: {refused?.Why}", ExitCode.Failed);
            }
            catch (Exception broken)
                when (broken is HttpRequestException or IOException or JsonException or SocketException)
            {
                throw Down(broken.Message);
            }
        }
    }

    private OperatorException Down(string why) =>
        new($"weir serve does not answer at {_socket} ({why}); is it running, and is that its control.socket? Name "
            + "its configuration with --config", ExitCode.Failed);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
