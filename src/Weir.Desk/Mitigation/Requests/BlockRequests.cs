// SPDX-License-Identifier: Apache-2.0
//
// What people ask of blocking. One plans, another in the other role approves; taking back needs one. A far end has to
// be a listed C&C, so that counting whom a block would hit is no way to ask about other endpoints, and the count comes
// before the plan. What is asked and refused is in the audit first.
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Desk.Mitigation.Requests;

/// <summary>What came of it: a lease, or a refusal of the rules, or what the rails hold against it.</summary>
internal sealed record BlockAnswer(Lease? Lease, Decision.Deny? Refused, IReadOnlyList<MitigationRefusal> Against)
{
    public static BlockAnswer Of(Decision.Deny refused) => new(null, refused, []);

    public static BlockAnswer Of(MitigationResult step) => new(step.Lease, null, step.Refused);
}

/// <summary>Why a block, in the three parts that rules.md R15 asks for.</summary>
internal readonly record struct BlockReasons(string Threat, string Necessity, string Alternatives);

/// <summary>What <see cref="BlockRequests"/> works with.</summary>
internal sealed record BlockRequestDependencies
{
    public required CaseHandler Cases { get; init; }

    public required MitigationController Blocks { get; init; }

    public required ICollateralCounts Collateral { get; init; }

    /// <summary>Whether the lists in force name what is to be blocked.</summary>
    public required Func<MitigationTarget, bool> IsListed { get; init; }

    /// <summary>How long a block lasts where nothing is said.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>And at most.</summary>
    public required TimeSpan Longest { get; init; }

    /// <summary>Why nothing may be closed for the line of a case now; null where it may.</summary>
    public Func<CaseId, string?> WhyNotForLine { get; init; } = _ => null;
}

/// <summary>What else is decided about the line of a case.</summary>
internal interface ILineStanding
{
    /// <summary>Why nothing may be closed for it now, whoever orders it; null where it may. What the next round would
    /// take back is refused instead.</summary>
    string? WhyNotForLine(CaseId id);
}

/// <summary>Plans, approvals and withdrawals of people.</summary>
internal sealed class BlockRequests(BlockRequestDependencies parts)
{
    public MitigationController Blocks => parts.Blocks;

    /// <summary>The first person: what is blocked and why. Waits for the second.</summary>
    public async Task<BlockAnswer> PlanAsync(
        Actor actor, MitigationTarget target, BlockReasons why, CaseId? forCase, CancellationToken cancel)
    {
        var request = new Request.BlockEndpoint(target.ToString(), forCase);
        if (await parts.Cases.Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
        {
            return BlockAnswer.Of(deny);
        }

        if (target.IsForOneLine)
        {
            return await RefuseAsync(
                actor, request, DenyCode.ActionNotAllowed,
                "A line's address is nobody's to type; block the far end.", cancel);
        }

        if (!parts.IsListed(target))
        {
            return await RefuseAsync(
                actor, request, DenyCode.ActionNotAllowed,
                "No list in force names it as a C&C, or one allows it; only what is confirmed is blocked.", cancel);
        }

        var collateral = target.IsByAddress
            ? await parts.Collateral.CountAsync(
                target, [.. parts.Cases.Files.Where(f => f.State != CaseState.Erased).Select(f => f.Subject)], cancel)
            : (Collateral?)null;
        var step = await parts.Blocks.PlanAsync(
            target, new(why.Threat, why.Necessity, why.Alternatives, collateral), forCase ?? default, actor.Name,
            actor.RoleWord, cancel);
        if (step.Lease is not null)
        {
            await RequestAsync(actor, step.Lease, new(forCase ?? default, default, target.ToString()), why, cancel);
        }

        return BlockAnswer.Of(step);
    }

    /// <summary>The first person, for one line: what a scope's class names and nothing beside it (rules.md, examples 1
    /// and 5). Hits nobody else, so that nobody is counted.</summary>
    /// <returns>One answer for each remote address the class names.</returns>
    public async Task<IReadOnlyList<BlockAnswer>> PlanForLineAsync(
        Actor actor, ScopeId id, BlockReasons why, CancellationToken cancel)
    {
        var held = parts.Cases.Scopes.Find(id);
        var request = RequestOfLine(id);
        if (await parts.Cases.Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
        {
            return [BlockAnswer.Of(deny)];
        }

        var targets = held is { State: ScopeState.Open or ScopeState.Ended }
            && (held.Scope.Actions & ScopeActions.Block) != 0
            ? MitigationTarget.ForLineOf(held.Scope)
            : [];
        if (targets.Count == 0)
        {
            return [await RefuseAsync(actor, request, DenyCode.ActionNotAllowed, $"{id} names nothing that its line "
                + "sends and that may be closed, or is sealed or erased; weir case show tells what it allows.",
                cancel)];
        }

        if (parts.WhyNotForLine(held!.Scope.Case) is { } wrong)
        {
            return [await RefuseAsync(actor, request, DenyCode.ActionNotAllowed, wrong, cancel)];
        }

        var answers = new List<BlockAnswer>(targets.Count);
        foreach (var target in targets)
        {
            var step = await parts.Blocks.PlanAsync(
                target, new(why.Threat, why.Necessity, why.Alternatives, null), held.Scope.Case, actor.Name,
                actor.RoleWord, cancel);
            if (step.Lease is not null)
            {
                await RequestAsync(actor, step.Lease, new(held.Scope.Case, id, target.ToString()), why, cancel);
            }

            answers.Add(BlockAnswer.Of(step));
        }

        return answers;
    }

    /// <summary>The second person: puts the plan in force.</summary>
    /// <param name="actor">Who gives leave.</param>
    /// <param name="id">The plan.</param>
    /// <param name="length">How long; null = as configured.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<BlockAnswer> ApproveAsync(Actor actor, LeaseId id, TimeSpan? length, CancellationToken cancel)
    {
        var planned = parts.Blocks.Find(id);
        var asked = AskedFor(planned);
        if (planned is null || asked is null)
        {
            return await RefuseAsync(
                actor, new Request.BlockEndpoint(id.ToString(), null), DenyCode.Unknown,
                $"{id} is no plan that waits; weir block list shows what does, and weir block plan plans it again.",
                cancel);
        }

        if (length is { } asks && (asks <= TimeSpan.Zero || asks > parts.Longest))
        {
            return await RefuseAsync(
                actor, RequestOf(asked), DenyCode.ActionNotAllowed,
                FormattableString.Invariant($"A block ends within {parts.Longest.TotalDays:0.#} d."), cancel);
        }

        if (planned.Target.IsForOneLine && parts.WhyNotForLine(planned.Case) is { } wrong)
        {
            return await RefuseAsync(actor, RequestOf(asked), DenyCode.ActionNotAllowed, wrong, cancel);
        }

        var step = await parts.Cases.ApproveAsync(actor, asked.Number, RequestOf, length ?? parts.Length, cancel);
        return step.Refused is { } refused ? BlockAnswer.Of(refused)
            : BlockAnswer.Of(await parts.Blocks.ApproveAsync(
                new MitigationOrder(step.Approval!, planned, step.Approval!.EndsAt), actor.Name,
                actor.RoleWord, cancel));
    }

    /// <summary>Takes one back.</summary>
    public async Task<BlockAnswer> WithdrawAsync(Actor actor, LeaseId id, string why, CancellationToken cancel)
    {
        var request = new Request.WithdrawBlocks(id.ToString(), why);
        if (await parts.Cases.Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
        {
            return BlockAnswer.Of(deny);
        }

        return await parts.Blocks.WithdrawAsync(
            [id], new(LeaseReasonCode.Ordered, why), actor.Name, actor.RoleWord, cancel) == 1
            ? new(parts.Blocks.Find(id), null, [])
            : await RefuseAsync(actor, request, DenyCode.Unknown, $"{id} is no block that stands or waits.", cancel);
    }

    /// <summary>Emergency stop. Whoever may is not kept waiting by the record: everything is
    /// taken back first.</summary>
    public async Task<(int Ended, Decision.Deny? Refused)> StopAllAsync(
        Actor actor, string why, CancellationToken cancel)
    {
        var ended = Roles.May(actor.Role, Permission.Block)
            ? await parts.Blocks.StopAllAsync(why, actor.Name, actor.RoleWord, cancel)
            : 0;
        return (ended, await parts.Cases.Engine.DecideAsync(actor, new Request.WithdrawBlocks("all", why), cancel)
            as Decision.Deny);
    }

    /// <summary>Whether the list may be seen.</summary>
    public async Task<Decision.Deny?> ShowAsync(Actor actor, CancellationToken cancel) =>
        await parts.Cases.Engine.DecideAsync(actor, new Request.ShowCase(null), cancel) as Decision.Deny;

    /// <summary>Whether what a scope names may be seen: that of another's case may not.</summary>
    public async Task<Decision.Deny?> ShowAsync(Actor actor, ScopeId id, CancellationToken cancel) =>
        await parts.Cases.Engine.DecideAsync(
            actor, new Request.ShowCase(parts.Cases.Scopes.Find(id)?.Scope.Case), cancel) as Decision.Deny;

    /// <summary>What approving a plan asks the policy engine.</summary>
    public Request RequestOf(LeaseId id) => AskedFor(parts.Blocks.Find(id)) is { } asked
        ? RequestOf(asked)
        : new Request.BlockEndpoint(id.ToString(), null);

    /// <summary>What a plan for the line of a scope asks the policy engine.</summary>
    public Request RequestOfLine(ScopeId id) =>
        new Request.BlockEndpoint($"the class of {id} for its line", parts.Cases.Scopes.Find(id)?.Scope.Case);

    /// <summary>Asks a second person; a plan that nobody can be asked about does not stay.</summary>
    private async Task RequestAsync(
        Actor actor, Lease planned, ApprovalSubject about, BlockReasons why, CancellationToken cancel)
    {
        try
        {
            _ = await parts.Cases.RequestAsync(
                actor, Permission.Block, about with { Lease = planned.Id, Lasts = parts.Longest }, why.Threat, cancel);
        }
        catch (Exception failure) when (failure is VaultDownException or VaultRefusedException or AuditException)
        {
            await parts.Blocks.DiscardAsync(planned.Id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The request behind a plan that waits; null where it does not.</summary>
    private StoredApproval? AskedFor(Lease? planned) => planned is not { State: LeaseState.Planned }
        ? null
        : parts.Cases.Asked.LastOrDefault(a => a.Deed == Permission.Block && a.Lease == planned.Id);

    private Request RequestOf(StoredApproval asked) =>
        asked.Scope.Number != 0 && parts.Cases.Scopes.Find(asked.Scope)?.Scope is { } scope
        && MitigationTarget.TryParse(asked.Target, out var target, out _)
            ? new Request.ActOnScope(scope.Purpose, scope.Id, ScopeActions.Block, target!.Remote is { } remote
                ? scope.Class.Predicate with { Remotes = [remote.Network] }
                : scope.Class.Predicate, new Actor(asked.AskedBy, asked.AskedRole))
            : new Request.BlockEndpoint(
                asked.Target, asked.Case.Number == 0 ? null : asked.Case, new Actor(asked.AskedBy, asked.AskedRole));

    private async Task<BlockAnswer> RefuseAsync(
        Actor actor, Request request, DenyCode code, string why, CancellationToken cancel) =>
            BlockAnswer.Of((Decision.Deny)await parts.Cases.Engine.RefuseAsync(actor, request, code, why, cancel));
}
