// SPDX-License-Identifier: Apache-2.0
//
// From what a ladder says to what is in force: blocks of the line and its address, the garden, what the customer is
// told. Each is asked for again until it is so; a stop in between costs a second asking, which changes nothing.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Desk.Escalations;

public sealed partial class EscalationController
{
    private readonly Dictionary<CaseId, DateTimeOffset> _triedAt = [];
    private bool _vaultDown;
    private long _gardens;
    private long _gardensFailed;

    private async Task EnforceAsync(CaseFile file, Escalation ladder, CancellationToken cancel)
    {
        await WithdrawAsync(ladder, cancel);
        ladder = await GardenAsync(file, ladder, cancel);
        ladder = await NotifyPendingAsync(file, ladder, cancel);
        if (ladder.State == EscalationState.Ended && Find(file.Id) is not null)
        {
            _ = await SaveAsync(ladder, null, cancel);
        }
    }

    /// <summary>Takes back what the ladder does not stand for any more. What two people ordered stands on no rung: it
    /// goes when nothing restricts the line, but for what they ordered after the line was let out.</summary>
    private async Task WithdrawAsync(Escalation ladder, CancellationToken cancel)
    {
        var open = OpenBlocks(ladder.Case)
            .Where(l => l.State != LeaseState.Planned && (l.PlannedBy == Actor.Weir.Name
                || (!ladder.Restricts && !(ladder.State == EscalationState.Released && l.ApprovedAt > ladder.Since))))
            .Select(l => l.Id).ToList();
        if (open.Count == 0 || (ladder.Restricts && ladder.Rung >= EscalationLevel.Told
            && ladder is not { State: EscalationState.Checking, Rung: < EscalationLevel.Blocked }))
        {
            return;
        }

        _ = ladder.State == EscalationState.Suspended
            ? await _parts.Blocks.OverturnAsync(
                open, LeaseReasonCode.Appeal, Actor.Weir.Name, Actor.Weir.RoleWord, cancel)
            : await _parts.Blocks.WithdrawAsync(open, ladder.State switch
            {
                EscalationState.Clean => LeaseReasonCode.Clean,
                EscalationState.Ended => LeaseReasonCode.CaseOver,
                _ => new LeaseReason(LeaseReasonCode.LetOut, ladder.OrderedBy)
            }, Actor.Weir.Name, Actor.Weir.RoleWord, cancel);
    }

    /// <summary>Takes back all that is closed for a line, whoever ordered it.</summary>
    private async Task LetOutAsync(Escalation ladder, CancellationToken cancel) => await _parts.Blocks.WithdrawAsync(
        [.. OpenBlocks(ladder.Case).Where(l => l.State != LeaseState.Planned).Select(l => l.Id)],
        new LeaseReason(LeaseReasonCode.LetOut, ladder.OrderedBy), Actor.Weir.Name, Actor.Weir.RoleWord, cancel);

    /// <summary>Brings the line into the garden it should be in, or out of it.</summary>
    private async Task<Escalation> GardenAsync(CaseFile file, Escalation ladder, CancellationToken cancel)
    {
        if (ladder.Wanted == ladder.Confirmed
            || (_triedAt.TryGetValue(file.Id, out var tried) && Now - tried < _parts.Options.TryEvery))
        {
            return ladder;
        }

        _triedAt[file.Id] = Now;
        var scope = file.Scopes.FirstOrDefault(s => s.Scope.Purpose != Purpose.RemediationCheck)?.Scope.Id ?? default;
        var order = new WalledGardenOrder(file.Id, scope, ladder.Wanted, ladder.OrderedBy, ladder.OrderedFor)
        {
            Exempt = _parts.Exempt
        };
        var by = ladder.Wanted == WalledGarden.None && ladder.State is EscalationState.Clean or EscalationState.Ended
            ? EscalationAuthorization.ByRules.By
            : ladder.OrderedBy;
        _ = await _parts.Audit.AppendAsync(
            new AuditEntry
            {
                Actor = by,
                Role = by == EscalationAuthorization.ByRules.By ? EscalationAuthorization.ByRules.Role : "ladder",
                Act = AuditActions.Garden,
                Outcome = AuditActions.Allow,
                Case = file.Id.ToString(),
                Scope = scope.ToString(),
                Subject = file.State == CaseState.Erased ? "" : file.Subject.ToString(),
                Reason = $"{WordOf(ladder.Wanted)}: {ladder.OrderedFor}",
            },
            cancel);
        WalledGardenResult? proof = null;
        var why = "";
        await WithVaultAsync(
            async () => proof = await _parts.Lines.GardenAsync(order, cancel),
            refused =>
            {
                why = refused;
                return Task.CompletedTask;
            });
        if (proof is { IsDone: true })
        {
            _ = Interlocked.Increment(ref _gardens);
            return await SaveAsync(
                ladder with { Confirmed = ladder.Wanted, Why = $"{WordOf(ladder.Wanted)}, {proof.Way}: {proof.Reply}" },
                null, cancel);
        }

        _ = Interlocked.Increment(ref _gardensFailed);
        why = proof?.Reply ?? (why.Length > 0 ? why : "the vault does not answer");
        _parts.Log.GardenFailed(file.Id, WordOf(ladder.Wanted), why);
        return await SaveAsync(
            ladder with { Why = $"{WordOf(ladder.Wanted)} is ordered and not confirmed: {why}" }, null, cancel);
    }

    /// <summary>Tells what is owed, each when it is really so; what is overtaken is not told.</summary>
    private async Task<Escalation> NotifyPendingAsync(CaseFile file, Escalation ladder, CancellationToken cancel)
    {
        foreach (var step in ladder.PendingNotices)
        {
            var isSo = IsCurrent(step, ladder);
            if (isSo is null)
            {
                continue;
            }

            if (isSo == true && IsWorthTelling(step, file.Id) && ScopeOf(file, ScopeActions.Notify) is { } scope
                && await _parts.Notices.PlanAsync(Actor.Weir, file.Id, scope.Scope.Id, step, step == NoticeStep.Released
                    ? [new ActionTaken(ActionKind.Released, "", ladder.Since)]
                    : ActiveMeasures(file.Id), cancel) is { } refused)
            {
                _parts.Log.NotTold(file.Id, step, refused.Why);
            }

            ladder = await SaveAsync(ladder with { PendingNotices = ladder.PendingNotices.Remove(step) }, null, cancel);
        }

        return ladder;
    }

    /// <summary>Whether a step is so, is not so any more, or not yet (null).</summary>
    private bool? IsCurrent(NoticeStep step, Escalation ladder) => step switch
    {
        NoticeStep.Found => _parts.Notices.IsFoundDue(ladder.Case),
        NoticeStep.EndpointBlocked =>
            Held(ladder.Case).Any() ? true : ladder.Restricts && OpenBlocks(ladder.Case).Any() ? null : false,
        NoticeStep.LeakyGarden =>
            ladder.Wanted != WalledGarden.Leaky ? false : ladder.Confirmed == WalledGarden.Leaky ? true : null,
        NoticeStep.StrictGarden =>
            ladder.Wanted != WalledGarden.Strict ? false : ladder.Confirmed == WalledGarden.Strict ? true : null,
        NoticeStep.Released or NoticeStep.Clean =>
            ladder.Restricts && step == NoticeStep.Released && ladder.Rung >= EscalationLevel.Blocked
                ? false : ladder.Confirmed == WalledGarden.None && !OpenBlocks(ladder.Case).Any() ? true : null,
        _ => true,
    };

    /// <summary>That a restriction ended is told to nobody who was told of none: what no router and no access system
    /// ever confirmed was never told, and never was.</summary>
    private bool IsWorthTelling(NoticeStep step, CaseId id) => step != NoticeStep.Released
        || _parts.Notices.IsTold(id, NoticeStep.EndpointBlocked) || _parts.Notices.IsTold(id, NoticeStep.LeakyGarden)
        || _parts.Notices.IsTold(id, NoticeStep.StrictGarden);

    /// <summary>Asks the vault. That it is down is told once; what it refuses is handed on.</summary>
    private async Task WithVaultAsync(Func<Task> ask, Func<string, Task> refused)
    {
        try
        {
            await ask();
            _vaultDown = false;
        }
        catch (VaultRefusedException no)
        {
            await refused(no.Message);
        }
        catch (VaultDownException down)
        {
            if (!_vaultDown)
            {
                _vaultDown = true;
                _parts.Log.VaultDown(down.Message);
            }
        }
    }

    private static string WordOf(WalledGarden garden) => garden switch
    {
        WalledGarden.Leaky => "leaky garden",
        WalledGarden.Strict => "strict garden",
        _ => "out of the garden"
    };
}
