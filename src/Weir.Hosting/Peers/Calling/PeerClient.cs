// SPDX-License-Identifier: Apache-2.0
//
// Calls to one other process. Each call is bounded in time and ends in an answer, a refusal, or a peer that is down.
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Json;

namespace Weir.Hosting.Peers.Calling;

/// <summary>A client of one peer; one instance serves the whole process. Safe for any thread.
/// Every call throws <see cref="PeerDownException"/> where the peer does not answer as it should within the limit,
/// <see cref="PeerRefusedException"/> where it refuses, and <see cref="OperationCanceledException"/> where the caller
/// gives up.</summary>
public sealed class PeerClient : IDisposable
{
    private static readonly Uri Base = new("http://peer/");

    private readonly PeerClientOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _base;
    private readonly TimeProvider _time;
    private readonly Counter<long> _calls;

    /// <param name="options">Where the peer is.</param>
    /// <param name="time">For limits and the state.</param>
    /// <param name="meters">Takes the counters.</param>
    /// <param name="logs">Takes a line when the peer goes down and when it answers again.</param>
    /// <exception cref="InvalidDataException">The options do not allow a call; each fault is a sentence.</exception>
    public PeerClient(PeerClientOptions options, TimeProvider time, IMeterFactory meters, ILoggerFactory logs)
        : this(options, PeerConnector.Handler(options), time, meters, logs)
    {
    }

    internal PeerClient(
        PeerClientOptions options, HttpMessageHandler handler, TimeProvider time, IMeterFactory meters,
        ILoggerFactory logs)
    {
        (_options, _time) = (options, time);
        _base = options.Address.IsTls ? new Uri(options.Address.ToString()) : Base;
        _http = new HttpMessageInvoker(handler);
        _calls = meters.Create("Weir.Peers").CreateCounter<long>(
            "weir.peers.calls", "{call}",
            "Calls to other processes, by peer and outcome: ok, what it refused with, or why it did not answer.");
        State = new PeerState(options.Name, time, logs.CreateLogger<PeerClient>());
    }

    /// <summary>The peer's name.</summary>
    public string Name => _options.Name;

    /// <summary>Up or down, as of the last call.</summary>
    public PeerState State { get; }

    /// <summary>A value for a value.</summary>
    /// <param name="path">The route, without a slash in front.</param>
    /// <param name="request">What is sent.</param>
    /// <param name="takes">Its JSON.</param>
    /// <param name="gives">The answer's JSON.</param>
    /// <param name="limit">How long the call may take; the options' time-out unless given.</param>
    /// <param name="cancel">The caller gives up.</param>
    public Task<TResponse> PostAsync<TRequest, TResponse>(
        string path, TRequest request, JsonTypeInfo<TRequest> takes, JsonTypeInfo<TResponse> gives,
        TimeSpan? limit = null, CancellationToken cancel = default)
        where TResponse : class
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, takes));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return CallAsync(HttpMethod.Post, path, content, limit, (answer, stop) => ReadAsync(answer, gives, stop),
            cancel);
    }

    /// <summary>Octets for a value.</summary>
    /// <param name="path">The route, without a slash in front.</param>
    /// <param name="body">Read to its end once, from where it stands; not disposed.</param>
    /// <param name="gives">The answer's JSON.</param>
    /// <param name="limit">How long the call may take; the options' time-out unless given.</param>
    /// <param name="cancel">The caller gives up.</param>
    public Task<TResponse> PostRawAsync<TResponse>(
        string path, Stream body, JsonTypeInfo<TResponse> gives, TimeSpan? limit = null,
        CancellationToken cancel = default)
        where TResponse : class
    {
        var content = new StreamContent(new LeftOpen(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return CallAsync(HttpMethod.Post, path, content, limit, (answer, stop) => ReadAsync(answer, gives, stop),
            cancel);
    }

    /// <summary>A value for parameters; for a route that waits for news, with a limit longer than it waits.</summary>
    /// <returns>Null where the peer has nothing to say (204).</returns>
    /// <param name="path">The route, without a slash in front.</param>
    /// <param name="gives">The answer's JSON.</param>
    /// <param name="query">Parameters.</param>
    /// <param name="limit">How long the call may take; the options' time-out unless given.</param>
    /// <param name="cancel">The caller gives up.</param>
    public Task<TResponse?> GetAsync<TResponse>(
        string path, JsonTypeInfo<TResponse> gives, IReadOnlyDictionary<string, string>? query = null,
        TimeSpan? limit = null, CancellationToken cancel = default)
        where TResponse : class =>
        CallAsync(
            HttpMethod.Get, PathWith(path, query), null, limit,
            async (answer, stop) => answer.StatusCode == HttpStatusCode.NoContent ? null
                : (TResponse?)await ReadAsync(answer, gives, stop),
            cancel);

    /// <summary>A stream of octets for parameters, read within the call's limit.</summary>
    /// <param name="path">The route, without a slash in front.</param>
    /// <param name="read">Reads the answer; not kept after it returns.</param>
    /// <param name="query">Parameters.</param>
    /// <param name="limit">How long call and reading may take; the options' time-out unless given.</param>
    /// <param name="cancel">The caller gives up.</param>
    public Task<TResult> GetRawAsync<TResult>(
        string path, Func<Stream, CancellationToken, Task<TResult>> read,
        IReadOnlyDictionary<string, string>? query = null,
        TimeSpan? limit = null, CancellationToken cancel = default) =>
        CallAsync(
            HttpMethod.Get, PathWith(path, query), null, limit,
            async (answer, stop) => await read(await answer.Content.ReadAsStreamAsync(stop), stop), cancel);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private delegate Task<TResult> AnswerReader<TResult>(HttpResponseMessage answer, CancellationToken cancel);

    private static string PathWith(string path, IReadOnlyDictionary<string, string>? query) =>
        query is null ? path : QueryHelpers.AddQueryString(path, query!);

    private async Task<TResult> CallAsync<TResult>(
        HttpMethod method, string path, HttpContent? content, TimeSpan? limit, AnswerReader<TResult> read,
        CancellationToken cancel)
    {
        var patience = limit ?? _options.Timeout;
        using var late = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        using var request = new HttpRequestMessage(method, new Uri(_base, path))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content,
        };
        request.Headers.Add(PeerSchema.Header, _options.Schema.ToString(CultureInfo.InvariantCulture));
        try
        {
            using var answer = await _http.SendAsync(request, either.Token);
            var result = answer.IsSuccessStatusCode
                ? await read(answer, either.Token)
                : throw await RefusalAsync(answer, either.Token);
            Count(PeerCodes.Ok);
            State.ReportUp();
            return result;
        }
        catch (PeerRefusedException refused)
        {
            Count(PeerCodes.IsCode(refused.Code) ? refused.Code : "unreadable");
            State.ReportUp();
            throw;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (Exception thrown)
        {
            var down = PeerFaults.Down(_options, path, patience, State.Status.IsUp == true, thrown);
            Count(PeerFaults.ToName(down.Fault));
            State.ReportDown(down.Message);
            throw down;
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        using var octets = new MemoryStream();
        await using var body = await answer.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[Math.Clamp(answer.Content.Headers.ContentLength ?? 0, 4 << 10, 256 << 10)];
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            octets.Write(buffer, 0, read);
            if (octets.Length > _options.MaxAnswerOctets)
            {
                throw new BadAnswerException($"it is longer than {_options.MaxAnswerOctets} octets");
            }
        }

        return StrictJson.Read(octets.GetBuffer().AsSpan(0, (int)octets.Length), type);
    }

    private async Task<PeerRefusedException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.Content.Headers.ContentType?.MediaType != PeerProblem.ContentType)
        {
            throw new BadAnswerException($"status {(int)answer.StatusCode} without a reason");
        }

        var problem = await ReadAsync(answer, PeerProblemContext.Default.PeerProblem, cancel);
        return new(Name, problem.Code, (int)answer.StatusCode, problem.Detail);
    }

    private void Count(string code) =>
        _calls.Add(1, new KeyValuePair<string, object?>("peer", Name), new KeyValuePair<string, object?>("code", code));
}
