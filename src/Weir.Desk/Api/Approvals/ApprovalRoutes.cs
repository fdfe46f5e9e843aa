// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Policy;

namespace Weir.Desk.Api.Approvals;

/// <summary>What waits for a second person, and who the subject of a case is (rules.md R9).</summary>
internal sealed class ApprovalRoutes(CaseHandler cases, DisclosureHandler disclosures)
{
    private static readonly string[] Codes =
    [
        "unknown", "second-person-needed", "action-not-allowed", "expired", "too-many-scopes", "not-corroborated",
        "entry-held", "vault-down",
        "unattributable",
    ];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ApiPage<ApprovalSummary>>
        {
            Method = HttpMethods.Get, Path = "approvals", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Query = ApiRoute.Paging,
            Summary = "What waits for a second person, oldest first.",
            Answer = ApprovalJson.Default.ApiPageApprovalSummary,
            Refusal = _ => new Request.ShowCase(null), Handle = WaitingAsync,
        })
        .Add(new ApiRoute<ApprovalDetail>
        {
            Method = HttpMethods.Get, Path = "approvals/{id}", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Refusals = Codes,
            Summary = "What a person of the caller's role signs, as the vault drew it up.",
            Answer = ApprovalJson.Default.ApprovalDetail, Refusal = _ => new Request.ShowCase(null),
            Handle = async call => Detail(call, await cases.StandingAsync(NumberOf(call), call.Cancel)),
        })
        .Add(new ApiRoute<SignatureSubmission, ApprovalDetail>
        {
            Method = HttpMethods.Post, Path = "approvals/{id}/signatures",
            Roles = RouteRoles.For(Permission.ListCases), Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Put a person's signature under it; whose it is, the key says, and the vault whether it counts.",
            Body = ApprovalJson.Default.SignatureSubmission, Answer = ApprovalJson.Default.ApprovalDetail,
            Refusal = (_, _) => new Request.ShowCase(null),
            Handle = async (call, sent) => Detail(
                call, await cases.SignAsync(NumberOf(call), sent.Signature, call.Cancel)),
        })
        .Add(new ApiRoute<DisclosureRequest, DisclosureResponse>
        {
            Method = HttpMethods.Post, Path = "disclosures", Roles = RouteRoles.For(Permission.Disclose),
            Repeat = RouteRepeat.ByKey, Refusals = Codes,
            Summary = "Ask who the subject of a case is; a second person in the other role gives.",
            Body = ApprovalJson.Default.DisclosureRequest, Answer = ApprovalJson.Default.DisclosureResponse,
            Refusal = (_, body) => new Request.Disclose(ScopeOf(body?.Scope), body?.Reason ?? ""), Handle = AskAsync,
        })
        .Add(new ApiRoute<DisclosureResponse>
        {
            Method = HttpMethods.Post, Path = "disclosures/{id}/approval", Roles = RouteRoles.For(Permission.Disclose),
            Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Give what another asked for; the answer shows it, for fifteen minutes.",
            Answer = ApprovalJson.Default.DisclosureResponse, Refusal = call => OfAsked(call),
            Handle = async call => Format(
                await disclosures.ApproveAsync(call.Actor, call.ApprovalOf(), call.Cancel)),
        })
        .Add(new ApiRoute<DisclosureResponse>
        {
            Method = HttpMethods.Get, Path = "disclosures/{id}", Roles = RouteRoles.For(Permission.Disclose),
            Repeat = RouteRepeat.Reads, Refusals = ["unknown"],
            Summary = "What was disclosed, again, for the two who may, while its fifteen minutes last.",
            Answer = ApprovalJson.Default.DisclosureResponse, Refusal = call => OfAsked(call),
            Handle = async call => Format(await disclosures.ShowAsync(call.Actor, call.ApprovalOf(), call.Cancel)),
        });

    private async Task<ApiPage<ApprovalSummary>> WaitingAsync(ApiCall call)
    {
        ApiRefusalException.ThrowIf(
            await cases.Engine.DecideAsync(call.Actor, new Request.ShowCase(null), call.Cancel) as Decision.Deny);
        return ApiPages.Cut(
            call, cases.Asked, asked => PageCursor.At(asked.AskedAt, CaseHandler.Name(asked.Number)),
            newestFirst: false, Summary);
    }

    private async Task<DisclosureResponse> AskAsync(ApiCall call, DisclosureRequest asked)
    {
        if (!CaseId.TryParse(asked.Case, out var id) || !ScopeId.TryParse(asked.Scope, out _))
        {
            throw ApiRefusalException.BadRequest(
                $"'{asked.Case}' and '{asked.Scope}' are to be the numbers of a case and a scope; write c- and s-, "
                + "each with 16 hexadecimal digits, as weir case show names them");
        }

        return Format(await disclosures.RequestAsync(
            call.Actor, id, ScopeOf(asked.Scope), asked.Reason, call.Cancel));
    }

    private Request.Disclose OfAsked(ApiCall call) => cases.FindAsked(call.ApprovalOf()) is { } asked
        ? new(asked.Scope, asked.Reason, new Actor(asked.AskedBy, asked.AskedRole))
        : new(default, "");

    private ulong NumberOf(ApiCall call) => cases.NumberOf(call.Part("id"));

    private ApprovalDetail Detail(ApiCall call, ApprovalStanding standing)
    {
        var number = NumberOf(call);
        var text = standing.Texts.GetValueOrDefault(call.Actor.RoleWord) ?? throw new ApiRefusalException(
            DenyCodes.ToName(DenyCode.RoleMayNot), $"The role {call.Actor.RoleWord} has no part in this.");
        var next = standing.SignedBy.Count < 2
            ? $"both people sign it: weir approve; then the second one: {GivenBy(number)}, or on the console"
            : $"both signed; now the second one: {GivenBy(number)}, or on the console";
        var detail = new ApprovalDetail(
            CaseHandler.Name(number), call.Actor.RoleWord, text, standing.SignedBy, next) { Page = standing.Page };
        return cases.FindAsked(number) is not { } asked ? detail : detail with
        {
            Act = Word(asked.Deed), Case = asked.Case.Number == 0 ? "" : asked.Case.ToString(),
            Block = asked.Lease.Number == 0 ? "" : asked.Lease.ToString(), AskedBy = asked.AskedBy,
            Reason = asked.Reason, GivenBy = asked.GivenBy,
        };
    }

    private static string Word(Permission deed) => deed.ToString().ToLowerInvariant();

    /// <summary>The command by which the second person gives what was asked for.</summary>
    private string GivenBy(ulong number) => cases.FindAsked(number) switch
    {
        { Deed: Permission.Block } block => $"weir block approve {block.Lease}",
        { Deed: Permission.StrictGarden } garden => $"weir case garden {garden.Case} --strict",
        { Deed: Permission.Promote } => $"weir compare promote --approve {CaseHandler.Name(number)}",
        { Deed: Permission.ReleaseHeld or Permission.DropHeld } =>
            $"weir watchlist decide --approve {CaseHandler.Name(number)}",
        { Deed: Permission.ReleaseEndpoint } held => $"weir endpoint release {held.Target}",
        { Deed: Permission.ReviewCandidate } => $"weir compare review {CaseHandler.Name(number)}",
        _ => $"weir disclose --approve {CaseHandler.Name(number)}",
    };

    private static ScopeId ScopeOf(string? text) => ScopeId.TryParse(text ?? "", out var id) ? id : default;

    private static ApprovalSummary Summary(StoredApproval asked) => new(
        CaseHandler.Name(asked.Number), Word(asked.Deed),
        asked.Case.Number == 0 ? "" : asked.Case.ToString(), asked.Scope.Number == 0 ? "" : asked.Scope.ToString(),
        asked.Target, asked.AskedBy, asked.AskedAt, asked.Reason);

    private DisclosureResponse Format(DisclosureResult step)
    {
        ApiRefusalException.ThrowIf(step.Refused);
        var id = CaseHandler.Name(step.Asked!.Number);
        return new(
            id, step.Asked.Case.ToString(), step.Asked.Scope.ToString(), step.Shown?.Line ?? "", step.Shown?.Until,
            step.Shown is null
                ? cases.NeedsKeys
                    ? $"both sign it: weir approve {id}; then the second person: weir disclose --approve {id}"
                    : $"waits for a second person: weir disclose --approve {id}"
                : "shown until then; kept nowhere");
    }
}
