// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Wire;

namespace Weir.Desk.Api.Cases;

/// <summary>Writes case files and evidence as the API shows them.</summary>
internal sealed class CaseFormatter(CaseHandler cases, PolicyProfile policy)
{
    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    public static EvidenceFlow Flow(EvidenceRow row) => new(
        row.Scope.ToString(), MaybeTime(row.StartMs), MaybeTime(row.EndMs),
        row.Remote.Address.Bits == 0 ? "" : row.Remote.Address.ToString(),
        row.Remote.Port, row.Remote.Protocol == 0 ? "" : Protocols.ToName(row.Remote.Protocol),
        row.PacketsOut, row.PacketsIn, row.OctetsOut, row.OctetsIn, row.SamplingInterval, row.FlagsOut, row.FlagsIn);

    public CaseSummary Summary(CaseFile file) => new(
        file.Id.ToString(), CaseStateMachine.ToName(file.State), Subject(file), file.Assignee, file.OpenedAt,
        file.SnoozedUntil, file.ClosedAt, CaseStateMachine.ToName(file.Verdict), file.Scopes.Length,
        file.Scopes.Count(s => s.State == ScopeState.Open),
        string.Join(' ', file.Scopes.Select(s => Purposes.ToName(s.Scope.Purpose)).Distinct()));

    public CaseResponse Whole(CaseFile file) => new(
        Summary(file), [.. file.Scopes.Select(Scope)],
        [.. file.Comments.Select(c => new CommentLine(c.At, c.By, c.Text))]);

    private static DateTimeOffset? MaybeTime(long ms) => ms == 0 ? null : Time(ms);

    private string Subject(CaseFile file) =>
        file.State == CaseState.Erased ? ""
        : policy.ShowsSubjects ? new IpKey(file.Subject.Pseudonym).ToString()
        : file.Subject.ToString();

    private ScopeSummary Scope(CaseScope held) => new(
        held.Scope.Id.ToString(), CaseStateMachine.ToName(held.State), Purposes.ToName(held.Scope.Purpose),
        held.Scope.Class.ToString(), Time(held.Scope.FromMs), Time(held.UntilMs), Time(held.Scope.ExpiresMs),
        cases.WholeSince(held.Scope.Id) is { } since ? Time(since) : null, held.Scope.Trigger, held.Facts,
        held.Scope.Actions.ToString(), held.Renews?.ToString() ?? "");
}
