// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Serving;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;

namespace Weir.Cli.Control;

/// <summary>What needs two people, and the runs of the comparison, over the socket.</summary>
internal sealed class ApprovalRoutes(ControlParts parts)
{
    private static readonly TimeSpan ReviewHolds = TimeSpan.FromMinutes(15);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/approvals", ControlCall.With(parts, WaitingAsync));
        app.MapPost("/v1/disclosures", ControlCall.With(parts, AskAsync));
        app.MapPost("/v1/disclosures/{id}", ControlCall.With(parts, GiveAsync));
        app.MapGet("/v1/disclosures/{id}", ControlCall.With(parts, ShowAsync));
        app.MapGet("/v1/runs", ControlCall.With(parts, RunsAsync));
        app.MapGet("/v1/runs/{id}", ControlCall.With(parts, RunAsync));
        app.MapPost("/v1/runs", ControlCall.With(parts, RerunAsync));
        app.MapPost("/v1/reviews/{id}", ControlCall.With(parts, ReviewAsync));
    }

    private async Task WaitingAsync(ControlCall call)
    {
        var decision = await parts.Desk.Engine.DecideAsync(call.Actor, new Request.ShowCase(null), call.Cancel);
        await (decision is Decision.Deny deny
            ? call.RefuseAsync(deny)
            : call.AnswerAsync(parts.Desk.Asked.Select(ControlText.Row).ToList()));
    }

    private async Task AskAsync(ControlCall call)
    {
        if (await call.BodyAsync<DiscloseAsked>() is not { } asked)
        {
            await call.BadAsync("the request cannot be read; it is JSON with case, scope and reason");
            return;
        }

        _ = CaseId.TryParse(asked.Case, out var id);
        _ = ScopeId.TryParse(asked.Scope, out var scope);
        await AnswerAsync(call, await parts.Disclosures.RequestAsync(call.Actor, id, scope, asked.Reason, call.Cancel));
    }

    private async Task GiveAsync(ControlCall call) =>
        await AnswerAsync(call, await parts.Disclosures.ApproveAsync(call.Actor, NumberOf(call), call.Cancel));

    private async Task ShowAsync(ControlCall call) =>
        await AnswerAsync(call, await parts.Disclosures.ShowAsync(call.Actor, NumberOf(call), call.Cancel));

    private static Task AnswerAsync(ControlCall call, DisclosureResult step)
    {
        if (step.Refused is { } refused)
        {
            return call.RefuseAsync(refused);
        }

        var id = CaseHandler.Name(step.Asked!.Number);
        return call.AnswerAsync(new DiscloseView(
            id, step.Asked.Case.ToString(), step.Asked.Scope.ToString(), step.Shown?.Line ?? "", step.Shown?.Until,
            step.Shown is null
                ? $"waits for a second person: weir disclose --approve {id}"
                : "shown until then; kept nowhere"));
    }

    private async Task RunsAsync(ControlCall call)
    {
        var decision = await parts.Desk.Engine.DecideAsync(call.Actor, new Request.ReadReports(), call.Cancel);
        await (decision is Decision.Deny deny ? call.RefuseAsync(deny) : call.AnswerAsync(parts.Runs.List()));
    }

    private async Task RunAsync(ControlCall call)
    {
        var decision = await parts.Desk.Engine.DecideAsync(call.Actor, new Request.ReadReports(), call.Cancel);
        await (decision is Decision.Deny deny ? call.RefuseAsync(deny)
            : parts.Runs.Report(call.Route("id")) is { } report ? call.AnswerAsync(new Told(report))
            : UnknownAsync(call, $"{call.Route("id")} is no run that is kept; weir compare list names them."));
    }

    private async Task RerunAsync(ControlCall call)
    {
        var decision = await parts.Desk.Engine.DecideAsync(call.Actor, new Request.StartComparison(), call.Cancel);
        if (decision is Decision.Deny deny)
        {
            await call.RefuseAsync(deny);
            return;
        }

        await call.AnswerAsync(new Told(parts.Comparisons?.TryStart() == true
            ? "a comparison begins; weir compare list shows it when it is done"
            : "a comparison is under way already"));
    }

    /// <summary>First call asks, the second person's gives; the endpoint alone is shown (R11).</summary>
    private async Task ReviewAsync(ControlCall call)
    {
        var id = call.Route("id");
        if (CaseHandler.TryParseApproval(id, out var number))
        {
            var given = await parts.Desk.ApproveAsync(
                call.Actor, number,
                asked => new Request.ReviewCandidate(asked.Target, new Actor(asked.AskedBy, asked.AskedRole)),
                ReviewHolds, call.Cancel);
            await (given.Refused is { } no ? call.RefuseAsync(no) : call.AnswerAsync(new ReviewView(
                given.Approval!.Target, parts.Runs.Withheld(given.Approval.Target) ?? "",
                "shown to you both, without subjects")));
            return;
        }

        if (!Roles.May(call.Actor.Role, Permission.ReviewCandidate) || parts.Runs.Withheld(id) is null)
        {
            await UnknownAsync(call, $"{id} is no withheld endpoint that you may ask for; weir compare list names the "
                + "runs, and RUN.1, RUN.2, … their withheld endpoints.");
            return;
        }

        var step = await parts.Desk.RequestAsync(
            call.Actor, Permission.ReviewCandidate, default, default, id,
            (await call.BodyAsync<ReviewAsked>())?.Reason ?? "", call.Cancel);
        var name = CaseHandler.Name(step.Asked!.Number);
        await call.AnswerAsync(new ReviewView(id, "", $"waits for a second person: weir compare review {name}"));
    }

    private async Task UnknownAsync(ControlCall call, string why) =>
        await call.RefuseAsync((Decision.Deny)await parts.Desk.Engine.RefuseAsync(
            call.Actor, new Request.ReviewCandidate(call.Route("id")), DenyCode.Unknown, why, call.Cancel));

    private static ulong NumberOf(ControlCall call) =>
        CaseHandler.TryParseApproval(call.Route("id"), out var number) ? number : 0;
}
