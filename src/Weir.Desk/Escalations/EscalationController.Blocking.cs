// SPDX-License-Identifier: Apache-2.0
//
// Closing an endpoint for one line without a person: only what the policy names as automatic, is confirmed and
// dedicated, after the customer was told. Why something was not closed stands on the ladder.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Wire;
using Refusal = Weir.Desk.Mitigation.MitigationRefusal;

namespace Weir.Desk.Escalations;

public sealed partial class EscalationController
{
    /// <summary>What was not seen for so long is not closed any more.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(7);

    private readonly Dictionary<(CaseId Case, string Target), DateTimeOffset> _lookedAt = [];
    private long _notBlocked;

    private async Task<Escalation> BlockAsync(CaseFile file, Escalation ladder, CancellationToken cancel)
    {
        if (!file.TakesEvents || EscalationStateMachine.Find(EscalationStep.Block, ladder.Rung, ladder.State) is null
            || ladder.ReviewSince is not null
            || !_parts.Policy.Automatic.HasFlag(AutomaticActions.BlockDedicated) || !HasWaitedLongEnough(ladder))
        {
            return ladder;
        }

        if (!_parts.Blocks.IsEnforced || _parts.Blocks.Lost.Length > 0
            || (_parts.Blocks.StoppedAt is { } stopped && Now - stopped < _parts.Options.StopValidFor))
        {
            return ladder;
        }

        foreach (var scope in file.Scopes.Where(
            s => s.MayAct && (s.Scope.Actions & ScopeActions.Block) != 0
                && Now.ToUnixTimeMilliseconds() - s.LastMs < Fresh.TotalMilliseconds))
        {
            foreach (var (decided, target) in TargetsOf(scope))
            {
                var closing = await CloseAsync(file, scope, decided, target, ladder, cancel);
                if (closing.IsClosed)
                {
                    ladder = await ApplyAsync(
                        ladder, EscalationStep.Block, EscalationAuthorization.ByRules,
                        $"{target.Shown} is closed for the line",
                        cancel, l => l with { PendingNotices = AddPending(l, NoticeStep.EndpointBlocked) });
                }
                else if (closing.Why.Length > 0 && closing.Why != ladder.Why)
                {
                    ladder = await SaveAsync(ladder with { Why = closing.Why }, null, cancel);
                }
            }
        }

        return ladder;
    }

    /// <summary>The notice was delivered and had its time, or could not be and had a longer one.</summary>
    private bool HasWaitedLongEnough(Escalation ladder) =>
        ladder.ToldAt is { } told
        && (Now - told >= _parts.Options.WithoutNotice
            || (_parts.Notices.DeliveredAt(ladder.Case, NoticeStep.Found) is { } delivered
                && Now - delivered >= _parts.Options.AfterNotice));

    /// <summary>What of a scope Weir may close: the endpoint of a contact, and the class of a flood where that
    /// is configured.</summary>
    private IEnumerable<(FlowPredicate Decided, MitigationTarget Target)> TargetsOf(CaseScope scope)
    {
        var named = scope.Scope.Class.Predicate;
        if (scope.Scope.Purpose == Purpose.CncContact)
        {
            return named.Remotes.Select(remote => (
                named with { Remotes = [remote] },
                MitigationTarget.EndpointForOneLine(Wire.Prefix.From(remote, 128), named.Protocol, named.RemotePorts)));
        }

        return scope.Scope.Purpose == Purpose.DdosSource
            && _parts.Options.BlocksFloods && (named.Direction & Direction.Out) != 0
            ? MitigationTarget.Flood(scope.Scope.Class, null).Select(
                target => (target.Remote is { } remote ? named with { Remotes = [remote.Network] } : named, target))
            : [];
    }

    /// <summary>Closes a target for the line, once.</summary>
    private async Task<Closing> CloseAsync(
        CaseFile file, CaseScope scope, FlowPredicate decided, MitigationTarget target, Escalation ladder,
        CancellationToken cancel)
    {
        var before = _parts.Blocks.ForLine(file.Id).Where(l => l.Target.WithoutLine() == target).ToList();
        if (before.Find(l => !LeaseStateMachine.IsOver(l.State)) is { } open)
        {
            // A stop between the block and the ladder's own record: taken up where it stood.
            return open.State == LeaseState.Planned ? open.PlannedBy == Actor.Weir.Name
                ? await OrderAsync(scope, decided, open, "taken up after a stop", cancel)
                : Closing.Nothing
                : ladder.Rung < EscalationLevel.Blocked ? Closing.Closed : Closing.Nothing;
        }

        if (before.Exists(l => l.State == LeaseState.Withdrawn && l.StateAt >= ladder.ClearAt
            && l.StateAt.ToUnixTimeMilliseconds() >= scope.LastMs))
        {
            return Closing.Nothing;
        }

        if (_lookedAt.TryGetValue((file.Id, target.ToString()), out var looked)
            && Now - looked < _parts.Options.PollInterval)
        {
            return Closing.Nothing;
        }

        _lookedAt[(file.Id, target.ToString())] = Now;
        var (grounds, collateral, against) = await WeighAsync(scope, decided, target, cancel);
        if (against is not null)
        {
            return await NotAsync(file, scope, against, cancel);
        }

        var threat = $"{Purposes.ToName(scope.Scope.Purpose)}, {scope.Scope.Trigger}: "
            + TriggerText.Format(scope.Facts, scope.Origin);
        var step = await _parts.Blocks.PlanAsync(
            target, new(threat, grounds, "the customer was told and it goes on", collateral), file.Id, Actor.Weir.Name,
            Actor.Weir.RoleWord, cancel);
        return step.Lease is { } planned
            ? await OrderAsync(scope, decided, planned, grounds, cancel)
            : await NotAsync(file, scope, step.Refused[0], cancel, isRecorded: true);
    }

    /// <summary>Whether an endpoint is confirmed and dedicated (rules.md R14, R15). The class of a flood is its line's
    /// own and hits nobody else.</summary>
    private async Task<(string Grounds, Collateral? Collateral, MitigationRefusal? Against)> WeighAsync(
        CaseScope scope, FlowPredicate decided, MitigationTarget target, CancellationToken cancel)
    {
        if (scope.Scope.Purpose != Purpose.CncContact)
        {
            return ($"the rule {scope.Scope.Trigger} confirmed it", null, null);
        }

        var endpoint = new Endpoint(
            decided.Remotes[0], decided.RemotePorts.IsEmpty ? (ushort)0 : decided.RemotePorts[0], decided.Protocol);
        var standing = await _parts.Endpoints.GetAsync(endpoint, cancel);
        var (hit, ceiling) = (standing.Collateral.NonCaseSubjects, Guardrails.Ceiling(standing.Collateral.Subjects));
        var against = standing.Confirmed.Length == 0 ? new MitigationRefusal(
            MitigationRefusal.NotListed,
            $"{endpoint} is not confirmed: neither two lists, nor a trusted one, nor two people name it")
            : standing.IsShared ? new(
                MitigationRefusal.Collateral,
                $"{endpoint} is not dedicated: the latest comparison found that too many others use it")
            : hit > ceiling
                ? new(MitigationRefusal.Collateral, string.Create(CultureInfo.InvariantCulture, $"{endpoint} is not "
                    + $"dedicated: {hit} subjects without a case use it, and above {ceiling} nothing is closed "
                    + $"without people (rules.md R15)"))
            : null;
        return (
            string.Create(
                CultureInfo.InvariantCulture, $"confirmed by {standing.Confirmed}; dedicated: {hit} others use it"),
            standing.Collateral, against);
    }

    private async Task<Closing> NotAsync(
        CaseFile file, CaseScope scope, MitigationRefusal against, CancellationToken cancel, bool isRecorded = false)
    {
        _ = Interlocked.Increment(ref _notBlocked);
        if (!isRecorded)
        {
            _ = await AuditAsync(
                AuditActions.Block, (file.Id, scope.Scope.Id), against.Code, against.Code,
                EscalationAuthorization.ByRules, cancel);
        }

        _parts.Log.NotBlocked(file.Id, against.Code);
        return Closing.Refused(against.Why);
    }

    /// <summary>Leave of the rules, then the order, then the line's address.</summary>
    private async Task<Closing> OrderAsync(
        CaseScope scope, FlowPredicate decided, Lease planned, string grounds, CancellationToken cancel)
    {
        var most = TimeSpan.FromDays(_parts.Policy.BlockDays);
        var (leave, refused) = await _parts.Cases.LeaveToBlockAsync(
            scope, decided, grounds, _parts.Options.Lease < most ? _parts.Options.Lease : most, cancel);
        if (leave is null)
        {
            return Closing.Refused(refused!.Why);
        }

        var step = await _parts.Blocks.ApproveAsync(
            new MitigationOrder(leave, planned, leave.EndsAt), Actor.Weir.Name, Actor.Weir.RoleWord, cancel);
        return step.Lease is not null ? Closing.Closed : Closing.Refused(step.Refused[0].Why);
    }

    /// <summary>What came of closing a target.</summary>
    /// <param name="IsClosed">It is closed now.</param>
    /// <param name="Why">Why not, for people; empty where there is nothing to say.</param>
    private readonly record struct Closing(bool IsClosed, string Why)
    {
        public static Closing Closed { get; } = new(true, "");

        public static Closing Nothing { get; } = new(false, "");

        public static Closing Refused(string why) => new(false, $"not closed by Weir itself: {why}");
    }
}
