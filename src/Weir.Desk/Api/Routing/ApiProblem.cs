// SPDX-License-Identifier: Apache-2.0
//
// A refusal as it is answered: problem+json with the code beside it.
//
// Standards: RFC 9457.
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;

namespace Weir.Desk.Api.Routing;

/// <summary>A problem document.</summary>
/// <param name="Type"><c>urn:weir:CODE</c>.</param>
/// <param name="Title">What kind of refusal it is.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence: the thing, the place, the fix.</param>
/// <param name="Code">One of <see cref="ApiProblems"/>.</param>
internal sealed record ApiProblem(string Type, string Title, int Status, string Detail, string Code)
{
    public const string ContentType = "application/problem+json";

    private const int MaxDetailLength = 2_000;

    /// <exception cref="ArgumentException">The code is none of the list.</exception>
    public static ApiProblem Create(string code, string detail)
    {
        var kind = ApiProblems.Find(code);
        return new(
            $"urn:weir:{code}", kind.Title, kind.Status,
            detail.Length > MaxDetailLength ? detail[..MaxDetailLength] + "…" : detail, code);
    }

    /// <summary>Answers with it.</summary>
    public async Task WriteAsync(HttpResponse response, CancellationToken cancel)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        var octets = JsonSerializer.SerializeToUtf8Bytes(this, ApiProblemJson.Default.ApiProblem);
        response.ContentLength = octets.Length;
        await response.Body.WriteAsync(octets, cancel);
    }
}

/// <summary>Thrown by a handler in place of its answer.</summary>
internal sealed class ApiRefusalException(string code, string detail) : Exception(detail)
{
    /// <summary>One of <see cref="ApiProblems"/>.</summary>
    public string Code => code;

    /// <summary>A refusal of the policy engine, which is on record already.</summary>
    public static ApiRefusalException From(Decision.Deny deny) => new(DenyCodes.ToName(deny.Code), deny.Why);

    public static ApiRefusalException BadRequest(string detail) => new(ApiProblems.BadRequest, detail);

    /// <summary>Nothing where it was granted.</summary>
    /// <exception cref="ApiRefusalException">It was refused.</exception>
    public static void ThrowIf(Decision.Deny? deny)
    {
        if (deny is not null)
        {
            throw From(deny);
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiProblem))]
internal sealed partial class ApiProblemJson : JsonSerializerContext;
