// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Escalations;

/// <param name="Garden"><c>leaky</c>, <c>strict</c> or <c>none</c>.</param>
/// <param name="Reason">Why; stands in the audit.</param>
internal sealed record GardenRequest(string Garden, string? Reason = null);

/// <param name="Reason">In short; no customer's name belongs there.</param>
/// <param name="Protected">The line is one for life or limb.</param>
internal sealed record AppealRequest(string? Reason = null, bool Protected = false);

/// <param name="Reason">Why what was in force is right; stands in the audit.</param>
internal sealed record AppealReviewRequest(string? Reason = null);

/// <summary><c>InForce</c>: Names far ends, never a line.</summary>
internal sealed record LadderSummary(
    string Case, string Rung, string State, DateTimeOffset Since, string Garden, string InForce,
    DateTimeOffset? CheckFrom, DateTimeOffset? ReviewSince, string OrderedBy, string Why, string Next);

internal sealed record LadderStep(DateTimeOffset At, string Step, string Rung, string By, string Why);

/// <summary><c>Steps</c>: Oldest first.</summary>
internal sealed record LadderResponse(LadderSummary Ladder, IReadOnlyList<LadderStep> Steps);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GardenRequest))]
[JsonSerializable(typeof(AppealRequest))]
[JsonSerializable(typeof(AppealReviewRequest))]
[JsonSerializable(typeof(LadderSummary))]
[JsonSerializable(typeof(LadderResponse))]
internal sealed partial class EscalationJson : JsonSerializerContext;
