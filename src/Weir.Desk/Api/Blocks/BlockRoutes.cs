// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Enrichment;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Policy;
using Weir.Wire.Native;

namespace Weir.Desk.Api.Blocks;

/// <summary>Blocks on the provider's own routers and resolvers, by two people (rules.md R15).</summary>
/// <param name="requests">Plans, and what becomes of them.</param>
/// <param name="standing">What routers and resolvers hold.</param>
/// <param name="preview">What a plan would send.</param>
/// <param name="owners">Whose networks far ends are in.</param>
internal sealed class BlockRoutes(
    BlockRequests requests, BlockStanding standing, BlockPreview preview, NetworkOwners owners)
{
    private static readonly string[] Codes =
    [
        "unknown", "action-not-allowed", "second-person-needed", "out-of-scope", "expired", "too-many-scopes",
        "not-corroborated", "entry-held",
        "too-wide", MitigationRefusal.NeverBlock, MitigationRefusal.NotOurLine, MitigationRefusal.Collateral,
        MitigationRefusal.NotCounted, MitigationRefusal.TooMany, MitigationRefusal.NotJustified,
        MitigationRefusal.Known, MitigationRefusal.TooLong, MitigationRefusal.NotListed, MitigationRefusal.NoGarden,
        MitigationRefusal.Exempt, ApiProblems.StoreDown, "vault-down", "no-trigger",
    ];

    private static readonly string[] OfWithdrawal = ["unknown"];

    private MitigationController Blocks => requests.Blocks;

    public ApiRoutes Map(ApiRoutes routes) => MapPlans(MapReads(routes))
        .Add(new ApiRoute<BlockApprovalRequest, BlockResponse>
        {
            Method = HttpMethods.Post, Path = "blocks/{id}/approval", Roles = RouteRoles.For(Permission.Block),
            Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Approve another's plan: an analyst and an operator together may.",
            Body = BlockJson.Default.BlockApprovalRequest, Answer = BlockJson.Default.BlockResponse,
            Refusal = (call, _) => requests.RequestOf(LeaseOf(call)),
            Handle = async (call, asked) => Format(
                await requests.ApproveAsync(call.Actor, LeaseOf(call), asked.Length, call.Cancel),
                lease => $"approved until {lease.EndsAt:u}; in force once a router or resolver confirms it: weir block "
                    + "verify"),
        })
        .Add(new ApiRoute<WithdrawalRequest, BlockResponse>
        {
            Method = HttpMethods.Post, Path = "blocks/{id}/withdrawal", Roles = RouteRoles.For(Permission.Block),
            Repeat = RouteRepeat.ByName, Refusals = OfWithdrawal,
            Summary = "Take a block or a plan back; one person is enough.",
            Body = BlockJson.Default.WithdrawalRequest, Answer = BlockJson.Default.BlockResponse,
            Refusal = (call, body) => new Request.WithdrawBlocks(LeaseOf(call).ToString(), body?.Why ?? ""),
            Handle = async (call, asked) => Format(
                await requests.WithdrawAsync(call.Actor, LeaseOf(call), asked.Why ?? "", call.Cancel),
                _ => "routers and resolvers let go within a minute"),
        })
        .Add(new ApiRoute<WithdrawalRequest, StopResponse>
        {
            Method = HttpMethods.Post, Path = "blocks/emergency-stop", Roles = RouteRoles.For(Permission.Block),
            Repeat = RouteRepeat.ByName, IsUrgent = true,
            Summary = "Emergency stop: take everything back, plans too; one person is enough, with a reason of three words.",
            Body = BlockJson.Default.WithdrawalRequest, Answer = BlockJson.Default.StopResponse,
            Refusal = (_, body) => new Request.WithdrawBlocks("all", body?.Why ?? ""), Handle = StopAsync,
        });

    private ApiRoutes MapReads(ApiRoutes routes) => routes
        .Add(new ApiRoute<ApiPage<BlockSummary>>
        {
            Method = HttpMethods.Get, Path = "blocks", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Query = ApiRoute.Paging,
            Summary = "Blocks and plans, newest first; those that are over for 90 days.",
            Answer = BlockJson.Default.ApiPageBlockSummary,
            Refusal = _ => new Request.ShowCase(null), Handle = ListAsync,
        })
        .Add(new ApiRoute<BlockSummary>
        {
            Method = HttpMethods.Get, Path = "blocks/{id}", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Refusals = OfWithdrawal,
            Summary = "One block or plan, and by how many routers or resolvers it is really held.",
            Answer = BlockJson.Default.BlockSummary, Refusal = _ => new Request.ShowCase(null), Handle = OneAsync,
        })
        .Add(new ApiRoute<StandingResponse>
        {
            Method = HttpMethods.Get, Path = "blocks/standing", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads,
            Summary = "What routers and resolvers answered when they were last asked, not what they were told.",
            Answer = BlockJson.Default.StandingResponse,
            Refusal = _ => new Request.ShowCase(null), Handle = StandingAsync,
        })
        .Add(new ApiRoute<BlockPreviewResponse>
        {
            Method = HttpMethods.Get, Path = "blocks/preview", Roles = RouteRoles.For(Permission.Block),
            Repeat = RouteRepeat.Reads,
            Query =
            [
                new("target", "What would be blocked, such as flowspec 203.0.113.9 tcp 443 discard."),
                new("scope", "In its place: the scope whose class would be closed for its line."),
            ],
            Refusals = ["unknown"],
            Summary = "The rules that a plan would send, as routers are told them. Nothing is planned, nobody is counted.",
            Answer = BlockJson.Default.BlockPreviewResponse,
            Refusal = _ => new Request.ShowCase(null), Handle = PreviewAsync,
        });

    private async Task<BlockPreviewResponse> PreviewAsync(ApiCall call)
    {
        ApiRefusalException.ThrowIf(ScopeId.TryParse(call.Query("scope") ?? "", out var scope)
            ? await requests.ShowAsync(call.Actor, scope, call.Cancel)
            : await requests.ShowAsync(call.Actor, call.Cancel));
        return preview.Write(call);
    }

    private ApiRoutes MapPlans(ApiRoutes routes) => routes
        .Add(new ApiRoute<BlockRequest, BlockResponse>
        {
            Method = HttpMethods.Post, Path = "blocks", Roles = RouteRoles.For(Permission.Block),
            Repeat = RouteRepeat.ByKey, Refusals = Codes,
            Summary = "Plan a block of a listed C&C. Who else uses it is counted; a second person approves.",
            Body = BlockJson.Default.BlockRequest, Answer = BlockJson.Default.BlockResponse,
            Refusal = (_, body) => new Request.BlockEndpoint(
                MitigationTarget.TryParse(body?.Target ?? "", out var target, out string _) ? target!.ToString() : "",
                CaseId.TryParse(body?.Case ?? "", out var id) ? id : null),
            Handle = PlanAsync,
        })
        .Add(new ApiRoute<LineBlockRequest, LineBlockResponse>
        {
            Method = HttpMethods.Post, Path = "line-blocks", Roles = RouteRoles.For(Permission.Block),
            Repeat = RouteRepeat.ByKey, Refusals = Codes,
            Summary = "Plan blocks for the line of a scope alone: what the scope's class names. Nobody sees the line.",
            Body = BlockJson.Default.LineBlockRequest, Answer = BlockJson.Default.LineBlockResponse,
            Refusal = (_, body) => requests.RequestOfLine(
                ScopeId.TryParse(body?.Scope ?? "", out var scope) ? scope : default),
            Handle = PlanForLineAsync,
        });

    private async Task<ApiPage<BlockSummary>> ListAsync(ApiCall call)
    {
        ApiRefusalException.ThrowIf(await requests.ShowAsync(call.Actor, call.Cancel));
        return ApiPages.Cut(
            call, Blocks.Leases, lease => PageCursor.At(lease.PlannedAt, lease.Id.ToString()), newestFirst: true,
            Summary);
    }

    private async Task<BlockSummary> OneAsync(ApiCall call)
    {
        ApiRefusalException.ThrowIf(await requests.ShowAsync(call.Actor, call.Cancel));
        return Blocks.Find(LeaseOf(call)) is { } lease ? Summary(lease) : throw new ApiRefusalException(
            DenyCodes.ToName(DenyCode.Unknown),
            $"{call.Part("id")} is no block or plan that is kept; weir block list names them.");
    }

    private async Task<StandingResponse> StandingAsync(ApiCall call)
    {
        ApiRefusalException.ThrowIf(await requests.ShowAsync(call.Actor, call.Cancel));
        return new([.. standing.Parts()]);
    }

    private async Task<BlockResponse> PlanAsync(ApiCall call, BlockRequest asked)
    {
        CaseId id = default;
        if (asked.Case is { Length: > 0 } named && !CaseId.TryParse(named, out id))
        {
            throw ApiRefusalException.BadRequest(
                $"'{named}' is no number of a case; write c- and 16 hexadecimal digits");
        }

        if (!MitigationTarget.TryParse(asked.Target, out var target, out var fault))
        {
            throw ApiRefusalException.BadRequest(fault);
        }

        return await CountingAsync(async () => Format(
            await requests.PlanAsync(
                call.Actor, target!, new(asked.Threat, asked.Necessity, asked.Alternatives),
                id.Number == 0 ? null : id, call.Cancel),
            Waits));
    }

    private async Task<LineBlockResponse> PlanForLineAsync(ApiCall call, LineBlockRequest asked)
    {
        if (!ScopeId.TryParse(asked.Scope, out var scope))
        {
            throw ApiRefusalException.BadRequest(
                $"'{asked.Scope}' is no number of a scope; write s- and 16 hexadecimal digits");
        }

        var answers = await requests.PlanForLineAsync(
            call.Actor, scope, new(asked.Threat, asked.Necessity, asked.Alternatives), call.Cancel);
        return answers.All(a => a.Lease is null)
            ? new([Format(answers[0], _ => "")])
            : new([.. answers.Select(a => a.Lease).OfType<Lease>()
                .Select(lease => new BlockResponse(Summary(lease), Waits(lease)))]);
    }

    private async Task<StopResponse> StopAsync(ApiCall call, WithdrawalRequest asked)
    {
        var why = ApiReasons.Require(asked.Why, "the emergency stop");
        var (ended, refused) = await requests.StopAllAsync(call.Actor, why, call.Cancel);
        ApiRefusalException.ThrowIf(refused);
        return new(FormattableString.Invariant(
            $"{ended} blocks and plans were taken back; routers and resolvers let go within a minute"));
    }

    private static string Waits(Lease lease) =>
        $"waits for a second person until {lease.EndsAt:u}: weir block approve {lease.Id}";

    private static LeaseId LeaseOf(ApiCall call) => LeaseId.TryParse(call.Part("id"), out var id) ? id : default;

    private BlockResponse Format(BlockAnswer answer, Func<Lease, string> next)
    {
        ApiRefusalException.ThrowIf(answer.Refused);
        return answer.Lease is { } lease
            ? new(Summary(lease), Blocks.IsEnforced ? next(lease) : $"{next(lease)}; {BlockStanding.DryRun}")
            : throw new ApiRefusalException(
                answer.Against[0].Code, string.Join(" ", answer.Against.Select(r => $"{r.Why}.")));
    }

    private BlockSummary Summary(Lease lease) => new(
        lease.Id.ToString(), LeaseStateMachine.ToName(lease.State), lease.IsInForceAt(requests.Blocks.Now),
        lease.Confirmed.Held, lease.Confirmed.Asked, lease.Target.Shown,
        lease.Target.Remote is { } remote ? $"{owners.Find(remote.Network)}" : "",
        lease.Case.Number == 0 ? "" : lease.Case.ToString(),
        lease.Justification.Collateral?.Shown(Blocks.Shown) ?? "",
        lease.PlannedBy, lease.ApprovedBy, lease.EndsAt,
        LeaseReason.ToName(lease.Reason.Code), lease.Reason.Detail);

    private static async Task<BlockResponse> CountingAsync(Func<Task<BlockResponse>> plan)
    {
        try
        {
            return await plan();
        }
        catch (StoreException fault)
        {
            throw new ApiRefusalException(
                ApiProblems.StoreDown, $"whom it would hit cannot be counted: {fault.Message}");
        }
    }
}
