// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Notices;
using Weir.Desk.Policy;

namespace Weir.Desk.Api.Notices;

/// <summary>Notices to customers.</summary>
internal sealed class NoticeRoutes(CaseHandler cases, NoticeDispatcher notices)
{
    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ApiPage<NoticeSummary>>
        {
            Method = HttpMethods.Get, Path = "notices", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads,
            Query =
            [
                .. ApiRoute.Paging, ApiTimes.From("Notices planned at it or after."),
                ApiTimes.To("Notices planned before it."),
                new("state", "Notices in this state alone, such as no-contact."),
            ],
            Summary = "Notices to customers, newest first: how each stands, never whom it went to.",
            Answer = NoticeJson.Default.ApiPageNoticeSummary,
            Refusal = _ => new Request.ShowCase(null), Handle = ListAsync,
        })
        .Add(new ApiRoute<ApiPage<NoticeSummary>>
        {
            Method = HttpMethods.Get, Path = "cases/{id}/notices", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Query = ApiRoute.Paging, Refusals = ["unknown"],
            Summary = "The notices of a case with their proof of delivery, oldest first.",
            Answer = NoticeJson.Default.ApiPageNoticeSummary,
            Refusal = call => new Request.ShowCase(call.CaseOf()), Handle = ShowAsync,
        })
        .Add(new ApiRoute<NoticePreviewResponse>
        {
            Method = HttpMethods.Get, Path = "notices/preview", Roles = RouteRoles.For(Permission.ListCases),
            Repeat = RouteRepeat.Reads, Refusals = ["vault-down"],
            Query = [new("step", "Which step; found without it."), new("language", "Such as de; en without it.")],
            Summary = "What a customer reads of a step, by the vault, with invented facts; sends nothing.",
            Answer = NoticeJson.Default.NoticePreviewResponse, Refusal = _ => new Request.ShowCase(null),
            Handle = PreviewAsync,
        })
        .Add(new ApiRoute<NoticeSendRequest, ApiPage<NoticeSummary>>
        {
            Method = HttpMethods.Post, Path = "notices", Roles = RouteRoles.For(Permission.Notify),
            Repeat = RouteRepeat.ByName,
            Refusals =
            [
                "unknown", "action-not-allowed", "out-of-scope", "expired", "too-many-scopes", "not-corroborated",
                "entry-held",
                "vault-down",
            ],
            Summary = "Have the customer of a case told of a step, once for each case and step.",
            Body = NoticeJson.Default.NoticeSendRequest, Answer = NoticeJson.Default.ApiPageNoticeSummary,
            Refusal = (_, body) => OfBody(body), Handle = SendAsync,
        });

    private async Task<ApiPage<NoticeSummary>> ListAsync(ApiCall call)
    {
        await DecideAsync(call, new Request.ShowCase(null));
        var (from, to, state) = (ApiTimes.ReadFrom(call), ApiTimes.ReadTo(call), call.Query("state"));
        string[] states = [.. Enum.GetValues<NoticeState>().Select(NoticeNames.ToName)];
        if (state is not null && !states.Contains(state))
        {
            throw ApiRefusalException.BadRequest(
                $"state '{state}' is none of a notice; there are {string.Join(", ", states)}");
        }

        var wanted = state is null ? (NoticeState?)null
            : Enum.GetValues<NoticeState>().First(one => NoticeNames.ToName(one) == state);
        var found = notices.Book.Walk(wanted, FirstBehind(call, to))
            .TakeWhile(row => from is null || row.PlannedAt >= from)
            .Where(row => IsTheirs(call.Actor, row.Case)).Take(call.Limit + 1).ToList();
        var page = found.Take(call.Limit).ToList();
        return new([.. page.Select(Format)], page.Count < found.Count ? Place(page[^1]).ToString() : null);
    }

    /// <summary>Behind which notice the page begins: that of the page before, or the last that was planned at the end
    /// of the time or after.</summary>
    private static NoticeOrderKey? FirstBehind(ApiCall call, DateTimeOffset? to)
    {
        NoticeOrderKey? end = to is { } time ? new(time.UtcTicks, new(ulong.MaxValue), (NoticeStep)byte.MaxValue) : null;
        if (PageCursor.Read(call) is not { } after)
        {
            return end;
        }

        var behind = after.Name.Split(' ') is [var name, var word] && CaseId.TryParse(name, out var id)
            && NoticeNames.TryParse(word, out NoticeStep step)
            ? new NoticeOrderKey(after.Ticks, id, step)
            : throw PageCursor.Wrong(call);
        return end is { } last && last.CompareTo(behind) > 0 ? last : behind;
    }

    private async Task<NoticePreviewResponse> PreviewAsync(ApiCall call)
    {
        var word = call.Query("step") ?? NoticeNames.ToName(NoticeStep.Found);
        if (!NoticeNames.TryParse(word, out NoticeStep step))
        {
            throw ApiRefusalException.BadRequest($"step '{word}' is none; there are "
                + string.Join(", ", Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName)));
        }

        var text = await notices.PreviewAsync(step, call.Query("language") ?? "en", call.Cancel);
        return new(word, text.Language, text.Languages, text.Subject, text.Plain);
    }

    private async Task<ApiPage<NoticeSummary>> ShowAsync(ApiCall call)
    {
        await DecideAsync(call, new Request.ShowCase(call.CaseOf()));
        return ApiPages.Cut(call, notices.ForCase(call.CaseOf()), Place, newestFirst: false, Format);
    }

    private async Task<ApiPage<NoticeSummary>> SendAsync(ApiCall call, NoticeSendRequest asked)
    {
        ScopeId scope = default;
        if (!CaseId.TryParse(asked.Case, out var id) || !NoticeNames.TryParse(asked.Step, out NoticeStep step)
            || (asked.Scope is { Length: > 0 } within && !ScopeId.TryParse(within, out scope)))
        {
            var steps = string.Join(", ", Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName));
            throw ApiRefusalException.BadRequest("the request names no case, no step or no scope; it is JSON with "
                + $"case, step (one of {steps}), and a scope where it is not the case's first");
        }

        scope = scope.Number == 0 ? FirstOf(id) : scope;
        ApiRefusalException.ThrowIf(await notices.PlanAsync(call.Actor, id, scope, step, [], call.Cancel));
        return new([.. notices.ForCase(id).Where(row => row.Step == step).Select(Format)], null);
    }

    /// <summary>What sending it would have asked the policy engine.</summary>
    private Request.ActOnScope OfBody(NoticeSendRequest? body)
    {
        _ = CaseId.TryParse(body?.Case ?? "", out var id);
        var scope = ScopeId.TryParse(body?.Scope ?? "", out var named) ? named : FirstOf(id);
        var held = cases.Scopes.Find(scope)?.Scope;
        return new(held?.Purpose ?? 0, scope, ScopeActions.Notify, held?.Class.Predicate ?? new FlowPredicate());
    }

    private ScopeId FirstOf(CaseId id) =>
        cases.Find(id)?.Scopes.FirstOrDefault(s => (s.Scope.Actions & ScopeActions.Notify) != 0) is { } first
            ? first.Scope.Id
            : default;

    private async Task DecideAsync(ApiCall call, Request request) => ApiRefusalException.ThrowIf(
        await cases.Engine.DecideAsync(call.Actor, request, call.Cancel) as Decision.Deny);

    /// <summary>As in the list of cases: what is assigned is its assignee's and the privacy officer's
    /// and auditor's.</summary>
    private bool IsTheirs(Actor actor, CaseId id) =>
        cases.Find(id) is not { Assignee.Length: > 0 } file
        || file.Assignee == actor.Name || actor.Role is Role.PrivacyOfficer or Role.Auditor;

    private static PageCursor Place(NoticeRow row) =>
        PageCursor.At(row.PlannedAt, $"{row.Case} {NoticeNames.ToName(row.Step)}");

    private static NoticeSummary Format(NoticeRow row) => new(
        row.Case.ToString(), NoticeNames.ToName(row.Step), NoticeNames.ToName(row.State),
        row.ToldWith is { } with ? NoticeNames.ToName(with) : "", row.By, row.PlannedAt,
        row.State == NoticeState.Waiting && row.Attempts > 0 ? row.DueAt : null, row.Attempts, row.Proof?.Channel ?? "",
        row.Proof?.Language ?? "", row.Proof?.At, row.Proof?.Reply ?? "", row.Proof?.Digest ?? "", row.Fault);
}
