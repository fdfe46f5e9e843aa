// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Serving;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Escalations;
using Weir.Desk.Mitigation;
using Weir.Desk.Notices;
using Weir.Wire.Native;

namespace Weir.Cli.Control;

internal sealed record GardenAsked(string? Garden, string? Reason);

internal sealed record AppealAsked(string? Reason, bool Protected, bool Uphold);

internal sealed record LadderRow(
    string Case, string Rung, string State, DateTimeOffset Since, string Garden, string InForce,
    DateTimeOffset? CheckFrom, DateTimeOffset? ReviewSince, string OrderedBy, string Why, string Next);

internal sealed record LadderLine(DateTimeOffset At, string Step, string Rung, string By, string Why);

internal sealed record LadderView(LadderRow Ladder, IReadOnlyList<LadderLine> Steps);

/// <summary>Ladders over the socket. What is in force names far ends, never a line.</summary>
internal sealed class LadderRoutes(ControlParts parts, LadderParts ladders)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/cases/{id}/ladder", ControlCall.With(parts, call => WhereItCanAsync(call, ShowAsync)));
        app.MapPost("/v1/cases/{id}/garden", ControlCall.With(parts, call => WhereItCanAsync(call, GardenAsync)));
        app.MapPost("/v1/cases/{id}/appeal", ControlCall.With(parts, call => WhereItCanAsync(call, AppealAsync)));
        app.MapPost("/v1/cases/{id}/recheck", ControlCall.With(parts, call => WhereItCanAsync(call, RecheckAsync)));
    }

    private async Task ShowAsync(ControlCall call)
    {
        var (ladder, steps, refused) = await ladders.Desk.ShowAsync(call.Actor, IdOf(call), call.Cancel);
        await (refused is not null ? call.RefuseAsync(refused)
            : ladder is null && steps.Count == 0
                ? call.RefuseAsync(new(Weir.Contracts.Policy.DenyCode.Unknown, $"{call.Route("id")} has no ladder yet; "
                    + $"one begins within {LadderParts.KeepPeriod.TotalSeconds:0} s of a case."))
            : call.AnswerAsync(new LadderView(
                ladder is null
                    ? new(
                        call.Route("id"), EscalationStateMachine.ToName(steps[^1].Rung),
                        EscalationStateMachine.ToName(EscalationState.Ended),
                        steps[^1].At, "", "", null, null, "", steps[^1].Why, "")
                    : Row(ladder, ""),
                [.. steps.Select(s => new LadderLine(
                    s.At, EscalationStateMachine.ToName(s.Step), EscalationStateMachine.ToName(s.Rung), s.By,
                    s.Why))])));
    }

    private async Task GardenAsync(ControlCall call)
    {
        var asked = await call.BodyAsync<GardenAsked>();
        WalledGarden? garden = asked?.Garden switch
        {
            "leaky" => WalledGarden.Leaky,
            "strict" => WalledGarden.Strict,
            "none" => WalledGarden.None,
            _ => null
        };
        await (garden is not { } wanted
            ? call.BadAsync("the request cannot be read; it is JSON with garden leaky, strict or none, and a reason")
            : AnswerAsync(
                call,
                await ladders.Desk.GardenAsync(call.Actor, IdOf(call), wanted, asked!.Reason ?? "", call.Cancel)));
    }

    private async Task AppealAsync(ControlCall call)
    {
        var asked = await call.BodyAsync<AppealAsked>() ?? new(null, false, false);
        await AnswerAsync(call, asked.Uphold
            ? await ladders.Desk.UpholdAsync(call.Actor, IdOf(call), asked.Reason ?? "", call.Cancel)
            : await ladders.Desk.AppealAsync(call.Actor, IdOf(call), asked.Reason ?? "", asked.Protected, call.Cancel));
    }

    private async Task RecheckAsync(ControlCall call) =>
        await AnswerAsync(call, await ladders.Desk.FixedAsync(call.Actor, IdOf(call), null, call.Cancel));

    private Task AnswerAsync(ControlCall call, EscalationResult answer) =>
        answer.Refused is { } refused ? call.RefuseAsync(refused)
        : answer.Ladder is { } ladder ? call.AnswerAsync(Row(ladder, answer.Waits is { } waits
            ? $"{CaseHandler.Name(waits.Number)} waits for a second person in another role: weir case "
                + $"garden {ladder.Case} --strict"
            : ""))
        : call.AnswerAsync(new LadderRow(
            call.Route("id"), "", "", parts.Time.GetUtcNow(), "", "", null, null, "", "",
            "the check began; the ladder follows within a minute"));

    private LadderRow Row(Escalation ladder, string next) => new(
        ladder.Case.ToString(), EscalationStateMachine.ToName(ladder.Rung),
        EscalationStateMachine.ToName(ladder.State), ladder.Since, ladder.Confirmed == ladder.Wanted
            ? Word(ladder.Confirmed)
            : $"{Word(ladder.Confirmed)}, {Word(ladder.Wanted)} ordered",
        string.Join("; ", ladders.Desk.ActiveMeasures(ladder.Case)), ladder.CheckAt, ladder.ReviewSince,
        ladder.OrderedBy, ladder.Why, next);

    private static string Word(WalledGarden garden) => garden.ToString().ToLowerInvariant();

    private static CaseId IdOf(ControlCall call) => CaseId.TryParse(call.Route("id"), out var id) ? id : default;

    /// <summary>What stands in the way that is no refusal.</summary>
    private static async Task WhereItCanAsync(ControlCall call, Func<ControlCall, Task> handle)
    {
        try
        {
            await handle(call);
        }
        catch (StoreException fault)
        {
            await call.DownAsync("store-down", fault.Message);
        }
        catch (Weir.Desk.Mitigation.MitigationJournalException fault)
        {
            await call.DownAsync("journal-lost", fault.Message);
        }
        catch (NoticeJournalException fault)
        {
            await call.DownAsync("journal-lost", fault.Message);
        }
    }
}
