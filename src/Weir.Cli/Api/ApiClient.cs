// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Desk.Api.Routing;

namespace Weir.Cli.Api;

/// <summary>The commands' side of the people's API, over its Unix socket. Paths are below <c>/api/v1</c>, without a
/// slash in front. A refusal ends the command with its code and sentence.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int AskAgain = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly string _socket;
    private readonly HttpClient _http;

    public ApiClient(string socket)
    {
        _socket = Path.GetFullPath(socket);
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
        }) { BaseAddress = new Uri($"http://weir{ApiRoutes.Prefix}/"), Timeout = Patience };
    }

    /// <summary>Rows of a list that are asked for at once.</summary>
    public int PageRows { get; init; } = ApiCall.MaxPage;

    /// <summary>Whether somebody listens there at all.</summary>
    /// <exception cref="OperatorException">This user may not knock.</exception>
    public async Task<bool> IsThereAsync(CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel);
            return true;
        }
        catch (SocketException denied) when (denied.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new OperatorException(NotForThisUser, ExitCode.Failed);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A value.</summary>
    /// <exception cref="OperatorException">Weir does not answer, or refuses.</exception>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, path, null, content => ReadAsync(content, answer, cancel), cancel);

    /// <summary>JSON to the octet as it is answered.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<string> GetTextAsync(string path, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, path, null, content => content.ReadAsStringAsync(cancel), cancel);

    /// <summary>All rows of a list, page after page.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<IReadOnlyList<TRow>> ListAsync<TRow>(
        string path, JsonTypeInfo<ApiPage<TRow>> page, CancellationToken cancel)
    {
        var rows = new List<TRow>();
        string? after = null;
        do
        {
            var next = after is null ? "" : $"&after={Uri.EscapeDataString(after)}";
            var part = await GetAsync(
                FormattableString.Invariant($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={PageRows}{next}"),
                page, cancel);
            rows.AddRange(part.Items);
            after = part.Next;
        }
        while (after is not null);
        return rows;
    }

    /// <summary>Has something done that the path alone says.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, path, null, content => ReadAsync(content, answer, cancel), cancel);

    /// <summary>Has something done.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<T> PostAsync<TBody, T>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answer, CancellationToken cancel) =>
            SendAsync(
                HttpMethod.Post, path, Write(body, bodyType), content => ReadAsync(content, answer, cancel), cancel);

    /// <summary>Has something be so.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<T> PutAsync<TBody, T>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answer, CancellationToken cancel) =>
            SendAsync(
                HttpMethod.Put, path, Write(body, bodyType), content => ReadAsync(content, answer, cancel), cancel);

    /// <summary>One part of a path, whatever was typed.</summary>
    public static string Part(string text) => Uri.EscapeDataString(text.Length == 0 ? "-" : text);

    public void Dispose() => _http.Dispose();

    private static byte[] Write<TBody>(TBody body, JsonTypeInfo<TBody> type) =>
        JsonSerializer.SerializeToUtf8Bytes(body, type);

    private static HttpRequestMessage RequestOf(HttpMethod method, string path, byte[]? body) => new(method, path)
    {
        Content = body is null ? null : new ByteArrayContent(body)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        },
    };

    private static async Task<T> ReadAsync<T>(HttpContent content, JsonTypeInfo<T> type, CancellationToken cancel) =>
        JsonSerializer.Deserialize(await content.ReadAsByteArrayAsync(cancel), type)
            ?? throw new JsonException("an answer without a body");

    /// <summary>Who asks too often is told when to ask again, and does, a few times.</summary>
    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, byte[]? body, Func<HttpContent, Task<T>> read, CancellationToken cancel,
        int again = AskAgain)
    {
        using var request = RequestOf(method, path, body);
        try
        {
            using var answer = await _http.SendAsync(request, cancel);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests && again > 0
                && answer.Headers.RetryAfter?.Delta is { } after && after <= LongestWait)
            {
                await Task.Delay(after, cancel);
                return await SendAsync(method, path, body, read, cancel, again - 1);
            }

            if (answer.IsSuccessStatusCode)
            {
                return await read(answer.Content);
            }

            var problem = await ReadAsync(answer.Content, ApiProblemJson.Default.ApiProblem, cancel);
            throw new OperatorException($"{problem.Code}: {problem.Detail}", ExitCode.Failed);
        }
        catch (Exception broken)
            when (broken is HttpRequestException or IOException or JsonException or SocketException)
        {
            throw new OperatorException(
                broken.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied }
                    ? NotForThisUser
                : broken is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                    ? $"the desk does not answer at {_socket}; is weir-desk (or weir serve) running, and is that its "
                        + "control.socket? --config names another configuration, --socket the socket"
                : $"what answers at {_socket} broke off, or is no desk of this Weir: {broken.Message}",
                ExitCode.Failed);
        }
    }

    private string NotForThisUser => $"{_socket} may not be opened by this user; it takes one with a role: weir "
        + "governance show names everybody (in a lab, access of the configuration)";

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
