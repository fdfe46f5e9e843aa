// SPDX-License-Identifier: Apache-2.0
//
// Case files as the API shows them. Times are UTC; a subject is its pseudonym, and its address under lab alone.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Cases;

/// <summary><c>Purposes</c>: Of its scopes, separated by blanks.</summary>
internal sealed record CaseSummary(
    string Id, string State, string Subject, string Assignee, DateTimeOffset Opened, DateTimeOffset? Snoozed,
    DateTimeOffset? Closed, string Verdict, int Scopes, int OpenScopes, string Purposes);

internal sealed record ScopeSummary(
    string Id, string State, string Purpose, string Class, DateTimeOffset From, DateTimeOffset Until,
    DateTimeOffset Expires, DateTimeOffset? WholeSince, string Trigger, string Grounds, string Actions, string Renews);

internal sealed record CommentLine(DateTimeOffset At, string By, string Text);

internal sealed record CaseResponse(
    CaseSummary Case, IReadOnlyList<ScopeSummary> Scopes, IReadOnlyList<CommentLine> Comments);

/// <param name="To">A user; left out for oneself, empty to give the case back to all.</param>
internal sealed record AssignRequest(string? To = null);

internal sealed record CommentRequest(string Text);

internal sealed record SnoozeRequest(DateTimeOffset Until);

/// <param name="Verdict"><c>fixed</c> or <c>false-positive</c>.</param>
/// <param name="Reason">Why.</param>
internal sealed record CloseRequest(string Verdict, string? Reason = null);

/// <summary>Which rows of a case: of one scope, or of the one that covers the predicate.</summary>
/// <param name="Scope">A scope; left out for the only one.</param>
/// <param name="Purpose">Why; left out for the scope's own.</param>
/// <param name="Predicate">DIRECTION/PROTOCOL/PORTS/ADDRESSES; left out for all of the scope.</param>
/// <param name="From">Flow starts from here.</param>
/// <param name="Until">And before here.</param>
/// <param name="Fields">Words separated by commas; left out for all.</param>
/// <param name="Limit">Most rows; 0 for 1,000.</param>
/// <param name="Count">Count only.</param>
internal sealed record EvidenceRequest(
    string? Scope = null, string? Purpose = null, string? Predicate = null, DateTimeOffset? From = null,
    DateTimeOffset? Until = null, string? Fields = null, int Limit = 0, bool Count = false);

internal sealed record EvidenceFlow(
    string Scope, DateTimeOffset? Start, DateTimeOffset? End, string Remote, int Port, string Protocol,
    ulong PacketsOut, ulong PacketsIn, ulong OctetsOut, ulong OctetsIn, uint Sampling, int FlagsOut, int FlagsIn);

/// <param name="Scope">The scope that was read.</param>
/// <param name="Total">Rows there are, shown or not.</param>
/// <param name="WholeSince">From when the evidence is whole.</param>
/// <param name="Rows">Up to the limit.</param>
internal sealed record EvidenceResponse(
    string Scope, long Total, DateTimeOffset? WholeSince, IReadOnlyList<EvidenceFlow> Rows);

/// <summary>Nothing.</summary>
internal sealed record NothingFound;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<CaseSummary>))]
[JsonSerializable(typeof(CaseResponse))]
[JsonSerializable(typeof(AssignRequest))]
[JsonSerializable(typeof(CommentRequest))]
[JsonSerializable(typeof(SnoozeRequest))]
[JsonSerializable(typeof(CloseRequest))]
[JsonSerializable(typeof(EvidenceRequest))]
[JsonSerializable(typeof(EvidenceResponse))]
[JsonSerializable(typeof(NothingFound))]
internal sealed partial class CaseJson : JsonSerializerContext;
