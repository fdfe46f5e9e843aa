// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Enrichment;
using Weir.Desk.Policy;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Api.Comparisons;

/// <summary>Runs of the comparison, and their withheld endpoints for two people (rules.md R11).</summary>
/// <param name="cases">Decides, and keeps what waits for a second person.</param>
/// <param name="runs">What is kept.</param>
/// <param name="owners">Whose networks far ends are in.</param>
/// <param name="tryStart">Has a run begun now; false where one is under way.</param>
internal sealed class ComparisonRoutes(
    CaseHandler cases, ComparedRuns runs, NetworkOwners owners, Func<bool> tryStart)
{
    private static readonly TimeSpan ReviewValidFor = TimeSpan.FromMinutes(15);

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ApiPage<RunRow>>
        {
            Method = HttpMethods.Get, Path = "comparisons", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Query = ApiRoute.Paging, Summary = "Comparisons that are kept, oldest first.",
            Answer = ComparisonJson.Default.ApiPageRunRow,
            Refusal = _ => new Request.ReadReports(), Handle = ListAsync,
        })
        .Add(new ApiRoute<RawJson>
        {
            Method = HttpMethods.Get, Path = "comparisons/{id}", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Refusals = ["unknown"],
            Summary = "A comparison's report as it was published, schema weir.report/1.",
            Answer = ComparisonJson.Default.RawJson, Refusal = _ => new Request.ReadReports(), Handle = ShowAsync,
        })
        .Add(new ApiRoute<ComparisonStarted>
        {
            Method = HttpMethods.Post, Path = "comparisons", Roles = RouteRoles.For(Permission.StartComparison),
            Repeat = RouteRepeat.ByName, Summary = "Have a comparison begin now; one that is under way goes on.",
            Answer = ComparisonJson.Default.ComparisonStarted,
            Refusal = _ => new Request.StartComparison(), Handle = StartAsync,
        })
        .Add(new ApiRoute<ReviewRequest, ReviewResponse>
        {
            Method = HttpMethods.Post, Path = "candidates/{id}/review",
            Roles = RouteRoles.For(Permission.ReviewCandidate), Repeat = RouteRepeat.ByKey, Refusals = ["unknown"],
            Summary = "Ask to see a withheld endpoint, RUN.1 the first of a run; a second person gives.",
            Body = ComparisonJson.Default.ReviewRequest, Answer = ComparisonJson.Default.ReviewResponse,
            Refusal = (call, _) => new Request.ReviewCandidate(call.Part("id")), Handle = AskAsync,
        })
        .Add(new ApiRoute<ReviewResponse>
        {
            Method = HttpMethods.Post, Path = "reviews/{id}/approval",
            Roles = RouteRoles.For(Permission.ReviewCandidate), Repeat = RouteRepeat.ByName,
            Refusals = ["unknown", "second-person-needed"],
            Summary = "Give what another asked for: the endpoint is shown to both, without subjects.",
            Answer = ComparisonJson.Default.ReviewResponse,
            Refusal = call => new Request.ReviewCandidate(call.Part("id")), Handle = GiveAsync,
        });

    private async Task<ApiPage<RunRow>> ListAsync(ApiCall call)
    {
        await DecideAsync(call, new Request.ReadReports());
        return ApiPages.Cut(call, runs.List(), run => new(0, run.Id), newestFirst: false, run => run);
    }

    private async Task<RawJson> ShowAsync(ApiCall call)
    {
        await DecideAsync(call, new Request.ReadReports());
        var id = call.Part("id");
        return runs.Report(id) is { } report
            ? new(report)
            : throw await UnknownAsync(call, $"{id} is no run that is kept; weir compare list names them.");
    }

    private async Task<ComparisonStarted> StartAsync(ApiCall call)
    {
        await DecideAsync(call, new Request.StartComparison());
        return new(tryStart()
            ? "a comparison begins; weir compare list shows it when it is done"
            : "a comparison is under way already");
    }

    private async Task<ReviewResponse> AskAsync(ApiCall call, ReviewRequest asked)
    {
        var id = call.Part("id");
        if (runs.Withheld(id) is null)
        {
            throw await UnknownAsync(call, $"{id} is no withheld endpoint that you may ask for; weir compare list "
                + "names the runs, and RUN.1, RUN.2, … their withheld endpoints.");
        }

        var step = await cases.RequestAsync(
            call.Actor, Permission.ReviewCandidate, new(Target: id), asked.Reason ?? "", call.Cancel);
        return new(
            id, "", $"waits for a second person: weir compare review {CaseHandler.Name(step.Asked!.Number)}", "");
    }

    /// <summary>The endpoint alone is shown.</summary>
    private async Task<ReviewResponse> GiveAsync(ApiCall call)
    {
        var given = await cases.ApproveAsync(
            call.Actor, call.ApprovalOf(),
            asked => new Request.ReviewCandidate(asked.Target, new Actor(asked.AskedBy, asked.AskedRole)),
            ReviewValidFor, call.Cancel);
        ApiRefusalException.ThrowIf(given.Refused);
        var target = given.Approval!.Target;
        var shown = runs.Withheld(target) ?? "";
        return new(
            target, shown, "shown to you both, without subjects",
            Endpoint.TryParse(shown, out var endpoint) ? $"{owners.Find(endpoint.Address)}" : "");
    }

    private async Task DecideAsync(ApiCall call, Request request) => ApiRefusalException.ThrowIf(
        await cases.Engine.DecideAsync(call.Actor, request, call.Cancel) as Decision.Deny);

    private async Task<ApiRefusalException> UnknownAsync(ApiCall call, string why) => ApiRefusalException.From(
        (Decision.Deny)await cases.Engine.RefuseAsync(
            call.Actor, new Request.ReviewCandidate(call.Part("id")), DenyCode.Unknown, why, call.Cancel));
}
