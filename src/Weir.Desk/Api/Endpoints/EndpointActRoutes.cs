// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Lists;
using Weir.Desk.Policy;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Api.Endpoints;

/// <summary>To allow a far end, to hold it, and to let a held one go on: by two people in different roles, each step in
/// the audit first.</summary>
/// <param name="cases">Decides, and closes what rests on it.</param>
/// <param name="held">Those that are held.</param>
/// <param name="policy">Its k bounds what one person may allow.</param>
/// <param name="time">The clock.</param>
internal sealed class EndpointActRoutes(
    CaseHandler cases, HeldEndpoints held, PolicyProfile policy, TimeProvider time)
{
    private static readonly string[] Codes =
        ["unknown", "second-person-needed", "action-not-allowed", "vault-down", ApiProblems.ListDown];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<HeldEndpointsResponse>
        {
            Method = HttpMethods.Get, Path = "holds", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Summary = "Endpoints that are held, and who asked for their release.",
            Answer = EndpointActJson.Default.HeldEndpointsResponse, Refusal = _ => new Request.ReadReports(),
            Handle = ListAsync,
        })
        .Add(Act(
            "allowances",
            "Say that an endpoint is no C&C: it makes no event any more, and cases that rest on it alone close. One "
                + "person up to k cases.",
            (endpoint, why) => new Request.AllowEndpoint(endpoint, why), AllowAsync))
        .Add(Act(
            "holds", "Hold an endpoint: it makes no event, whatever lists say, until two people let it go on.",
            (endpoint, why) => new Request.HoldEndpoint(endpoint, why), HoldAsync))
        .Add(Act(
            "holds/releases",
            "Let a held endpoint go on: the first person asks, both sign, the second in another role gives.",
            (endpoint, _) => new Request.ReleaseEndpoint(endpoint), ReleaseAsync));

    private delegate Task<EndpointActResponse> ActAsync(ApiCall call, Endpoint endpoint, string reason);

    private static ApiRoute<EndpointActRequest, EndpointActResponse> Act(
        string path, string summary, Func<Endpoint, string, Request> refusal, ActAsync handle)
    {
        return new()
        {
            Method = HttpMethods.Post, Path = path, Roles = RouteRoles.For(Permission.WorkOnCase),
            Repeat = RouteRepeat.ByName, Summary = summary, Refusals = Codes,
            Body = EndpointActJson.Default.EndpointActRequest, Answer = EndpointActJson.Default.EndpointActResponse,
            Refusal = (_, body) => refusal(
                EndpointText.TryRead(body?.Endpoint ?? "", out var named) ? named : default, body?.Reason ?? ""),
            Handle = (call, asked) => WithListAsync(() => handle(call, Parse(asked), asked.Reason ?? "")),
        };
    }

    private async Task<EndpointActResponse> AllowAsync(ApiCall call, Endpoint endpoint, string reason)
    {
        reason = ApiReasons.Require(reason, "to allow an endpoint, which takes it out of all cases,");
        var result = await cases.AllowEndpointAsync(call.Actor, endpoint, reason, policy.K, call.Cancel);
        ApiRefusalException.ThrowIf(result.Refused);
        return new(endpoint.ToString(), "allowed", result.Closed ?? 0, "contacts from now on are no events");
    }

    private async Task<EndpointActResponse> HoldAsync(ApiCall call, Endpoint endpoint, string reason)
    {
        reason = ApiReasons.Require(reason, "to hold an endpoint");
        await DecideAsync(call, new Request.HoldEndpoint(endpoint, reason));
        held.Put(new(endpoint.ToString(), time.GetUtcNow(), call.Actor.Name, reason));
        return new(
            endpoint.ToString(), "held", 0,
            $"no events until two people let it go on: weir endpoint release {endpoint}; cases stay");
    }

    private async Task<EndpointActResponse> ReleaseAsync(ApiCall call, Endpoint endpoint, string reason)
    {
        if (held.Find(endpoint) is not { } one)
        {
            throw ApiRefusalException.From((Decision.Deny)await cases.Engine.RefuseAsync(
                call.Actor, new Request.ReleaseEndpoint(endpoint), DenyCode.Unknown,
                $"{endpoint} is not held; weir endpoint held lists those that are.", call.Cancel));
        }

        if (!IsGiven(one))
        {
            if (AskedOf(one) is not { } asked)
            {
                return await AskAsync(call, one, reason);
            }

            var step = await cases.ApproveAsync(
                call.Actor, asked.Number,
                first => new Request.ReleaseEndpoint(endpoint, new Actor(first.AskedBy, first.AskedRole)),
                TimeSpan.Zero, call.Cancel);
            ApiRefusalException.ThrowIf(step.Refused);
        }

        held.Remove(one);
        return new(one.Endpoint, "released", 0, "what lists say of it holds again");
    }

    private async Task<EndpointActResponse> AskAsync(ApiCall call, HeldEndpoint one, string reason)
    {
        reason = cases.NeedsKeys ? ApiReasons.Require(reason, "to let an endpoint go on") : reason;
        var asked = (await cases.RequestAsync(
            call.Actor, Permission.ReleaseEndpoint, new(Target: one.Endpoint), reason, call.Cancel)).Asked!;
        return new(one.Endpoint, "waits", 0, cases.NeedsKeys
            ? $"both sign it: weir approve {CaseHandler.Name(asked.Number)}; then the second person: weir endpoint "
                + $"release {one.Endpoint}"
            : "a second person in another role gives, in the same way");
    }

    /// <summary>The request for its release that waits; null where nobody asked.</summary>
    private StoredApproval? AskedOf(HeldEndpoint one) => cases.Asked.LastOrDefault(
        asked => asked.Deed == Permission.ReleaseEndpoint && asked.Target == one.Endpoint && asked.AskedAt >= one.At);

    /// <summary>Two people let it go on since it was held, and a disk kept it from being written.</summary>
    private bool IsGiven(HeldEndpoint one) => cases.GetApprovals(Permission.ReleaseEndpoint).Any(
        given => given.Target == one.Endpoint && given.AskedAt >= one.At);

    private async Task<HeldEndpointsResponse> ListAsync(ApiCall call)
    {
        await DecideAsync(call, new Request.ReadReports());
        return new([.. held.All.Select(
            one => new HeldEndpointRow(one.Endpoint, one.At, one.By, one.Reason, AskedOf(one)?.AskedBy ?? ""))]);
    }

    private async Task DecideAsync(ApiCall call, Request request) => ApiRefusalException.ThrowIf(
        await cases.Engine.DecideAsync(call.Actor, request, call.Cancel) as Decision.Deny);

    private static Endpoint Parse(EndpointActRequest asked) =>
        EndpointText.TryRead(asked.Endpoint, out var endpoint) ? endpoint : throw ApiRefusalException.BadRequest(
            $"'{asked.Endpoint}' is no endpoint; write one such as 192.0.2.80:8443/tcp");

    /// <summary>A list that cannot be written is no refusal of the rules.</summary>
    private static async Task<EndpointActResponse> WithListAsync(Func<Task<EndpointActResponse>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ApiRefusalException(
                ApiProblems.ListDown, $"the list cannot be written: {fault.Message}; fix the disk and ask again");
        }
    }
}
