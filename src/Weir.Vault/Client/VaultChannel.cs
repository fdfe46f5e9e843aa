// SPDX-License-Identifier: Apache-2.0
//
// One request over the vault's socket. What the vault refuses comes back as its refusal; whatever else goes wrong means
// that the vault is down: callers have one exception for each.
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Vault.Serving;

namespace Weir.Vault.Client;

/// <summary>HTTP to the vault. Safe for any thread.</summary>
internal sealed class VaultChannel : IDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    private readonly string _socket;
    private readonly HttpClient _http;

    /// <param name="socket">Path of the vault's socket.</param>
    /// <param name="patience">How long an answer is waited for; ten seconds unless given.</param>
    public VaultChannel(string socket, TimeSpan? patience = null)
    {
        _socket = socket;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            ConnectCallback = ConnectAsync
        })
        {
            BaseAddress = new Uri("http://vault/"),
            Timeout = patience ?? Usual,
        };
    }

    /// <summary>An answer without a body.</summary>
    public async Task SendAsync(HttpRequestMessage request, CancellationToken cancel) =>
        (await AnswerAsync(request, cancel)).Dispose();

    public async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        using var answer = await AnswerAsync(request, cancel);
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancel)
                ?? throw CreateVaultDown("an answer without a body");
        }
        catch (Exception broken) when (broken is JsonException or HttpRequestException or IOException)
        {
            throw CreateVaultDown(broken.Message, broken);
        }
    }

    /// <summary>An answer of so many octets.</summary>
    public async Task ReadAsync(HttpRequestMessage request, Memory<byte> octets, CancellationToken cancel)
    {
        using var answer = await AnswerAsync(request, cancel);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            await body.ReadExactlyAsync(octets, cancel);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw CreateVaultDown(broken.Message, broken);
        }
    }

    /// <summary>An answer that is good, its body unread.</summary>
    /// <exception cref="VaultRefusedException">The vault refuses.</exception>
    /// <exception cref="EpochKeyException">The key asked for is no more, or not yet.</exception>
    /// <exception cref="VaultDownException">It does not answer, or not in order.</exception>
    public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException
            || (broken is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw CreateVaultDown(broken is OperationCanceledException ? "no answer in time" : broken.Message, broken);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw await RefusalAsync(answer, cancel);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        RefusalResponse? refused;
        try
        {
            refused = await answer.Content.ReadFromJsonAsync(VaultJsonContext.Default.RefusalResponse, cancel);
        }
        catch (Exception broken) when (broken is JsonException or HttpRequestException or IOException)
        {
            return CreateVaultDown($"status {(int)answer.StatusCode}", broken);
        }

        var why = refused?.Why ?? "";
        return answer.StatusCode switch
        {
            HttpStatusCode.Gone => new EpochKeyException(why),
            HttpStatusCode.Conflict or HttpStatusCode.Forbidden when DenyCodes.TryParse(refused!.Code, out var code) =>
                new VaultRefusedException(code, why),
            HttpStatusCode.BadRequest => new ArgumentException($"the vault did not understand: {why}"),
            _ => CreateVaultDown(why),
        };
    }

    private VaultDownException CreateVaultDown(string why, Exception? inner = null) =>
        new($"the vault at {_socket} does not answer ({why}); is `weir vault` running, and "
            + "may this user open its socket?", inner);

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
