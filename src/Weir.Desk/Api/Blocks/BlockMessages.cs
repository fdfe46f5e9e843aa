// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Blocks;

/// <param name="Target">What is blocked, such as <c>flowspec 203.0.113.9 tcp 443 discard</c>.</param>
/// <param name="Threat">What threatens whom.</param>
/// <param name="Necessity">Why blocking, and why this.</param>
/// <param name="Alternatives">What milder means were weighed.</param>
/// <param name="Case">The case it is for, where there is one.</param>
internal sealed record BlockRequest(
    string Target, string Threat, string Necessity, string Alternatives, string? Case = null);

/// <param name="Scope">The scope whose class is closed for its line.</param>
/// <param name="Threat">What threatens whom.</param>
/// <param name="Necessity">Why blocking, and why this.</param>
/// <param name="Alternatives">What milder means were weighed.</param>
internal sealed record LineBlockRequest(string Scope, string Threat, string Necessity, string Alternatives);

/// <param name="Length">How long, as <c>D.HH:MM:SS</c>; as configured without it.</param>
internal sealed record BlockApprovalRequest(TimeSpan? Length = null);

/// <param name="Why">Stands in the audit.</param>
internal sealed record WithdrawalRequest(string? Why = null);

/// <param name="Id">Number of the block, <c>b-</c> and 16 hexadecimal digits.</param>
/// <param name="State">Where it stands: planned, approved, announced, verified, …</param>
/// <param name="InForce">Whether a router or resolver answered that it holds it; else it is not, whatever was
/// announced.</param>
/// <param name="HeldBy">Neighbours that are sent it, or resolvers that have the zone, as they answered last.</param>
/// <param name="Asked">Neighbours or resolvers there are.</param>
/// <param name="Target">What is blocked; never a line's address.</param>
/// <param name="Network">Whose network the address is in; empty where no file says.</param>
/// <param name="Case">The case it is for; empty where there is none.</param>
/// <param name="Collateral">How many others use it, rounded.</param>
/// <param name="PlannedBy">The first person.</param>
/// <param name="ApprovedBy">Both people, once approved.</param>
/// <param name="Until">Its end, or how long the plan waits.</param>
/// <param name="Reason">Why it is as it is, as a code: dry-run, not-held, time-over; empty for nothing to say.</param>
/// <param name="ReasonDetail">What a person, a router or the vault said of it.</param>
internal sealed record BlockSummary(
    string Id, string State, bool InForce, int HeldBy, int Asked, string Target, string Network, string Case,
    string Collateral,
    string PlannedBy, string ApprovedBy, DateTimeOffset Until, string Reason, string ReasonDetail);

/// <param name="Block">The block.</param>
/// <param name="Next">What comes now, in words.</param>
internal sealed record BlockResponse(BlockSummary Block, string Next);

/// <param name="Blocks">One for each remote address the class names.</param>
internal sealed record LineBlockResponse(IReadOnlyList<BlockResponse> Blocks);

/// <param name="Text">What was taken back, in words.</param>
internal sealed record StopResponse(string Text);

/// <summary>What a router or resolver answered when it was last asked.</summary>
/// <param name="Part">Who was asked.</param>
/// <param name="IsSound">Whether it holds what is planned.</param>
/// <param name="State">As it answered.</param>
/// <param name="At">When it was asked; null for the whole.</param>
internal sealed record StandingPart(string Part, bool IsSound, string State, DateTimeOffset? At);

/// <param name="Parts">The whole first, then each router, neighbour, zone and resolver.</param>
internal sealed record StandingResponse(IReadOnlyList<StandingPart> Parts);

/// <summary>A rule as one kind of router would be told it.</summary>
/// <param name="Dialect"><c>bird</c>, <c>junos</c> or <c>ios-xr</c>.</param>
/// <param name="Text">Its configuration.</param>
internal sealed record RuleText(string Dialect, string Text);

/// <summary>A rule that a plan would make; nothing is counted and nothing planned.</summary>
/// <param name="Target">In one line; never a line's address.</param>
/// <param name="Texts">As routers are told it; empty for one line's, whose address the vault alone puts in.</param>
internal sealed record RulePreview(string Target, IReadOnlyList<RuleText> Texts);

/// <param name="Rules">One for each remote address.</param>
internal sealed record BlockPreviewResponse(IReadOnlyList<RulePreview> Rules);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<BlockSummary>))]
[JsonSerializable(typeof(BlockRequest))]
[JsonSerializable(typeof(LineBlockRequest))]
[JsonSerializable(typeof(BlockApprovalRequest))]
[JsonSerializable(typeof(WithdrawalRequest))]
[JsonSerializable(typeof(BlockResponse))]
[JsonSerializable(typeof(LineBlockResponse))]
[JsonSerializable(typeof(StopResponse))]
[JsonSerializable(typeof(StandingResponse))]
[JsonSerializable(typeof(BlockPreviewResponse))]
internal sealed partial class BlockJson : JsonSerializerContext;
