// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Policy;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Api.Cases;

/// <summary>Case files, and what people do with them.</summary>
internal sealed class CaseRoutes(CaseHandler cases, CaseFormatter format)
{
    private readonly CaseList list = new(cases, format);

    private static readonly string[] OfCase = ["unknown", "action-not-allowed"];

    private static readonly ApiParameter[] Filters =
    [
        new("state",
            "Cases in this state alone, such as open, or in one of several with commas between; all without it."),
        new("rule",
            "Cases with a scope that this rule opened, such as cnc-contact, or one of several with commas between."),
        new("purpose", "Cases with a scope of this purpose."),
        new("assignee", "Cases of this user; `-` for those of nobody."),
        new("endpoint", "Cases about this address, or address and port, of the remote end."),
        new("list", "Cases about an endpoint that this list names now."),
        new("family", "Cases about an endpoint of this family."),
        new("severity", "Cases of this severity: low, medium or high."),
        new("level", "Cases whose ladder has come so far, such as told."),
        new("sort", "`severity`: gravest first, newest of these first; newest first without it. A page is of how cases "
            + "stand when it is asked for. None comes twice: severities only rise. One that rises past the rows that "
            + "were read is not among those behind them; a list that is begun again has it at its head."),
        ApiTimes.From("Cases opened at it or after."), ApiTimes.To("Cases opened before it."),
        new("notice", "Cases whose latest notice has this step or state, such as no-contact."),
    ];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ApiPage<CaseSummary>>
        {
            Method = HttpMethods.Get, Path = "cases", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Query = [.. ApiRoute.Paging, .. Filters],
            Summary = "Case files, newest first; every filter given must fit.",
            Answer = CaseJson.Default.ApiPageCaseSummary,
            Refusal = _ => new Request.ShowCase(null), Handle = ListAsync,
        })
        .Add(new ApiRoute<CaseResponse>
        {
            Method = HttpMethods.Get, Path = "cases/{id}", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Summary = "A case file with its scopes and comments; its ETag is for If-Match.",
            Refusals = ["unknown"], Version = VersionOf,
            Answer = CaseJson.Default.CaseResponse,
            Refusal = call => new Request.ShowCase(call.CaseOf()),
            Handle = async call => Format(call, await cases.ShowAsync(call.Actor, call.CaseOf(), call.Cancel)),
        })
        .Add(Step(HttpMethods.Put, "assignee", "assign", CaseJson.Default.AssignRequest,
            "Give a case to somebody; to oneself without `to`, back to all with an empty one.",
            (call, body) =>
                cases.AssignAsync(call.Actor, call.CaseOf(), body.To ?? call.Actor.Name, call.Cancel, call.Known)))
        .Add(Step(HttpMethods.Post, "comments", "comment", CaseJson.Default.CommentRequest,
            "Write a line into a case; no customer's name belongs there.",
            (call, body) => body.Text.Length > 0
                ? cases.CommentAsync(call.Actor, call.CaseOf(), body.Text, call.Cancel, call.Known)
                : throw ApiRefusalException.BadRequest("the comment lacks its text")))
        .Add(Step(HttpMethods.Put, "snooze", "snooze", CaseJson.Default.SnoozeRequest,
            "Put a case aside until a time, or until fresh evidence comes.",
            (call, body) => cases.SnoozeAsync(call.Actor, call.CaseOf(), body.Until, call.Cancel, call.Known)))
        .Add(Step(HttpMethods.Put, "closure", "close", CaseJson.Default.CloseRequest,
            "Close a case: fixed, or a false positive, which allows what was listed and takes a reason of three words.",
            CloseAsync))
        .Add(new ApiRoute<CaseResponse>
        {
            Method = HttpMethods.Post, Path = "scopes/{id}/review", Roles = RouteRoles.For(Permission.ReviewScope),
            Repeat = RouteRepeat.ByName, Refusals = OfCase,
            Summary = "Let a scope in force that waits behind the subject's five others.",
            Answer = CaseJson.Default.CaseResponse,
            Refusal = call => new Request.ReviewScope(ScopeOf(call)),
            Handle = async call => Format(call, await cases.ReviewScopeAsync(call.Actor, ScopeOf(call), call.Cancel)),
        })
        .Add(new ApiRoute<NothingFound>
        {
            Method = HttpMethods.Post, Path = "lookups", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.ByName,
            Summary = "A name or an address out of nothing: always refused, and on record. What was typed is not sent.",
            Refusals = ["no-trigger"], Answer = CaseJson.Default.NothingFound,
            Refusal = _ => new Request.LookUpSubject(), Handle = LookAsync,
        });

    private delegate Task<CaseStepResult> StepHandler<in TBody>(ApiCall call, TBody body);

    private ApiRoute<TBody, CaseResponse> Step<TBody>(
        string method, string noun, string step, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TBody> body,
        string summary, StepHandler<TBody> act)
        where TBody : class => new()
    {
        Method = method, Path = $"cases/{{id}}/{noun}", Roles = RouteRoles.For(Permission.WorkOnCase),
        Repeat = method == HttpMethods.Put ? RouteRepeat.ByName : RouteRepeat.ByKey, Summary = summary,
        Refusals = OfCase, Version = VersionOf, Body = body, Answer = CaseJson.Default.CaseResponse,
        Refusal = (call, _) => new Request.WorkOnCase(call.CaseOf(), step),
        Handle = async (call, asked) => Format(call, await act(call, asked)),
    };

    private string? VersionOf(ApiCall call) => cases.Find(call.CaseOf()) is { } file ? CaseVersion.Of(file) : null;

    private async Task<ApiPage<CaseSummary>> ListAsync(ApiCall call)
    {
        ApiRefusalException.ThrowIf(
            await cases.Engine.DecideAsync(call.Actor, new Request.ShowCase(null), call.Cancel) as Decision.Deny);
        RequireWords(call);
        return list.Read(call);
    }

    /// <exception cref="ApiRefusalException">A filter has a word that no case can have.</exception>
    private void RequireWords(ApiCall call)
    {
        ApiWords.Require(
            call, "state", [.. Enum.GetValues<CaseState>().Select(CaseStateMachine.ToName)], several: true);
        ApiWords.Require(call, "severity", [.. Enum.GetValues<CaseSeverity>().Select(CaseSeverities.ToName)]);
        ApiWords.Require(call, "level", [.. Enum.GetValues<EscalationLevel>().Select(EscalationStateMachine.ToName)]);
        ApiWords.Require(call, "purpose", [.. Purposes.All]);
        ApiWords.Require(call, "notice",
        [
            .. Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName),
            .. Enum.GetValues<NoticeState>().Select(NoticeNames.ToName), CaseFormatter.NoNotice,
        ]);
        ApiWords.Require(call, "list", [.. format.Lists]);
        ApiWords.Require(call, "rule", [.. DetectionRules.All.Select(rule => rule.Id).Concat(CaseList.OtherRules)], several: true);
        if (call.Query("endpoint") is { } endpoint && !IpKey.TryParse(endpoint, out _)
            && !Endpoint.TryParse(endpoint, out _) && !Endpoint.TryParse(endpoint + "/tcp", out _))
        {
            throw ApiRefusalException.BadRequest($"endpoint '{endpoint}' is none; write an address, or address and "
                + "port: 192.0.2.7, 192.0.2.7:443, [2001:db8::7]:443");
        }
    }

    private Task<CaseStepResult> CloseAsync(ApiCall call, CloseRequest asked)
    {
        var verdict = asked.Verdict switch
        {
            "fixed" => CaseClosureReason.Fixed,
            "false-positive" => CaseClosureReason.FalsePositive,
            _ => throw ApiRefusalException.BadRequest(
                $"'{asked.Verdict}' is no verdict; a case is closed as fixed or false-positive"),
        };
        var reason = verdict == CaseClosureReason.FalsePositive
            ? ApiReasons.Require(asked.Reason, "a false positive, which allows what was listed in all cases,")
            : asked.Reason ?? "";
        return cases.CloseAsync(call.Actor, call.CaseOf(), verdict, reason, call.Cancel, call.Known);
    }

    private async Task<NothingFound> LookAsync(ApiCall call) => throw ApiRefusalException.From(
        (Decision.Deny)await cases.Engine.DecideAsync(call.Actor, new Request.LookUpSubject(), call.Cancel));

    private CaseResponse Format(ApiCall call, CaseStepResult step)
    {
        ApiRefusalException.ThrowIf(step.Refused);
        if (step.IsStale)
        {
            throw new ApiRefusalException(
                ApiProblems.Changed, $"{call.Part("id")} was changed since it was read; read it again and decide anew");
        }

        return step.Case is { } file ? format.Whole(file) : throw ApiRefusalException.From(
            new(DenyCode.Unknown, $"{call.Part("id")} does not exist, or is not yours."));
    }

    private static ScopeId ScopeOf(ApiCall call) => ScopeId.TryParse(call.Part("id"), out var id) ? id : default;
}
