// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Notices;

/// <summary>How a notice stands and its proof, never whom it is about.</summary>
/// <param name="Case">Whose customer.</param>
/// <param name="Step">What the customer is told of.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ToldWith">The step it was told together with; empty where alone.</param>
/// <param name="By">Who had it sent.</param>
/// <param name="Planned">When.</param>
/// <param name="Next">When it is tried again.</param>
/// <param name="Attempts">Tries so far.</param>
/// <param name="Channel">What took it.</param>
/// <param name="Language">Of its text.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Reply">As the next station answered.</param>
/// <param name="Digest">SHA-256 of what was sent, hexadecimal.</param>
/// <param name="Why">Why it is not delivered.</param>
internal sealed record NoticeSummary(
    string Case, string Step, string State, string ToldWith, string By, DateTimeOffset Planned, DateTimeOffset? Next,
    int Attempts, string Channel, string Language, DateTimeOffset? At, string Reply, string Digest, string Why);

/// <param name="Case">Whose customer.</param>
/// <param name="Step">What the customer is told of.</param>
/// <param name="Scope">The scope whose facts are told; the case's first without it.</param>
internal sealed record NoticeSendRequest(string Case, string Step, string? Scope = null);

/// <summary>A notice with invented facts, as a customer would get it.</summary>
/// <param name="Step">Which step.</param>
/// <param name="Language">Of its text.</param>
/// <param name="Languages">Languages there are texts for.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Plain">Its plain text.</param>
internal sealed record NoticePreviewResponse(
    string Step, string Language, IReadOnlyList<string> Languages, string Subject, string Plain);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<NoticeSummary>))]
[JsonSerializable(typeof(NoticeSendRequest))]
[JsonSerializable(typeof(NoticePreviewResponse))]
internal sealed partial class NoticeJson : JsonSerializerContext;
