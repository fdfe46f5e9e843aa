// SPDX-License-Identifier: Apache-2.0
//
// A refusal on the wire: problem+json with the code beside it.
//
// Standards: RFC 9457.
using System.Text.Json.Serialization;

namespace Weir.Hosting.Peers;

/// <summary>A problem document.</summary>
/// <param name="Type"><c>urn:weir:CODE</c>.</param>
/// <param name="Title">What the status is called.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">A sentence: the thing, the place, the fix.</param>
/// <param name="Code">The code: see <see cref="PeerCodes"/>.</param>
internal sealed record PeerProblem(string Type, string Title, int Status, string Detail, string Code)
{
    public const string ContentType = "application/problem+json";

    private const int LongestDetail = 1_000;

    public static PeerProblem From(string code, string sentence, int status) => new(
        $"urn:weir:{code}",
        Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
        status,
        sentence.Length > LongestDetail ? sentence[..LongestDetail] + "…" : sentence,
        code);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PeerProblem))]
internal sealed partial class PeerProblemContext : JsonSerializerContext;
