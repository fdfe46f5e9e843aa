// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Serving;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Mitigation.Rpz;
using Weir.Hosting.GoBgp;
using Weir.Wire.Native;

namespace Weir.Cli.Control;

internal sealed record BlockAsked(string Target, string Threat, string Necessity, string Alternatives, string? Case);

internal sealed record LineBlockAsked(string Scope, string Threat, string Necessity, string Alternatives);

internal sealed record BlockApproved(TimeSpan? Length);

internal sealed record BlockEnded(string? Why);

internal sealed record BlockRow(
    string Id, string State, string Target, string Case, string Collateral, string PlannedBy, string ApprovedBy,
    DateTimeOffset Until, string Reason);

internal sealed record BlockView(BlockRow Block, string Next);

internal sealed record BlockPart(string Part, bool IsSound, string State, DateTimeOffset? At);

/// <summary>Blocks over the socket.</summary>
internal sealed class BlockRoutes(ControlParts parts)
{
    private const string DryRun = "dry run: nothing is announced (blocking.enabled)";

    private readonly BlockRequests _requests = parts.Blocks;
    private readonly BlockParts _blocks = parts.BlockParts;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/blocks", ControlCall.With(parts, call => WhereItCanAsync(call, ListAsync)));
        app.MapPost("/v1/blocks", ControlCall.With(parts, call => WhereItCanAsync(call, PlanAsync)));
        app.MapPost("/v1/line-blocks", ControlCall.With(parts, call => WhereItCanAsync(call, PlanForLineAsync)));
        app.MapPost("/v1/blocks/{id}/approve", ControlCall.With(parts, call => WhereItCanAsync(call, ApproveAsync)));
        app.MapPost("/v1/blocks/{id}/withdraw", ControlCall.With(parts, call => WhereItCanAsync(call, WithdrawAsync)));
        app.MapPost("/v1/blocks/stop-all", ControlCall.With(parts, call => WhereItCanAsync(call, StopAllAsync)));
        app.MapGet("/v1/blocks/standing", ControlCall.With(parts, call => WhereItCanAsync(call, StandingAsync)));
    }

    private static string Waits(Lease lease) =>
        $"waits for a second person until {lease.EndsAt:u}: weir block approve {lease.Id}";

    private async Task ListAsync(ControlCall call)
    {
        var refused = await _requests.ShowAsync(call.Actor, call.Cancel);
        await (refused is null
            ? call.AnswerAsync(_blocks.Desk.Leases.OrderByDescending(l => l.PlannedAt).Select(Row).ToList())
            : call.RefuseAsync(refused));
    }

    private async Task PlanAsync(ControlCall call)
    {
        CaseId id = default;
        if (await call.BodyAsync<BlockAsked>() is not { } asked
            || (asked.Case is { Length: > 0 } named && !CaseId.TryParse(named, out id)))
        {
            await call.BadAsync("the request cannot be read; it is JSON with target, threat, necessity, alternatives, "
                + "and a case's number where there is one");
        }
        else if (!MitigationTarget.TryParse(asked.Target ?? "", out var target, out var fault))
        {
            await call.BadAsync(fault);
        }
        else
        {
            var answer = await _requests.PlanAsync(
                call.Actor, target!, asked.Threat ?? "", asked.Necessity ?? "", asked.Alternatives ?? "",
                id.Number == 0 ? null : id, call.Cancel);
            await AnswerAsync(call, answer, Waits);
        }
    }

    private async Task PlanForLineAsync(ControlCall call)
    {
        if (await call.BodyAsync<LineBlockAsked>() is not { } asked
            || !ScopeId.TryParse(asked.Scope ?? "", out var scope))
        {
            await call.BadAsync(
                "the request cannot be read; it is JSON with scope, threat, necessity and alternatives");
            return;
        }

        var answers = await _requests.PlanForLineAsync(
            call.Actor, scope, asked.Threat ?? "", asked.Necessity ?? "", asked.Alternatives ?? "", call.Cancel);
        if (answers.All(a => a.Lease is null))
        {
            await AnswerAsync(call, answers[0], _ => "");
            return;
        }

        await call.AnswerAsync(answers.Select(a => a.Lease)
            .OfType<Lease>().Select(lease => new BlockView(Row(lease), Waits(lease))).ToList());
    }

    private async Task ApproveAsync(ControlCall call)
    {
        _ = LeaseId.TryParse(call.Route("id"), out var id);
        await AnswerAsync(
            call,
            await _requests.ApproveAsync(call.Actor, id, (await call.BodyAsync<BlockApproved>())?.Length, call.Cancel),
            lease => $"in force until {lease.EndsAt:u}; weir block verify shows where it stands");
    }

    private async Task WithdrawAsync(ControlCall call)
    {
        _ = LeaseId.TryParse(call.Route("id"), out var id);
        await AnswerAsync(call, await _requests.WithdrawAsync(call.Actor, id, (await call.BodyAsync<BlockEnded>())?.Why
            ?? "", call.Cancel), _ => "routers and resolvers let go within a minute");
    }

    private async Task StopAllAsync(ControlCall call)
    {
        var (ended, refused) = await _requests.StopAllAsync(
            call.Actor, (await call.BodyAsync<BlockEnded>())?.Why ?? "", call.Cancel);
        await (refused is null
            ? call.AnswerAsync(new Told(FormattableString.Invariant(
                $"{ended} blocks and plans were taken back; routers and resolvers let go within a minute")))
            : call.RefuseAsync(refused));
    }

    /// <summary>What routers and resolvers answered when they were last asked, not what they were told.</summary>
    private async Task StandingAsync(ControlCall call)
    {
        var refused = await _requests.ShowAsync(call.Actor, call.Cancel);
        await (refused is null ? call.AnswerAsync(Standing().ToList()) : call.RefuseAsync(refused));
    }

    private IEnumerable<BlockPart> Standing()
    {
        var desk = _blocks.Desk;
        var unread = desk.Active.Count(l => l.State != LeaseState.Verified);
        yield return new("blocks", desk.Lost.Length == 0 && unread == 0, desk.Lost.Length > 0 ? desk.Lost
            : !desk.IsEnforced ? DryRun
            : FormattableString.Invariant($"{desk.Active.Count} in force, {unread} of them not read back"), null);
        if (_blocks.Router?.Status is { } router)
        {
            yield return new("router", router.IsReachable && router.Held == router.Planned, router.IsReachable
                ? FormattableString.Invariant($"{router.Held} of {router.Planned} routes held, {router.Refused} refused, {router.Foreign} of others left alone")
                : router.Fault, router.RoundAt);
            foreach (var peer in router.Peers)
            {
                yield return new(
                    $"neighbour {peer.Address}", peer.IsEstablished,
                    FormattableString.Invariant(
                        $"{(peer.IsEstablished ? "established" : "down")}, is sent {peer.Advertised} routes"),
                    router.RoundAt);
            }
        }

        if (_blocks.Zone?.Status is { } zone)
        {
            yield return new("zone", zone.Fault.Length == 0, zone.Fault.Length > 0
                ? zone.Fault
                : FormattableString.Invariant($"serial {zone.Serial}, {zone.Leases} blocks"), zone.RoundAt);
            foreach (var resolver in zone.Resolvers)
            {
                yield return new($"resolver {resolver.Name}", resolver.Serial == zone.Serial, resolver.Fault.Length > 0
                    ? resolver.Fault
                    : FormattableString.Invariant($"serial {resolver.Serial}"), zone.RoundAt);
            }
        }
    }

    private Task AnswerAsync(ControlCall call, BlockAnswer answer, Func<Lease, string> next) =>
        answer.Refused is { } refused ? call.RefuseAsync(refused)
        : answer.Lease is not { } lease
            ? call.AgainstAsync(answer.Against[0].Code, string.Join(" ", answer.Against.Select(r => $"{r.Why}.")))
        : call.AnswerAsync(
            new BlockView(Row(lease), _blocks.Desk.IsEnforced ? next(lease) : $"{next(lease)}; {DryRun}"));

    /// <summary>What stands in the way that is no refusal: a store that does not answer, a
    /// journal that is lost.</summary>
    private static async Task WhereItCanAsync(ControlCall call, Func<ControlCall, Task> handle)
    {
        try
        {
            await handle(call);
        }
        catch (StoreException fault)
        {
            await call.DownAsync("store-down", $"whom it would hit cannot be counted: {fault.Message}");
        }
        catch (MitigationJournalException fault)
        {
            await call.DownAsync("journal-lost", fault.Message);
        }
    }

    private BlockRow Row(Lease lease) => new(
        lease.Id.ToString(), LeaseStateMachine.ToName(lease.State), lease.Target.Shown,
        lease.Case.Number == 0 ? "" : lease.Case.ToString(),
        lease.Justification.Collateral?.Shown(_blocks.Desk.Shown) ?? "",
        lease.PlannedBy, lease.ApprovedBy, lease.EndsAt, lease.Reason);
}
