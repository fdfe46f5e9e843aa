// SPDX-License-Identifier: Apache-2.0
//
// What the vault asks of the desk for a customer's own view (rules.md R19): the scopes of cases, why they were opened
// and how many flows are kept. Answered to the vault alone, each case on record before the answer; the vault knows
// whose the cases are, the desk does not learn it.
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Wire.Native;

namespace Weir.Desk.Subjects;

/// <summary>Answers the vault. Safe for any thread.</summary>
internal sealed class SubjectScopesGate(CaseHandler cases, EvidenceHandler evidence, IAuditLog audit)
{
    /// <summary>413: more cases than one question may name.</summary>
    public const string TooMany = "too-many";

    /// <summary>Role of the vault's process in the record.</summary>
    private const string VaultRole = "vault";

    private const int AskOctets = 1 << 16;

    /// <summary>Rows of a scope that nobody may count yet, or that the store cannot count now.</summary>
    private const long NotCounted = -1;

    /// <summary>Writes the route.</summary>
    public PeerRoutes Map(PeerRoutes routes) => routes.Post(
        DeskRoutes.SubjectScopes, PeerRoles.Vault, DeskJson.Default.SubjectScopesAsk,
        DeskJson.Default.SubjectScopesReply, AnswerAsync, AskOctets);

    private async Task<SubjectScopesReply> AnswerAsync(PeerCall call, SubjectScopesAsk ask, CancellationToken cancel)
    {
        if (ask.Cases.Count > SubjectScopesAsk.Max)
        {
            throw new PeerRefusalException(
                TooMany, $"cases are more than {SubjectScopesAsk.Max}; ask in parts", 413);
        }

        List<SubjectScope> scopes = [];
        foreach (var text in ask.Cases)
        {
            var file = CaseId.TryParse(text, out var id) ? cases.Find(id) : null;
            _ = await audit.AppendAsync(
                new AuditEntry
                {
                    Actor = call.Peer.Name,
                    Role = VaultRole,
                    Act = AuditActions.ShowSubject,
                    Outcome = file is null ? DenyCodes.ToName(DenyCode.Unknown) : AuditActions.Allow,
                    Case = id.Number == 0 ? "" : id.ToString(), Rows = file?.Scopes.Length ?? 0,
                },
                cancel);
            foreach (var scope in file?.Scopes ?? [])
            {
                scopes.Add(await FormatAsync(scope, cancel));
            }
        }

        return new(scopes);
    }

    private async Task<SubjectScope> FormatAsync(CaseScope held, CancellationToken cancel)
    {
        var scope = held.Scope;
        return new(
            scope.Case.ToString(), scope.Id.ToString(), Purposes.ToName(scope.Purpose), scope.Class.ToString(),
            $"{scope.Trigger}: {TriggerText.Format(held.Facts, held.Origin)}",
            DateTimeOffset.FromUnixTimeMilliseconds(scope.FromMs),
            DateTimeOffset.FromUnixTimeMilliseconds(held.UntilMs),
            await CountAsync(held, cancel), CaseStateMachine.ToName(held.State));
    }

    private async Task<long> CountAsync(CaseScope held, CancellationToken cancel)
    {
        if (held.State is not (ScopeState.Open or ScopeState.Ended))
        {
            return held.State == ScopeState.Erased ? 0 : NotCounted;
        }

        try
        {
            return await evidence.CountAsync(
                Actor.Weir, new Request.CountFlows(held.Scope.Purpose, held.Scope.Id), cancel)
                is { Refused: null } counted
                ? counted.Total
                : NotCounted;
        }
        catch (StoreException)
        {
            return NotCounted; // the view says so, and tells the rest
        }
    }
}
