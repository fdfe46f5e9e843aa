// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Protocol;

namespace Weir.Desk.Api.Escalations;

/// <param name="Garden"><c>leaky</c>, <c>strict</c> or <c>none</c>.</param>
/// <param name="Reason">Why; stands in the audit.</param>
internal sealed record GardenRequest(string Garden, string? Reason = null);

/// <param name="Reason">In short; no customer's name belongs there.</param>
/// <param name="Protected">The line is one for life or limb.</param>
internal sealed record AppealRequest(string? Reason = null, bool Protected = false);

/// <param name="Reason">Why what was in force is right; stands in the audit.</param>
internal sealed record AppealReviewRequest(string? Reason = null);

/// <param name="Case">Whose ladder.</param>
/// <param name="Rung">How far it is.</param>
/// <param name="State">What goes on there.</param>
/// <param name="Since">Since when.</param>
/// <param name="Garden">What the line is in; ordered and not yet confirmed is told.</param>
/// <param name="InForce">Far ends that are closed, as routers confirmed it, and until when; never a line.</param>
/// <param name="NotInForce">Far ends that were ordered closed and that no router confirmed, and why.</param>
/// <param name="CheckFrom">When the check of a clean-up is judged.</param>
/// <param name="ReviewSince">Since when an appeal waits.</param>
/// <param name="OrderedBy">Who ordered the last step.</param>
/// <param name="Why">In words.</param>
/// <param name="Next">What comes now, in words.</param>
internal sealed record LadderSummary(
    string Case, string Rung, string State, DateTimeOffset Since, string Garden, IReadOnlyList<ActionFields> InForce,
    IReadOnlyList<string> NotInForce,
    DateTimeOffset? CheckFrom, DateTimeOffset? ReviewSince, string OrderedBy, string Why, string Next);

/// <param name="At">When.</param>
/// <param name="Step">Which.</param>
/// <param name="Rung">Where it led.</param>
/// <param name="By">Who.</param>
/// <param name="Why">In words.</param>
internal sealed record LadderStep(DateTimeOffset At, string Step, string Rung, string By, string Why);

/// <param name="Ladder">Where the case stands.</param>
/// <param name="Steps">What led there, oldest first.</param>
internal sealed record LadderResponse(LadderSummary Ladder, IReadOnlyList<LadderStep> Steps);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GardenRequest))]
[JsonSerializable(typeof(AppealRequest))]
[JsonSerializable(typeof(AppealReviewRequest))]
[JsonSerializable(typeof(LadderSummary))]
[JsonSerializable(typeof(LadderResponse))]
internal sealed partial class EscalationJson : JsonSerializerContext;
