// SPDX-License-Identifier: Apache-2.0
//
// From candidate to confirmed (rules.md R9, worked example 8): one person asks, another in the other role gives, and
// only what a kept comparison found can be asked for, so that nobody puts an endpoint of interest on the list. A
// withheld endpoint that was not reviewed is refused in the same words as one that no comparison found.
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Desk.Cases;
using Weir.Desk.Policy;

namespace Weir.Desk.Promotion;

/// <summary>What came of it: it waits for a second person, it is done, or it was refused.</summary>
public sealed record PromotionResult(StoredApproval? Asked, Promotion? Done, Decision.Deny? Refused);

/// <summary>What <see cref="PromotionHandler"/> works with.</summary>
public sealed record PromotionDependencies
{
    public required CaseHandler Desk { get; init; }

    public required ICandidates Candidates { get; init; }

    public required IPromotedList Promoted { get; init; }

    /// <summary>The lists in force: what one allows is not promoted.</summary>
    public required CurrentWatchlist Lists { get; init; }

    /// <summary>How long a promoted endpoint stays listed.</summary>
    public required TimeSpan Lifetime { get; init; }

    public required TimeProvider Time { get; init; }
}

/// <summary>Promotions and demotions by people. Safe for many callers at once.</summary>
public sealed class PromotionHandler(PromotionDependencies parts)
{
    private const int MaxReasonLength = 2_000;

    /// <summary>The first person asks, by endpoint or by the number of a withheld one.</summary>
    public async Task<PromotionResult> RequestAsync(
        Actor actor, Endpoint? endpoint, string number, string reason, CancellationToken cancel)
    {
        var found = endpoint is { } named ? parts.Candidates.Find(named) : parts.Candidates.Withheld(number);
        var request = new Request.Promote(endpoint ?? found?.Endpoint ?? default);
        if (!Roles.May(actor.Role, Permission.Promote))
        {
            return new(null, null, (Decision.Deny)await parts.Desk.Engine.DecideAsync(actor, request, cancel));
        }

        if (reason.Trim().Length is 0 or > MaxReasonLength)
        {
            return await RefuseAsync(actor, request, DenyCode.ActionNotAllowed, "A promotion needs a reason of at "
                + $"most {MaxReasonLength} characters; it stands in the audit and on the list.", cancel);
        }

        if (CheckCandidate(found) is var (code, why))
        {
            return await RefuseAsync(actor, request, code, why, cancel);
        }

        return new((await parts.Desk.RequestAsync(
            actor, Permission.Promote, new(Target: found!.Endpoint.ToString()), reason, cancel)).Asked, null, null);
    }

    /// <summary>The second person gives: the endpoint is on our own list when this returns.</summary>
    /// <exception cref="IOException">The list could not be written; the leave is used up, and is to be
    /// asked for again.</exception>
    public async Task<PromotionResult> ApproveAsync(Actor actor, ulong number, CancellationToken cancel)
    {
        var asked = parts.Desk.FindAsked(number);
        if (asked is not { Deed: Permission.Promote } || !Endpoint.TryParse(asked.Target, out var endpoint))
        {
            return await RefuseAsync(
                actor, new Request.Promote(default), DenyCode.Unknown,
                $"{CaseHandler.Name(number)} is no promotion that waits.", cancel);
        }

        var found = parts.Candidates.Find(endpoint);
        if (CheckCandidate(found) is var (code, why) && Roles.May(actor.Role, Permission.Promote))
        {
            return await RefuseAsync(
                actor, new Request.Promote(endpoint, new Actor(asked.AskedBy, asked.AskedRole)), code, why, cancel);
        }

        var step = await parts.Desk.ApproveAsync(
            actor, number, first => new Request.Promote(endpoint, new Actor(first.AskedBy, first.AskedRole)),
            LookBack.ValidFor, cancel);
        if (step.Approval is not { } approval)
        {
            return new(step.Asked, null, step.Refused);
        }

        var now = parts.Time.GetUtcNow();
        var promotion = new Promotion
        {
            Endpoint = endpoint,
            Run = found!.Run,
            P = found.P,
            Q = found.Q,
            Ic = found.Ic,
            Ic025 = found.Ic025,
            Approval = number,
            AskedBy = approval.AskedBy,
            GivenBy = approval.GivenBy,
            Reason = approval.Given.Reason,
            At = now,
            ExpiresAt = now + parts.Lifetime,
            RestsOn = found.RestsOn,
            Hops = PromotionBrake.HopsOf(found, parts.Promoted.All),
        };
        await parts.Promoted.PutAsync(promotion, cancel);
        return new(approval.Given, promotion, null);
    }

    /// <summary>One person takes it back, and with it what would not have been found without it.</summary>
    /// <returns>Null when done, or why not.</returns>
    public async Task<Decision.Deny?> DemoteAsync(
        Actor actor, Endpoint endpoint, string reason, CancellationToken cancel)
    {
        var request = new Request.Demote(endpoint, reason);
        if (await parts.Desk.Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
        {
            return deny;
        }

        List<Endpoint> fallen = [endpoint];
        foreach (var one in PromotionBrake.FallWith(endpoint, parts.Promoted.All))
        {
            if (await parts.Desk.Engine.DecideAsync(
                actor, new Request.Demote(one, $"it rests on {endpoint}, which is taken off: {reason}"), cancel)
                is Decision.Allow)
            {
                fallen.Add(one);
            }
        }

        return await parts.Promoted.RemoveAsync(fallen, cancel) ? null : await parts.Desk.RefuseAsync(
            actor, request, DenyCode.Unknown, $"{endpoint} is not on our own list.", cancel);
    }

    /// <summary>Our own list, for who may read reports.</summary>
    public async Task<(IReadOnlyList<Promotion> Listed, Decision.Deny? Refused)> ListAsync(
        Actor actor, CancellationToken cancel) =>
            await parts.Desk.Engine.DecideAsync(actor, new Request.ReadReports(), cancel) is Decision.Deny deny
                ? ([], deny)
                : (parts.Promoted.All, null);

    private (DenyCode Code, string Why)? CheckCandidate(Candidate? found)
    {
        if (found is null
            || (found.WithheldAs.Length > 0 && !parts.Desk.WasApproved(Permission.ReviewCandidate, found.WithheldAs)))
        {
            return (DenyCode.Unknown, "No comparison that is kept reports it as a candidate, and no two people "
                + "reviewed it; weir compare list and show tell the candidates.");
        }

        return found.Status != Candidate.IsOne ? (
            DenyCode.ActionNotAllowed,
            $"The comparison {found.Run} reports it as {found.Status}, and only a candidate is promoted.")
            : parts.Lists.Current.IsAllowed(found.Endpoint) ? (
                DenyCode.ActionNotAllowed,
                "A list allows it, and what is allowed is never listed; take it off that list first.")
            : parts.Promoted.All.Any(p => p.Endpoint == found.Endpoint && p.ExpiresAt > parts.Time.GetUtcNow())
                ? (DenyCode.ActionNotAllowed, "It is promoted already; weir compare promoted shows until when.")
            : PromotionBrake.Check(
                found, parts.Promoted.All, parts.Promoted.Rejected, parts.Time.GetUtcNow()) is { } brake
                ? (DenyCode.ActionNotAllowed, brake)
            : null;
    }

    private async Task<PromotionResult> RefuseAsync(
        Actor actor, Request request, DenyCode code, string why, CancellationToken cancel) =>
            new(null, null, await parts.Desk.RefuseAsync(actor, request, code, why, cancel));
}
