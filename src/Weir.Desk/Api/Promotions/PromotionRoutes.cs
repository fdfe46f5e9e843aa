// SPDX-License-Identifier: Apache-2.0
using Endpoint = Weir.Contracts.Flows.Endpoint;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Enrichment;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;

namespace Weir.Desk.Api.Promotions;

/// <summary>Our own list (worked example 8). Who met an endpoint is in no answer.</summary>
internal sealed class PromotionRoutes(CaseHandler cases, PromotionHandler promotions, NetworkOwners owners)
{
    private static readonly string[] Codes =
        ["unknown", "action-not-allowed", "second-person-needed", "vault-down", ApiProblems.ListDown];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ApiPage<PromotionSummary>>
        {
            Method = HttpMethods.Get, Path = "promotions", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Query = ApiRoute.Paging,
            Summary = "What was promoted, oldest first: by whom, on which run and figures, until when.",
            Answer = PromotionJson.Default.ApiPagePromotionSummary,
            Refusal = _ => new Request.ReadReports(), Handle = ListAsync,
        })
        .Add(new ApiRoute<PromotionRequest, PromotionResponse>
        {
            Method = HttpMethods.Post, Path = "promotions", Roles = RouteRoles.For(Permission.Promote),
            Repeat = RouteRepeat.ByKey, Refusals = Codes,
            Summary = "Ask that a candidate be put on our own list; a second person in the other role gives.",
            Body = PromotionJson.Default.PromotionRequest, Answer = PromotionJson.Default.PromotionResponse,
            Refusal = (_, body) => new Request.Promote(EndpointOf(body?.What) ?? default),
            Handle = (call, asked) => WithListAsync(async () => Format(await promotions.RequestAsync(
                call.Actor, EndpointOf(asked.What), EndpointOf(asked.What) is null ? asked.What : "", asked.Reason,
                call.Cancel))),
        })
        .Add(new ApiRoute<PromotionResponse>
        {
            Method = HttpMethods.Post, Path = "promotions/{id}/approval", Roles = RouteRoles.For(Permission.Promote),
            Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Give what another asked for: the endpoint is on our own list when this is answered.",
            Answer = PromotionJson.Default.PromotionResponse, Refusal = call => OfAsked(call),
            Handle = call => WithListAsync(async () => Format(
                await promotions.ApproveAsync(call.Actor, call.ApprovalOf(), call.Cancel))),
        })
        .Add(new ApiRoute<DemotionRequest, PromotionResponse>
        {
            Method = HttpMethods.Post, Path = "demotions", Roles = RouteRoles.For(Permission.Promote),
            Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Take an endpoint off our own list; one person is enough.",
            Body = PromotionJson.Default.DemotionRequest, Answer = PromotionJson.Default.PromotionResponse,
            Refusal = (_, body) => new Request.Demote(Parse(body?.Endpoint) ?? default, body?.Reason ?? ""),
            Handle = (call, asked) => WithListAsync(() => DemoteAsync(call, asked)),
        });

    private async Task<ApiPage<PromotionSummary>> ListAsync(ApiCall call)
    {
        var (listed, refused) = await promotions.ListAsync(call.Actor, call.Cancel);
        ApiRefusalException.ThrowIf(refused);
        return ApiPages.Cut(
            call, listed, p => PageCursor.At(p.At, p.Endpoint.ToString()), newestFirst: false,
            p => new PromotionSummary(
                p.Endpoint.ToString(), $"{owners.Find(p.Endpoint.Address)}", p.Run, p.P, p.Q, p.Ic, p.Ic025,
                CaseHandler.Name(p.Approval), p.AskedBy, p.GivenBy, p.At, p.ExpiresAt, p.Reason));
    }

    private async Task<PromotionResponse> DemoteAsync(ApiCall call, DemotionRequest asked)
    {
        if (Parse(asked.Endpoint) is not { } endpoint)
        {
            throw ApiRefusalException.BadRequest(
                $"'{asked.Endpoint}' is no endpoint; write one such as 192.0.2.80:8443/tcp");
        }

        if (string.IsNullOrWhiteSpace(asked.Reason))
        {
            throw ApiRefusalException.BadRequest("a demotion needs a reason; it stands in the audit");
        }

        ApiRefusalException.ThrowIf(
            await promotions.DemoteAsync(call.Actor, endpoint, asked.Reason, call.Cancel));
        return new(
            "", endpoint.ToString(), "", "demoted", null,
            "contacts from now on are no events; case files stay, and are closed by people");
    }

    private Request.Promote OfAsked(ApiCall call) =>
        cases.FindAsked(call.ApprovalOf()) is { Deed: Permission.Promote } asked
            && Endpoint.TryParse(asked.Target, out var endpoint)
            ? new(endpoint, new Actor(asked.AskedBy, asked.AskedRole))
            : new(default);

    /// <summary>A candidate's endpoint has a port.</summary>
    private static Endpoint? EndpointOf(string? text) => Parse(text) is { Port: not 0 } endpoint ? endpoint : null;

    private static Endpoint? Parse(string? text) =>
        EndpointText.TryRead(text ?? "", out var endpoint) ? endpoint : null;

    private static PromotionResponse Format(PromotionResult step)
    {
        ApiRefusalException.ThrowIf(step.Refused);
        var id = CaseHandler.Name(step.Asked!.Number);
        return step.Done is { } done
            ? new(
                id, done.Endpoint.ToString(), done.Run, "promoted", done.ExpiresAt,
                "contacts are events from now on; those of past days become case files, shown to nobody before")
            : new(
                id, step.Asked.Target, "", "asked", null,
                $"waits for a second person: weir compare promote --approve {id}");
    }

    /// <summary>The list's file could not be written: no refusal of the rules.</summary>
    private static async Task<PromotionResponse> WithListAsync(Func<Task<PromotionResponse>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ApiRefusalException(
                ApiProblems.ListDown,
                $"our own list cannot be written, so nothing changed: {fault.Message}; fix the disk and ask again");
        }
    }
}
