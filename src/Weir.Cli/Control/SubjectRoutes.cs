// SPDX-License-Identifier: Apache-2.0
//
// What the vault asks of the desk for a customer's own view (rules.md R19): the scopes of cases, why they were opened
// and how many flows are kept. Answered to the vault's user alone, each case on record before the answer; the vault
// knows whose the cases are, the desk does not learn it.
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Vault.Subjects;

namespace Weir.Cli.Control;

internal sealed record SubjectScopesAsked(IReadOnlyList<string>? Cases);

/// <summary>The scopes of cases, for the vault.</summary>
internal sealed class SubjectRoutes(ControlParts parts)
{
    public const string Path = "/v1/subject-scopes";

    private const int MostCases = 1_000;

    /// <summary>Rows of a scope that nobody may count yet.</summary>
    private const long NotCounted = -1;

    public void Map(IEndpointRouteBuilder app) =>
        app.MapPost(Path, ControlCall.With(parts, user => user == parts.VaultUser, AnswerAsync));

    private async Task AnswerAsync(ControlCall call)
    {
        if (await call.BodyAsync<SubjectScopesAsked>() is not { Cases: { Count: <= MostCases } cases })
        {
            await call.BadAsync($"the request cannot be read; it is JSON with cases, at most {MostCases}");
            return;
        }

        var scopes = new List<SubjectScope>();
        foreach (var text in cases)
        {
            var file = CaseId.TryParse(text, out var id) ? parts.Desk.Find(id) : null;
            await parts.Audit.AppendAsync(
                new AuditEntry
                {
                    Actor = call.Actor.Name,
                    Role = call.Actor.RoleWord,
                    Act = AuditActions.ShowSubject,
                    Outcome = file is null ? DenyCodes.ToName(DenyCode.Unknown) : AuditActions.Allow,
                    Case = id.Number == 0 ? "" : id.ToString(), Rows = file?.Scopes.Length ?? 0,
                },
                call.Cancel);
            foreach (var scope in file?.Scopes ?? [])
            {
                scopes.Add(await ViewAsync(scope, call.Cancel));
            }
        }

        await call.AnswerAsync(scopes);
    }

    private async Task<SubjectScope> ViewAsync(CaseScope held, CancellationToken cancel)
    {
        var scope = held.Scope;
        var rows = held.State == ScopeState.Erased ? 0 : NotCounted;
        if (held.State is ScopeState.Open or ScopeState.Ended
            && await parts.Evidence.CountAsync(Actor.Weir, new Request.CountFlows(scope.Purpose, scope.Id), cancel)
                is { Refused: null } counted)
        {
            rows = counted.Total;
        }

        return new(
            scope.Case.ToString(), scope.Id.ToString(), Purposes.ToName(scope.Purpose), scope.Class.ToString(),
            held.Grounds.Length > 0 ? $"{scope.Trigger}: {held.Grounds}" : scope.Trigger,
            ControlText.Time(scope.FromMs), ControlText.Time(held.UntilMs), rows, CaseStateMachine.ToName(held.State));
    }
}
