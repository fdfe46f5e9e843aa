// SPDX-License-Identifier: Apache-2.0
//
// The only way from a pseudonym to a person (rules.md R9): an analyst and the privacy officer together, a reason, a
// scope; shown to these two for fifteen minutes and kept nowhere. The record is durable first, and the vault keeps its
// own.
using System.Collections.Concurrent;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>What came of a disclosure: it waits for a second person, is shown, or was refused.</summary>
public sealed record DisclosureResult(StoredApproval? Asked, Disclosure? Shown, Decision.Deny? Refused);

/// <summary>Discloses. Safe for many callers at once.</summary>
public sealed class DisclosureHandler(
    CaseHandler desk, IVault vault, IAuditLog audit, PolicyProfile policy, TimeProvider time)
{
    private readonly ConcurrentDictionary<ulong, Disclosure> _shown = [];

    /// <summary>The first person asks.</summary>
    public async Task<DisclosureResult> RequestAsync(
        Actor actor, CaseId id, ScopeId scope, string reason, CancellationToken cancel)
    {
        var request = new Request.Disclose(scope, reason);
        if (await desk.Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
        {
            return new(null, null, deny);
        }

        if (desk.Find(id)?.Scopes.Any(s => s.Scope.Id == scope) != true)
        {
            return new(null, null, await desk.RefuseAsync(
                actor, request, DenyCode.Unknown, $"{scope} is no scope of {id}.", cancel));
        }

        return new(
            (await desk.RequestAsync(actor, Permission.Disclose, new(id, scope), reason, cancel)).Asked, null, null);
    }

    /// <summary>The second person gives; the vault answers, or nobody learns anything. Who gave it already is shown
    /// it again, on record, while its time lasts.</summary>
    public async Task<DisclosureResult> ApproveAsync(Actor actor, ulong number, CancellationToken cancel)
    {
        Forget();
        if (_shown.ContainsKey(number) && desk.FindAsked(number)?.GivenBy == actor.Name)
        {
            return await ShowAsync(actor, number, cancel);
        }

        ApprovalResult step;
        try
        {
            step = await desk.ApproveAsync(
                actor, number,
                asked => new Request.Disclose(asked.Scope, asked.Reason, new Actor(asked.AskedBy, asked.AskedRole)),
                TimeSpan.FromMinutes(policy.DisclosureMinutes), cancel);
        }
        catch (VaultDownException down) when (desk.FindAsked(number) is not null)
        {
            var asked = desk.FindAsked(number)!;
            return new(asked, null, await RefusedAsync(actor, asked, DenyCode.VaultDown, down.Message, cancel));
        }

        return step.Approval is { } approval
            ? await OpenAsync(actor, approval, cancel)
            : new(step.Asked, null, step.Refused);
    }

    /// <summary>What was disclosed, again, for the two who may, while its time lasts.</summary>
    public async Task<DisclosureResult> ShowAsync(Actor actor, ulong number, CancellationToken cancel)
    {
        Forget();
        var asked = desk.FindAsked(number);
        var request = new Request.Disclose(asked?.Scope ?? default, asked?.Reason ?? "");
        if (asked is null || (asked.AskedBy != actor.Name && asked.GivenBy != actor.Name)
            || !_shown.TryGetValue(number, out var shown))
        {
            return new(null, null, await desk.RefuseAsync(
                actor, request, DenyCode.Unknown,
                $"{CaseHandler.Name(number)} is not shown: it waits, its time is over, or it is not yours.", cancel));
        }

        await audit.AppendAsync(
            EntryOf(actor, asked, AuditActions.Allow) with { Result = AuditActions.Again }, cancel);
        return new(asked, shown, null);
    }

    private async Task<DisclosureResult> OpenAsync(Actor actor, Approval approval, CancellationToken cancel)
    {
        var given = approval.Given;
        try
        {
            var order = new DisclosureOrder(
                given.Case, given.Scope, given.AskedBy, Actor.ToName(given.AskedRole), given.GivenBy,
                Actor.ToName(given.GivenRole), given.Reason, CaseHandler.Name(given.Number));
            var shown = await vault.DiscloseAsync(order, cancel);
            await audit.AppendAsync(EntryOf(actor, given, AuditActions.Allow), cancel);
            _shown[given.Number] = shown;
            return new(given, shown, null);
        }
        catch (VaultDownException down)
        {
            return new(given, null, await RefusedAsync(actor, given, DenyCode.VaultDown, down.Message, cancel));
        }
        catch (VaultRefusedException refused)
        {
            return new(given, null, await RefusedAsync(actor, given, refused.Code, refused.Message, cancel));
        }
    }

    private Task<Decision.Deny> RefusedAsync(
        Actor actor, StoredApproval given, DenyCode code, string why, CancellationToken cancel) =>
            desk.RefuseAsync(
                actor, new Request.Disclose(given.Scope, given.Reason, new Actor(given.AskedBy, given.AskedRole)), code,
                why, cancel);

    private void Forget()
    {
        foreach (var (number, shown) in _shown)
        {
            if (shown.Until <= time.GetUtcNow())
            {
                _ = _shown.TryRemove(number, out _);
            }
        }
    }

    private AuditEntry EntryOf(Actor actor, StoredApproval given, string outcome) => new()
    {
        Actor = actor.Name,
        Role = actor.RoleWord,
        Act = AuditActions.Disclose,
        Outcome = outcome,
        Case = given.Case.ToString(),
        Scope = given.Scope.ToString(),
        Subject = desk.Find(given.Case)?.Subject.ToString() ?? "",
        Reason = $"{CaseHandler.Name(given.Number)}: {given.Reason}",
    };
}
