// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Escalations;
using Weir.Desk.Policy;

namespace Weir.Desk.Api.Escalations;

/// <summary>Where a case stands on the ladder, and steps of people. What is in force names far ends, never a line.
/// </summary>
/// <param name="escalations">Keeps the ladders.</param>
/// <param name="round">How often it looks for cases that have none yet.</param>
/// <param name="time">Dates what has no ladder yet.</param>
internal sealed class EscalationRoutes(EscalationController escalations, TimeSpan round, TimeProvider time)
{
    private static readonly string[] Codes =
    [
        "unknown", "action-not-allowed", "second-person-needed", "vault-down",
        ApiProblems.StoreDown,
    ];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<LadderResponse>
        {
            Method = HttpMethods.Get, Path = "cases/{id}/ladder", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads,
            Refusals = ["unknown", "too-many-scopes", "not-corroborated", "entry-held"],
            Summary = "Where a case stands on the ladder, what is in force for its line, and the steps that led there.",
            Answer = EscalationJson.Default.LadderResponse,
            Refusal = call => new Request.ShowCase(call.CaseOf()), Handle = ShowAsync,
        })
        .Add(new ApiRoute<GardenRequest, LadderSummary>
        {
            Method = HttpMethods.Put, Path = "cases/{id}/garden", Roles = RouteRoles.For(Permission.Garden),
            Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Put the line of a case into a garden, or let it out; the strict one needs two people.",
            Body = EscalationJson.Default.GardenRequest, Answer = EscalationJson.Default.LadderSummary,
            Refusal = (call, body) => new Request.Restrict(
                call.CaseOf(), body is { Garden: "strict" }, body?.Reason ?? ""),
            Handle = GardenAsync,
        })
        .Add(new ApiRoute<AppealRequest, LadderSummary>
        {
            Method = HttpMethods.Post, Path = "cases/{id}/appeals", Roles = RouteRoles.For(Permission.WorkOnCase),
            Repeat = RouteRepeat.ByKey, Refusals = Codes,
            Summary = "Record a customer's appeal; for a protected line what is in force ends until it is reviewed.",
            Body = EscalationJson.Default.AppealRequest, Answer = EscalationJson.Default.LadderSummary,
            Refusal = (call, _) => new Request.WorkOnCase(call.CaseOf(), "appeal"),
            Handle = async (call, asked) => Format(call, await escalations.AppealAsync(
                call.Actor, call.CaseOf(), asked.Reason ?? "", asked.Protected, call.Cancel)),
        })
        .Add(new ApiRoute<AppealReviewRequest, LadderSummary>
        {
            Method = HttpMethods.Post, Path = "cases/{id}/appeals/review", Roles = RouteRoles.For(Permission.Garden),
            Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "An appeal was reviewed and what was in force is right; a garden of none is the other end of it.",
            Body = EscalationJson.Default.AppealReviewRequest, Answer = EscalationJson.Default.LadderSummary,
            Refusal = (call, body) => new Request.Restrict(call.CaseOf(), IsStrict: false, body?.Reason ?? ""),
            Handle = async (call, asked) => Format(
                call,
                await escalations.UpholdAsync(call.Actor, call.CaseOf(), asked.Reason ?? "", call.Cancel)),
        })
        .Add(new ApiRoute<LadderSummary>
        {
            Method = HttpMethods.Post, Path = "cases/{id}/rechecks", Roles = RouteRoles.For(Permission.WorkOnCase),
            Repeat = RouteRepeat.ByName, Refusals = Codes,
            Summary = "Have a case checked anew: silent for its time it is closed as fixed, seen again it goes on.",
            Answer = EscalationJson.Default.LadderSummary,
            Refusal = call => new Request.WorkOnCase(call.CaseOf(), "recheck"),
            Handle = async call => Format(
                call, await escalations.FixedAsync(call.Actor, call.CaseOf(), call.Cancel)),
        });

    private async Task<LadderResponse> ShowAsync(ApiCall call)
    {
        var (ladder, steps, refused) = await escalations.ShowAsync(call.Actor, call.CaseOf(), call.Cancel);
        ApiRefusalException.ThrowIf(refused);
        if (ladder is null && steps.Count == 0)
        {
            throw ApiRefusalException.From(escalations.RefuseLadder(call.CaseOf(), round));
        }

        return new(
            ladder is not null ? Summary(ladder, "") : new(
                call.Part("id"), EscalationStateMachine.ToName(steps[^1].Rung),
                EscalationStateMachine.ToName(EscalationState.Ended), steps[^1].At, "", [], [], null, null, "",
                steps[^1].Why, ""),
            [.. steps.Select(s => new LadderStep(
                s.At, EscalationStateMachine.ToName(s.Step), EscalationStateMachine.ToName(s.Rung), s.By, s.Why))]);
    }

    private async Task<LadderSummary> GardenAsync(ApiCall call, GardenRequest asked)
    {
        var garden = asked.Garden switch
        {
            "leaky" => WalledGarden.Leaky,
            "strict" => WalledGarden.Strict,
            "none" => WalledGarden.None,
            _ => throw ApiRefusalException.BadRequest(
                $"'{asked.Garden}' is no garden; there is leaky, strict and none"),
        };
        return Format(call, await escalations.GardenAsync(
            call.Actor, call.CaseOf(), garden, asked.Reason ?? "", call.Cancel));
    }

    private LadderSummary Format(ApiCall call, EscalationResult answer)
    {
        ApiRefusalException.ThrowIf(answer.Refused);
        return answer.Ladder is { } ladder
            ? Summary(ladder, answer.Waits is { } waits
                ? $"{CaseHandler.Name(waits.Number)} waits for a second person in another role: weir case "
                    + $"garden {ladder.Case} --strict"
                : "")
            : new(
                call.Part("id"), "", "", time.GetUtcNow(), "", [], [], null, null, "", "",
                "the check began; the ladder follows within a minute");
    }

    private LadderSummary Summary(Escalation ladder, string next) => new(
        ladder.Case.ToString(), EscalationStateMachine.ToName(ladder.Rung),
        EscalationStateMachine.ToName(ladder.State), ladder.Since, ladder.Confirmed == ladder.Wanted
            ? Word(ladder.Confirmed)
            : $"{Word(ladder.Confirmed)}, {Word(ladder.Wanted)} ordered",
        [.. escalations.ActiveMeasures(ladder.Case).Select(ActionFields.From)],
        escalations.NotInForce(ladder.Case), ladder.CheckAt, ladder.ReviewSince,
        ladder.OrderedBy, ladder.Why, next);

    private static string Word(WalledGarden garden) => garden.ToString().ToLowerInvariant();
}
