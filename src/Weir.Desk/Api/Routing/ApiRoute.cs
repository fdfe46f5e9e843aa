// SPDX-License-Identifier: Apache-2.0
//
// One thing the API can be asked for. Who may ask, as what a wrong role's call is on record, and what goes in and comes
// out are required members: a route without a role does not compile.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Json;
using Weir.Hosting.Files;

namespace Weir.Desk.Api.Routing;

/// <summary>What happens when a request comes again.</summary>
internal enum RouteRepeat : byte
{
    /// <summary>Nothing is changed by it.</summary>
    Reads,

    /// <summary>What the request names decides: the second time changes nothing more, or is refused.</summary>
    ByName,

    /// <summary>An <c>Idempotency-Key</c> makes the second time the first one's answer.</summary>
    ByKey,
}

/// <summary>A parameter behind the question mark.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What it says, with its unit and what holds without it.</param>
internal sealed record ApiParameter(string Name, string Meaning);

/// <summary>A route, whatever its types.</summary>
internal abstract class ApiRoute
{
    /// <summary>Most octets of a body unless a route says otherwise.</summary>
    public const int UsualOctets = 64 << 10;

    /// <summary>The parameters of a list that pages.</summary>
    public static readonly ApiParameter[] Paging =
    [
        new("limit", FormattableString.Invariant($"Most rows of this page, 1 to {ApiCall.MaxPage}; 100 without it.")),
        new("after", "The `next` of the page before; the first page without it."),
    ];

    /// <summary><c>GET</c>, <c>POST</c> or <c>PUT</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Below <see cref="ApiRoutes.Prefix"/>, without a slash in front; parts in braces are the caller's.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Who may call it.</summary>
    public required RouteRoles Roles { get; init; }

    /// <summary>One sentence for who reads the document.</summary>
    public required string Summary { get; init; }

    public required RouteRepeat Repeat { get; init; }

    /// <summary>Parameters it takes; any other is refused.</summary>
    public IReadOnlyList<ApiParameter> Query { get; init; } = [];

    /// <summary>Whether it may not wait: who has as many connections as may be, or asks too often, is answered
    /// still.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>Most octets of its body.</summary>
    public virtual int MaxOctets { get; init; }

    /// <summary>Refusals beyond those of every route (<see cref="ApiRoutes.OfEvery"/>).</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>The version of what the path names, as an ETag, for <c>If-Match</c>; null where the route has none.
    /// </summary>
    public Func<ApiCall, string?>? Version { get; init; }

    /// <summary>The answer's type.</summary>
    public abstract JsonTypeInfo AnswerType { get; }

    /// <summary>Of its answer.</summary>
    public virtual string ContentType => "application/json";

    /// <summary>The body's type; null where it takes none.</summary>
    public virtual JsonTypeInfo? BodyType => null;

    /// <summary>As refusals and documents name it.</summary>
    public string Name => $"{Method} {ApiRoutes.Prefix}/{Path}";

    /// <summary>Why a wrong role is refused.</summary>
    public string WhyNot(string role) => $"The role {role} may not; this is for {Roles.Words}: {Summary}";

    /// <summary>As what a wrong role's call is put on record.</summary>
    /// <param name="call">The call.</param>
    /// <param name="body">Its body as it was sent, where it could be read.</param>
    public abstract RouteRefusal RefusalOf(ApiCall call, ReadOnlyMemory<byte> body);

    /// <summary>Answers a call that may come.</summary>
    /// <returns>The answer's JSON.</returns>
    /// <exception cref="ApiRefusalException">It was refused.</exception>
    public abstract Task<byte[]> AnswerAsync(ApiCall call, ReadOnlyMemory<byte> body);
}

/// <summary>A route without a body.</summary>
internal sealed class ApiRoute<TAnswer> : ApiRoute
{
    public required JsonTypeInfo<TAnswer> Answer { get; init; }

    public required Func<ApiCall, RouteRefusal> Refusal { get; init; }

    public required Func<ApiCall, Task<TAnswer>> Handle { get; init; }

    public override JsonTypeInfo AnswerType => Answer;

    public override RouteRefusal RefusalOf(ApiCall call, ReadOnlyMemory<byte> body) => Refusal(call);

    public override async Task<byte[]> AnswerAsync(ApiCall call, ReadOnlyMemory<byte> body) =>
        JsonSerializer.SerializeToUtf8Bytes(await Handle(call), Answer);
}

/// <summary>A route with a body, of a context with <c>JsonSerializerDefaults.Strict</c>.</summary>
internal sealed class ApiRoute<TBody, TAnswer> : ApiRoute
    where TBody : class
{
    public required JsonTypeInfo<TBody> Body { get; init; }

    public required JsonTypeInfo<TAnswer> Answer { get; init; }

    /// <summary>The body is null where it could not be read.</summary>
    public required Func<ApiCall, TBody?, RouteRefusal> Refusal { get; init; }

    public required Func<ApiCall, TBody, Task<TAnswer>> Handle { get; init; }

    public override int MaxOctets { get; init; } = UsualOctets;

    public override JsonTypeInfo AnswerType => Answer;

    public override JsonTypeInfo BodyType => Body;

    public override RouteRefusal RefusalOf(ApiCall call, ReadOnlyMemory<byte> body)
    {
        try
        {
            return Refusal(call, body.IsEmpty ? null : StrictJson.Read(body.Span, Body));
        }
        catch (Exception fault) when (IsOfBody(fault))
        {
            return Refusal(call, null);
        }
    }

    public override async Task<byte[]> AnswerAsync(ApiCall call, ReadOnlyMemory<byte> body) =>
        JsonSerializer.SerializeToUtf8Bytes(await Handle(call, Read(body.Span)), Answer);

    private static bool IsOfBody(Exception fault) => fault is JsonException or FormatException or ArgumentException;

    /// <summary>Octets in memory: what a converter or a constructor throws is the sender's fault.</summary>
    private TBody Read(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
        {
            throw ApiRefusalException.BadRequest($"the body of {Name} is missing; send {Takes()}");
        }

        try
        {
            return StrictJson.Read(octets, Body);
        }
        catch (Exception fault) when (IsOfBody(fault))
        {
            throw ApiRefusalException.BadRequest(
                $"the body of {Name} cannot be read: {JsonFault.Describe(fault)}; send {Takes()}");
        }
    }

    private string Takes() => Body.Properties.Count == 0
        ? "{}"
        : $"JSON with {string.Join(", ", Body.Properties.Select(
            property => property.IsRequired ? property.Name : $"{property.Name} (may be left out)"))}";
}
