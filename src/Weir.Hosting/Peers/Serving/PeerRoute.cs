// SPDX-License-Identifier: Apache-2.0
//
// One thing a process can be asked for. The four forms differ in what goes in and what comes out.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Json;

namespace Weir.Hosting.Peers.Serving;

internal abstract class PeerRoute(string method, string path, PeerRoles roles, long maxOctets)
{
    public string Method => method;

    public string Path => path;

    public PeerRoles Roles => roles;

    public long MaxOctets => maxOctets;

    /// <param name="call">What the handler knows of it.</param>
    /// <param name="request">What came.</param>
    /// <param name="held">What is held of its body until it is answered.</param>
    /// <param name="cancel">Gives up.</param>
    public abstract Task<PeerReply> AnswerAsync(
        PeerCall call, PeerRequest request, BodyShare held, CancellationToken cancel);

    protected static PeerReply Reply<TResponse>(TResponse value, JsonTypeInfo<TResponse> type) => new(
        StatusCodes.Status200OK, PeerCodes.Ok, PeerReply.Json, JsonSerializer.SerializeToUtf8Bytes(value, type));
}

internal sealed class JsonRoute<TRequest, TResponse>(
    string path, PeerRoles roles, JsonTypeInfo<TRequest> takes, JsonTypeInfo<TResponse> gives,
    PeerHandler<TRequest, TResponse> handle, int maxOctets)
    : PeerRoute(HttpMethods.Post, path, roles, maxOctets)
    where TRequest : class
{
    public override async Task<PeerReply> AnswerAsync(
        PeerCall call, PeerRequest request, BodyShare held, CancellationToken cancel)
    {
        var octets = await PeerBody.ReadAsync(request, (int)MaxOctets, held, cancel);
        return Reply(await handle(call, Parse(octets.Span), cancel), gives);
    }

    /// <summary>Only octets in memory are read here, so whatever a converter or a constructor throws is the sender's
    /// fault.</summary>
    private TRequest Parse(ReadOnlySpan<byte> octets)
    {
        try
        {
            return StrictJson.Read(octets, takes);
        }
        catch (Exception fault)
        {
            throw PeerRefusalException.Malformed($"the body is not what {Path} takes: {fault.Message}");
        }
    }
}

internal sealed class RawRoute<TResponse>(
    string path, PeerRoles roles, JsonTypeInfo<TResponse> gives,
    PeerHandler<Stream, TResponse> handle, long maxOctets, bool isHeld)
    : PeerRoute(HttpMethods.Post, path, roles, maxOctets)
{
    public override async Task<PeerReply> AnswerAsync(
        PeerCall call, PeerRequest request, BodyShare held, CancellationToken cancel)
    {
        await using var body = new PeerBody(request.Body, MaxOctets, isHeld ? held : null);
        return Reply(await handle(call, body, cancel), gives);
    }
}

internal sealed class GetRoute<TResponse>(
    string path, PeerRoles roles, JsonTypeInfo<TResponse> gives,
    Func<PeerCall, CancellationToken, Task<TResponse?>> handle)
    : PeerRoute(HttpMethods.Get, path, roles, 0)
    where TResponse : class
{
    public override async Task<PeerReply> AnswerAsync(
        PeerCall call, PeerRequest request, BodyShare held, CancellationToken cancel) =>
        await handle(call, cancel) is { } value
            ? Reply(value, gives)
            : new(StatusCodes.Status204NoContent, PeerCodes.Ok, null, default);
}

internal sealed class StreamRoute(
    string path, PeerRoles roles, Func<PeerCall, CancellationToken, Task<Stream>> handle)
    : PeerRoute(HttpMethods.Get, path, roles, 0)
{
    public override async Task<PeerReply> AnswerAsync(
        PeerCall call, PeerRequest request, BodyShare held, CancellationToken cancel) =>
        new(StatusCodes.Status200OK, PeerCodes.Ok, PeerReply.OctetStream, default)
        {
            Stream = await handle(call, cancel),
        };
}
