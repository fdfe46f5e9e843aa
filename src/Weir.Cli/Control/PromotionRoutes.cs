// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Commands;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Cases;
using Weir.Desk.Promotion;

namespace Weir.Cli.Control;

internal sealed record PromoteAsked(string? What, string? Reason);

internal sealed record PromoteView(
    string Id, string Endpoint, string Run, string State, DateTimeOffset? Until, string Next);

internal sealed record DemoteAsked(string? Endpoint, string? Reason);

internal sealed record PromotedView(
    string Endpoint, string Run, string P, string Q, string Ic, string Ic025, string Id, string AskedBy, string GivenBy,
    DateTimeOffset At, DateTimeOffset Until, string Reason);

/// <summary>Promotions over the socket (worked example 8). Who met an endpoint is in no answer.</summary>
internal sealed class PromotionRoutes(ControlParts parts)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/promotions", ControlCall.With(parts, ListAsync));
        app.MapPost("/v1/promotions", ControlCall.With(parts, call => WhereItCanAsync(call, AskAsync)));
        app.MapPost("/v1/promotions/demote", ControlCall.With(parts, call => WhereItCanAsync(call, DemoteAsync)));
        app.MapPost("/v1/promotions/{id}", ControlCall.With(parts, call => WhereItCanAsync(call, GiveAsync)));
    }

    private async Task ListAsync(ControlCall call)
    {
        var (listed, refused) = await parts.Promotions.ListAsync(call.Actor, call.Cancel);
        await (refused is not null ? call.RefuseAsync(refused) : call.AnswerAsync(listed.Select(p => new PromotedView(
            p.Endpoint.ToString(), p.Run, p.P, p.Q, p.Ic, p.Ic025, CaseHandler.Name(p.Approval), p.AskedBy, p.GivenBy,
            p.At, p.ExpiresAt, p.Reason)).ToList()));
    }

    private async Task AskAsync(ControlCall call)
    {
        if (await call.BodyAsync<PromoteAsked>() is not { What: { Length: > 0 } what } asked)
        {
            await call.BadAsync("the request cannot be read; it is JSON with what and reason");
            return;
        }

        Weir.Contracts.Flows.Endpoint? endpoint =
            WatchlistCommand.TryEndpoint(what, out var read) && read.Port != 0 ? read : null;
        await AnswerAsync(call, await parts.Promotions.RequestAsync(
            call.Actor, endpoint, endpoint is null ? what : "", asked.Reason ?? "", call.Cancel));
    }

    private async Task GiveAsync(ControlCall call)
    {
        _ = CaseHandler.TryParseApproval(call.Route("id"), out var number);
        await AnswerAsync(call, await parts.Promotions.ApproveAsync(call.Actor, number, call.Cancel));
    }

    private async Task DemoteAsync(ControlCall call)
    {
        if (await call.BodyAsync<DemoteAsked>() is not { Endpoint: { } text, Reason: { } reason }
            || string.IsNullOrWhiteSpace(reason) || !WatchlistCommand.TryEndpoint(text, out var endpoint))
        {
            await call.BadAsync(
                "the request cannot be read; it is JSON with an endpoint such as 192.0.2.80:8443/tcp and a reason");
            return;
        }

        var refused = await parts.Promotions.DemoteAsync(call.Actor, endpoint, reason, call.Cancel);
        await (refused is not null ? call.RefuseAsync(refused) : call.AnswerAsync(new PromoteView(
            "", endpoint.ToString(), "", "demoted", null,
            "contacts from now on are no events; case files stay, and are closed by people")));
    }

    private static Task AnswerAsync(ControlCall call, PromotionResult step)
    {
        if (step.Refused is { } refused)
        {
            return call.RefuseAsync(refused);
        }

        var id = CaseHandler.Name(step.Asked!.Number);
        return call.AnswerAsync(step.Done is { } done
            ? new PromoteView(
                id, done.Endpoint.ToString(), done.Run, "promoted", done.ExpiresAt,
                "contacts are events from now on; those of past days become case files, shown to nobody before")
            : new PromoteView(
                id, step.Asked.Target, "", "asked", null,
                $"waits for a second person: weir compare promote --approve {id}"));
    }

    /// <summary>The list's file could not be written: no refusal of the rules.</summary>
    private static async Task WhereItCanAsync(ControlCall call, Func<ControlCall, Task> handle)
    {
        try
        {
            await handle(call);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await call.DownAsync(
                "list-down",
                $"our own list cannot be written, so nothing changed: {fault.Message}; mend the disk and ask again");
        }
    }
}
