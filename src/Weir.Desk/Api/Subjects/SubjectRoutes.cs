// SPDX-License-Identifier: Apache-2.0
//
// What the vault asks of the desk for a customer's own view (rules.md R19): the scopes of cases, why they were opened
// and how many flows are kept. Answered to the vault's user alone, each case on record before the answer; the vault
// knows whose the cases are, the desk does not learn it.
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Subjects;

/// <param name="Cases">Numbers of cases.</param>
internal sealed record SubjectScopesRequest(IReadOnlyList<string> Cases);

/// <summary>A scope as its subject may see it.</summary>
/// <param name="Case">Its case.</param>
/// <param name="Scope">Its number.</param>
/// <param name="Purpose">Why somebody looked (rules.md R1).</param>
/// <param name="Class">What could be looked at.</param>
/// <param name="Why">Rule with version, measured value and threshold, or the complaint.</param>
/// <param name="From">First flow inside.</param>
/// <param name="Until">End of the scope.</param>
/// <param name="Rows">Flows kept as evidence now; -1 where they are sealed or nobody may count them.</param>
/// <param name="State">Of the scope.</param>
internal sealed record SubjectScopeSummary(
    string Case, string Scope, string Purpose, string Class, string Why, DateTimeOffset From, DateTimeOffset Until,
    long Rows, string State);

/// <param name="Scopes">Of all the cases, in the order asked.</param>
internal sealed record SubjectScopesResponse(IReadOnlyList<SubjectScopeSummary> Scopes);

/// <summary>The scopes of cases, for the vault.</summary>
internal sealed class SubjectRoutes(CaseHandler cases, EvidenceHandler evidence, IAuditLog audit)
{
    private const int MaxCases = 1_000;

    /// <summary>Rows of a scope that nobody may count yet.</summary>
    private const long NotCounted = -1;

    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiRoute<SubjectScopesRequest, SubjectScopesResponse>
    {
        Method = HttpMethods.Post, Path = "subject-scopes", Roles = RouteRoles.Vault, Repeat = RouteRepeat.Reads,
        Summary = "The scopes of cases, for the customer's own view at the vault; each case is on record first.",
        Refusals = [ApiProblems.StoreDown],
        Body = SubjectJson.Default.SubjectScopesRequest, Answer = SubjectJson.Default.SubjectScopesResponse,
        Refusal = (_, _) => RouteRefusal.Of(AuditActions.ShowSubject, ""), Handle = ListAsync,
    });

    private async Task<SubjectScopesResponse> ListAsync(ApiCall call, SubjectScopesRequest asked)
    {
        if (asked.Cases.Count > MaxCases)
        {
            throw ApiRefusalException.BadRequest($"cases are more than {MaxCases}; ask in parts");
        }

        var scopes = new List<SubjectScopeSummary>();
        foreach (var text in asked.Cases)
        {
            var file = CaseId.TryParse(text, out var id) ? cases.Find(id) : null;
            await audit.AppendAsync(
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
                scopes.Add(await FormatAsync(scope, call.Cancel));
            }
        }

        return new(scopes);
    }

    private async Task<SubjectScopeSummary> FormatAsync(CaseScope held, CancellationToken cancel)
    {
        var scope = held.Scope;
        var rows = held.State == ScopeState.Erased ? 0 : NotCounted;
        if (held.State is ScopeState.Open or ScopeState.Ended
            && await evidence.CountAsync(Actor.Weir, new Request.CountFlows(scope.Purpose, scope.Id), cancel)
                is { Refused: null } counted)
        {
            rows = counted.Total;
        }

        return new(
            scope.Case.ToString(), scope.Id.ToString(), Purposes.ToName(scope.Purpose), scope.Class.ToString(),
            $"{scope.Trigger}: {TriggerText.Format(held.Facts, held.Origin)}",
            CaseFormatter.Time(scope.FromMs), CaseFormatter.Time(held.UntilMs), rows,
            CaseStateMachine.ToName(held.State));
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SubjectScopesRequest))]
[JsonSerializable(typeof(SubjectScopesResponse))]
internal sealed partial class SubjectJson : JsonSerializerContext;
