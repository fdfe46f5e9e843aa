// SPDX-License-Identifier: Apache-2.0
//
// What goes over the control socket: HTTP/1.1 with JSON. A refusal is status 403 (404 where something is not there or
// not yours) with its code and a sentence.
using System.Globalization;
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Wire;

namespace Weir.Cli.Control;

internal sealed record Refused(string Code, string Why);

internal sealed record CaseRow(
    string Id, string State, string Subject, string Assignee, DateTimeOffset Opened, DateTimeOffset? Snoozed,
    DateTimeOffset? Closed, string Verdict, int Scopes, int OpenScopes, string Purposes);

internal sealed record ScopeRow(
    string Id, string State, string Purpose, string Class, DateTimeOffset From, DateTimeOffset Until,
    DateTimeOffset Expires, DateTimeOffset? WholeSince, string Trigger, string Grounds, string Actions, string Renews);

internal sealed record CommentRow(DateTimeOffset At, string By, string Text);

internal sealed record CaseView(CaseRow Case, IReadOnlyList<ScopeRow> Scopes, IReadOnlyList<CommentRow> Comments);

internal sealed record EvidenceAsked(
    string? Scope, string? Purpose, string? Predicate, DateTimeOffset? From, DateTimeOffset? Until, string? Fields,
    int Limit, bool Count);

internal sealed record EvidenceLine(
    string Scope, DateTimeOffset? Start, DateTimeOffset? End, string Remote, int Port, string Protocol,
    ulong PacketsOut, ulong PacketsIn, ulong OctetsOut, ulong OctetsIn, uint Sampling, int FlagsOut, int FlagsIn);

internal sealed record EvidenceView(
    string Scope, long Total, DateTimeOffset? WholeSince, IReadOnlyList<EvidenceLine> Rows);

internal sealed record StepAsked(string? To, string? Text, DateTimeOffset? Until, string? Verdict, string? Reason);

internal sealed record DiscloseAsked(string Case, string Scope, string Reason);

internal sealed record DiscloseView(
    string Id, string Case, string Scope, string Line, DateTimeOffset? Until, string Next);

internal sealed record ApprovalRow(
    string Id, string Deed, string Case, string Scope, string Target, string AskedBy,
    DateTimeOffset AskedAt, string Reason);

internal sealed record ReviewView(string Id, string Endpoint, string Next);

internal sealed record ReviewAsked(string? Reason);

internal sealed record Told(string Text);

/// <summary>Values as they go over the socket.</summary>
internal static class ControlText
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static CaseRow Row(CaseFile file, bool inClear) => new(
        file.Id.ToString(), CaseStateMachine.ToName(file.State), Subject(file, inClear), file.Assignee, file.OpenedAt,
        file.SnoozedUntil, file.ClosedAt, CaseStateMachine.ToName(file.Verdict), file.Scopes.Length,
        file.Scopes.Count(s => s.State == ScopeState.Open),
        string.Join(' ', file.Scopes.Select(s => Purposes.ToName(s.Scope.Purpose)).Distinct()));

    public static CaseView View(CaseFile file, CaseHandler desk, bool inClear) => new(
        Row(file, inClear), [.. file.Scopes.Select(s => Row(s, desk))],
        [.. file.Comments.Select(c => new CommentRow(c.At, c.By, c.Text))]);

    public static EvidenceLine Line(EvidenceRow row) => new(
        row.Scope.ToString(), MaybeTime(row.StartMs), MaybeTime(row.EndMs),
        row.Remote.Address.Bits == 0 ? "" : row.Remote.Address.ToString(),
        row.Remote.Port, row.Remote.Protocol == 0 ? "" : Protocols.ToName(row.Remote.Protocol),
        row.PacketsOut, row.PacketsIn, row.OctetsOut, row.OctetsIn, row.SamplingInterval, row.FlagsOut, row.FlagsIn);

    public static ApprovalRow Row(StoredApproval asked) => new(
        CaseHandler.Name(asked.Number), asked.Deed.ToString().ToLowerInvariant(),
        asked.Case.Number == 0 ? "" : asked.Case.ToString(), asked.Scope.Number == 0 ? "" : asked.Scope.ToString(),
        asked.Target, asked.AskedBy, asked.AskedAt, asked.Reason);

    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>See <see cref="PredicateText.TryRead"/>.</summary>
    public static bool TryParsePredicate(string text, out FlowPredicate predicate) =>
        PredicateText.TryRead(text, out predicate);

    private static DateTimeOffset? MaybeTime(long ms) => ms == 0 ? null : Time(ms);

    private static string Subject(CaseFile file, bool inClear) =>
        file.State == CaseState.Erased
            ? "" : inClear ? new IpKey(file.Subject.Pseudonym).ToString() : file.Subject.ToString();

    private static ScopeRow Row(CaseScope scope, CaseHandler desk) => new(
        scope.Scope.Id.ToString(), CaseStateMachine.ToName(scope.State), Purposes.ToName(scope.Scope.Purpose),
        scope.Scope.Class.ToString(), Time(scope.Scope.FromMs), Time(scope.UntilMs), Time(scope.Scope.ExpiresMs),
        desk.WholeSince(scope.Scope.Id) is { } since ? Time(since) : null, scope.Scope.Trigger, scope.Grounds, scope.Scope.Actions.ToString(),
        scope.Renews?.ToString() ?? "");
}
