// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Serving;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Notices;
using Weir.Desk.Policy;

namespace Weir.Cli.Control;

internal sealed record NoticeLine(
    string Case, string Step, string State, string ToldWith, string By, DateTimeOffset Planned, DateTimeOffset? Next,
    int Attempts, string Channel, string Language, DateTimeOffset? At, string Reply, string Digest, string Why);

internal sealed record NoticeToSend(string? Case, string? Scope, string? Step);

/// <summary>Notices to customers over the socket: how each stands and its proof, never whom it is about.</summary>
internal sealed class NoticeRoutes(ControlParts parts)
{
    public void Map(IEndpointRouteBuilder app)
    {
        if (parts.Notices is null)
        {
            return;
        }

        app.MapGet("/v1/notices", ControlCall.With(parts, call => WhereItCanAsync(call, ListAsync)));
        app.MapGet("/v1/notices/{id}", ControlCall.With(parts, call => WhereItCanAsync(call, ShowAsync)));
        app.MapPost("/v1/notices", ControlCall.With(parts, call => WhereItCanAsync(call, SendAsync)));
    }

    private async Task ListAsync(ControlCall call, NoticeDispatcher desk)
    {
        if (await parts.Desk.Engine.DecideAsync(call.Actor, new Request.ShowCase(null), call.Cancel)
            is Decision.Deny deny)
        {
            await call.RefuseAsync(deny);
            return;
        }

        await call.AnswerAsync(desk.All.Where(row => IsTheirs(call.Actor, row.Case))
            .OrderByDescending(row => row.PlannedAt).Select(Line).ToList());
    }

    private async Task ShowAsync(ControlCall call, NoticeDispatcher desk)
    {
        _ = CaseId.TryParse(call.Route("id"), out var id);
        if (await parts.Desk.Engine.DecideAsync(call.Actor, new Request.ShowCase(id), call.Cancel)
            is Decision.Deny deny)
        {
            await call.RefuseAsync(deny);
            return;
        }

        await call.AnswerAsync(desk.ForCase(id).Select(Line).ToList());
    }

    private async Task SendAsync(ControlCall call, NoticeDispatcher desk)
    {
        ScopeId scope = default;
        if (await call.BodyAsync<NoticeToSend>() is not { Case: { } named, Step: { } word } asked
            || !CaseId.TryParse(named, out var id) || !NoticeNames.TryParse(word, out NoticeStep step)
            || (asked.Scope is { Length: > 0 } within && !ScopeId.TryParse(within, out scope)))
        {
            await call.BadAsync(
                $"the request cannot be read; it is JSON with case, step (one of "
                    + $"{string.Join(", ", Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName))}), and a scope "
                    + "where it is not the case's first");
            return;
        }

        if (scope.Number == 0 && parts.Desk
            .Find(id)?.Scopes.FirstOrDefault(s => (s.Scope.Actions & ScopeActions.Notify) != 0) is { } first)
        {
            scope = first.Scope.Id;
        }

        if (await desk.PlanAsync(call.Actor, id, scope, step, [], call.Cancel) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        await call.AnswerAsync(desk.ForCase(id).Where(row => row.Step == step).Select(Line).ToList());
    }

    /// <summary>As in the list of cases: what is assigned is its assignee's and the privacy officer's
    /// and auditor's.</summary>
    private bool IsTheirs(Actor actor, CaseId id) =>
        parts.Desk.Find(id) is not { Assignee.Length: > 0 } file
        || file.Assignee == actor.Name || actor.Role is Role.PrivacyOfficer or Role.Auditor;

    private async Task WhereItCanAsync(ControlCall call, Func<ControlCall, NoticeDispatcher, Task> handle)
    {
        try
        {
            await handle(call, parts.Notices!.Desk);
        }
        catch (NoticeJournalException fault)
        {
            await call.DownAsync("journal-lost", fault.Message);
        }
    }

    private static NoticeLine Line(NoticeRow row) => new(
        row.Case.ToString(), NoticeNames.ToName(row.Step), NoticeNames.ToName(row.State),
        row.ToldWith is { } with ? NoticeNames.ToName(with) : "", row.By, row.PlannedAt,
        row.State == NoticeState.Waiting && row.Attempts > 0 ? row.DueAt : null, row.Attempts, row.Proof?.Channel ?? "",
        row.Proof?.Language ?? "", row.Proof?.At, row.Proof?.Reply ?? "", row.Proof?.Digest ?? "", row.Fault);
}
