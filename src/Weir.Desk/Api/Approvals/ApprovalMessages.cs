// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Approvals;

/// <summary>What one person asked for and a second has to give.</summary>
internal sealed record ApprovalSummary(
    string Id, string Deed, string Case, string Scope, string Target, string AskedBy,
    DateTimeOffset AskedAt, string Reason);

/// <param name="Case">Whose subject.</param>
/// <param name="Scope">The scope that the reason rests on.</param>
/// <param name="Reason">What is to be done with the name; stands in the audit.</param>
internal sealed record DisclosureRequest(string Case, string Scope, string Reason);

/// <summary><c>Line</c>: Who it is; empty while it waits. <c>Until</c>: End of the view, UTC. <c>Next</c>: What comes
/// now, in words.</summary>
internal sealed record DisclosureResponse(
    string Id, string Case, string Scope, string Line, DateTimeOffset? Until, string Next);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<ApprovalSummary>))]
[JsonSerializable(typeof(DisclosureRequest))]
[JsonSerializable(typeof(DisclosureResponse))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
