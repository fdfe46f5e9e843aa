// SPDX-License-Identifier: Apache-2.0
//
// Case files as the API shows them. Times are UTC; a subject is its pseudonym, and its address under lab alone.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases.Records;

namespace Weir.Desk.Api.Cases;

/// <param name="Id">Number of the case, <c>c-</c> and 16 hexadecimal digits.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Subject">Whose it is: a pseudonym, under lab the address; empty once erased.</param>
/// <param name="Assignee">Who works on it; empty for everybody.</param>
/// <param name="Opened">When its first event came.</param>
/// <param name="Snoozed">Put aside until then.</param>
/// <param name="Closed">When it was closed.</param>
/// <param name="Verdict">As what it was closed: fixed, false-positive, untouched, none.</param>
/// <param name="Scopes">How many it has.</param>
/// <param name="OpenScopes">How many of them are open.</param>
/// <param name="Purposes">Of its scopes, separated by blanks.</param>
/// <param name="Rules">What opened its scopes, separated by blanks.</param>
/// <param name="Endpoints">Listed endpoints that it is about, separated by blanks; else what its scopes are narrowed
/// to.
/// </param>
/// <param name="Lists">Lists that name those endpoints now, separated by blanks.</param>
/// <param name="Families">What those lists call them, separated by blanks.</param>
/// <param name="Networks">Whose networks those endpoints are in, separated by semicolons; empty where no file
/// says.</param>
/// <param name="Level">How far the ladder has come, in words.</param>
/// <param name="Severity">low, medium or high: the gravest of its scopes.</param>
/// <param name="Notice">The latest step the customer is told of and how it stands, such as <c>found told</c>;
/// none.</param>
internal sealed record CaseSummary(
    string Id, string State, string Subject, string Assignee, DateTimeOffset Opened, DateTimeOffset? Snoozed,
    DateTimeOffset? Closed, string Verdict, int Scopes, int OpenScopes, string Purposes, string Rules, string Endpoints,
    string Lists, string Families, string Networks, string Level, string Severity, string Notice);

/// <param name="Id">Number of the scope, <c>s-</c> and 16 hexadecimal digits.</param>
/// <param name="State">open, ended, sealed or erased.</param>
/// <param name="Purpose">Why it was opened (rules.md R1).</param>
/// <param name="Class">Direction, protocol, remote ports and addresses of its flows.</param>
/// <param name="From">First flow start inside.</param>
/// <param name="Until">End of what it holds.</param>
/// <param name="Expires">When its evidence is erased.</param>
/// <param name="WholeSince">From when its evidence is whole; null where it is not known.</param>
/// <param name="Trigger">Rule with version and event, or the complaint.</param>
/// <param name="Facts">What the trigger told: a measure against its threshold, a complaint, a consent.</param>
/// <param name="Actions">What it allows.</param>
/// <param name="Renews">The scope it follows; empty for a first one.</param>
/// <param name="FromDigests">Found by looking back in sums by the hour: flows of before were never kept.</param>
/// <param name="Doubt">Why it is sealed: its grounds are not corroborated, <c>new-stream</c>, <c>two-streams</c>, or
/// the brake holds its listed network, <c>entry-held</c>; <c>none</c> where it is not.</param>
/// <param name="Seal">Why it is sealed, until when, and what opens it, in a sentence; empty where it is not.</param>
internal sealed record ScopeSummary(
    string Id, string State, string Purpose, string Class, DateTimeOffset From, DateTimeOffset Until,
    DateTimeOffset Expires, DateTimeOffset? WholeSince, string Trigger, TriggerFacts Facts, string Actions,
    string Renews, bool FromDigests, string Doubt, string Seal);

/// <param name="At">When it was written.</param>
/// <param name="By">By whom.</param>
/// <param name="Text">The line.</param>
internal sealed record CommentLine(DateTimeOffset At, string By, string Text);

/// <param name="Case">The case.</param>
/// <param name="Scopes">Its scopes.</param>
/// <param name="Comments">What was written into it, oldest first.</param>
internal sealed record CaseResponse(
    CaseSummary Case, IReadOnlyList<ScopeSummary> Scopes, IReadOnlyList<CommentLine> Comments);

/// <param name="To">A user; left out for oneself, empty to give the case back to all.</param>
internal sealed record AssignRequest(string? To = null);

/// <param name="Text">The line; no customer's name belongs there.</param>
internal sealed record CommentRequest(string Text);

/// <param name="Until">Until then, UTC, or until fresh evidence comes.</param>
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

/// <param name="Scope">The scope it belongs to.</param>
/// <param name="Start">Of the flow; null where time was not asked for.</param>
/// <param name="End">Of the flow.</param>
/// <param name="Remote">The far end; empty where it was not asked for.</param>
/// <param name="Network">Whose network the far end is in; empty where no file says.</param>
/// <param name="Port">Of the far end.</param>
/// <param name="Protocol">Such as tcp.</param>
/// <param name="PacketsOut">Sent by the line, as exported.</param>
/// <param name="PacketsIn">Sent to the line, as exported.</param>
/// <param name="OctetsOut">Sent by the line, as exported.</param>
/// <param name="OctetsIn">Sent to the line, as exported.</param>
/// <param name="Sampling">One packet in so many was counted; 0 where unknown.</param>
/// <param name="FlagsOut">TCP flags of the line's packets, bits as in the header.</param>
/// <param name="FlagsIn">TCP flags of the packets to it.</param>
internal sealed record EvidenceFlow(
    string Scope, DateTimeOffset? Start, DateTimeOffset? End, string Remote, string Network, int Port, string Protocol,
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
