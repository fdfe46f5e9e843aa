// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;

namespace Weir.Cli.Control;

/// <summary>Case files over the socket.</summary>
internal sealed class CaseRoutes(ControlParts parts)
{
    private static readonly Dictionary<string, ScopeFields> FieldWords = new(StringComparer.Ordinal)
    {
        ["time"] = ScopeFields.Time,
        ["protocol"] = ScopeFields.Protocol,
        ["remote-address"] = ScopeFields.RemoteAddress,
        ["remote-port"] = ScopeFields.RemotePort,
        ["packets"] = ScopeFields.Packets,
        ["octets"] = ScopeFields.Octets,
        ["flags"] = ScopeFields.Flags,
        ["direction"] = ScopeFields.Direction,
    };

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/cases", ControlCall.With(parts, ListAsync));
        app.MapGet("/v1/cases/{id}", ControlCall.With(parts, ShowAsync));
        app.MapPost("/v1/cases/{id}/evidence", ControlCall.With(parts, EvidenceAsync));
        foreach (var step in (string[])["assign", "comment", "snooze", "close"])
        {
            app.MapPost($"/v1/cases/{{id}}/{step}", ControlCall.With(parts, call => StepAsync(call, step)));
        }

        app.MapPost("/v1/scopes/{id}/review", ControlCall.With(parts, ReviewAsync));
        app.MapPost("/v1/look", ControlCall.With(parts, LookAsync));
    }

    private async Task ListAsync(ControlCall call)
    {
        var (cases, refused) = await parts.Desk.ListAsync(call.Actor, call.Cancel);
        await (refused is null
            ? call.AnswerAsync(cases.Select(f => ControlText.Row(f, parts.Policy.ShowsSubjects)).ToList())
            : call.RefuseAsync(refused));
    }

    private async Task ShowAsync(ControlCall call)
    {
        var step = await parts.Desk.ShowAsync(call.Actor, IdOf(call), call.Cancel);
        await AnswerAsync(call, step);
    }

    /// <summary>Rows of one scope of a case. Which scope: the one named, the only one, or one that covers
    /// what is asked.</summary>
    private async Task EvidenceAsync(ControlCall call)
    {
        if (await call.BodyAsync<EvidenceAsked>() is not { } asked)
        {
            await call.BadAsync(
                "the request cannot be read; it is JSON with scope, purpose, predicate, from, until, fields, limit");
            return;
        }

        FlowPredicate? predicate = null;
        if (asked.Predicate is { Length: > 0 } text)
        {
            if (!ControlText.TryParsePredicate(text, out var read))
            {
                await call.BadAsync($"'{text}' is no predicate; write DIRECTION/PROTOCOL/PORTS/ADDRESSES "
                    + "such as out/udp/7703/203.0.113.9");
                return;
            }

            predicate = read;
        }

        var file = parts.Desk.Find(IdOf(call));
        var scope = ScopeOf(asked, file, predicate);
        var purpose = PurposeOf(asked, scope);
        var (fields, uncollected) = FieldsOf(asked.Fields);
        if (asked.Count && scope is { } counted)
        {
            var count = await parts.Evidence.CountAsync(
                call.Actor, new Request.CountFlows(purpose, counted), call.Cancel);
            await AnswerAsync(call, count, counted);
            return;
        }

        var request = new Request.ReadFlows(
            purpose, scope ?? (asked.Scope is null && file is not null ? null : default(ScopeId)),
            file?.Subject, predicate, asked.From?.ToUnixTimeMilliseconds(), asked.Until?.ToUnixTimeMilliseconds(),
            fields, uncollected);
        var answer = await parts.Evidence.ReadAsync(
            call.Actor, request, asked.Limit <= 0 ? 1_000 : asked.Limit, call.Cancel);
        await AnswerAsync(call, answer, scope ?? default);
    }

    private async Task StepAsync(ControlCall call, string name)
    {
        var asked = await call.BodyAsync<StepAsked>() ?? new StepAsked(null, null, null, null, null);
        var id = IdOf(call);
        var verdict = asked.Verdict switch
        {
            "fixed" => CaseClosureReason.Fixed,
            "false-positive" => CaseClosureReason.FalsePositive,
            _ => CaseClosureReason.None
        };
        Task<CaseStepResult>? step = name switch
        {
            "assign" => parts.Desk.AssignAsync(call.Actor, id, asked.To ?? call.Actor.Name, call.Cancel),
            "comment" when asked.Text is { Length: > 0 } text =>
                parts.Desk.CommentAsync(call.Actor, id, text, call.Cancel),
            "snooze" when asked.Until is { } until => parts.Desk.SnoozeAsync(call.Actor, id, until, call.Cancel),
            "close" when verdict != CaseClosureReason.None =>
                parts.Desk.CloseAsync(call.Actor, id, verdict, asked.Reason ?? "", call.Cancel),
            _ => null,
        };
        await (step is null
            ? call.BadAsync("the step lacks something: a comment its text, a snooze its end, a close its "
                + "verdict fixed or false-positive")
            : AnswerAsync(call, await step));
    }

    private async Task ReviewAsync(ControlCall call)
    {
        _ = ScopeId.TryParse(call.Route("id"), out var id);
        await AnswerAsync(call, await parts.Desk.ReviewScopeAsync(call.Actor, id, call.Cancel));
    }

    /// <summary>A name or an address out of nothing: always refused. What was typed does not even travel.</summary>
    private async Task LookAsync(ControlCall call)
    {
        var decision = await parts.Desk.Engine.DecideAsync(call.Actor, new Request.LookUpSubject(), call.Cancel);
        await call.RefuseAsync((Decision.Deny)decision);
    }

    private Task AnswerAsync(ControlCall call, CaseStepResult step) => step switch
    {
        { Refused: { } refused } => call.RefuseAsync(refused),
        { Case: { } file } => call.AnswerAsync(ControlText.View(file, parts.Desk, parts.Policy.ShowsSubjects)),
        _ => call.RefuseAsync(new(DenyCode.Unknown, $"{call.Route("id")} does not exist, or is not yours.")),
    };

    private Task AnswerAsync(ControlCall call, EvidenceResult answer, ScopeId scope)
    {
        var id = answer.Filter?.Scope ?? scope;
        return answer.Refused is { } refused
            ? call.RefuseAsync(refused)
            : call.AnswerAsync(new EvidenceView(
                id.ToString(), answer.Total, parts.Desk.WholeSince(id) is { } since ? ControlText.Time(since) : null,
                [.. answer.Rows.Select(ControlText.Line)]));
    }

    /// <summary>A number that cannot be read is a case that does not exist.</summary>
    private static CaseId IdOf(ControlCall call) => CaseId.TryParse(call.Route("id"), out var id) ? id : default;

    private static ScopeId? ScopeOf(EvidenceAsked asked, CaseFile? file, FlowPredicate? predicate)
    {
        if (asked.Scope is { Length: > 0 } text)
        {
            return ScopeId.TryParse(text, out var id) && file?.Scopes.Any(s => s.Scope.Id == id) == true
                ? id
                : default(ScopeId);
        }

        var one = file?.Scopes.FirstOrDefault(
            s => predicate is null ? file.Scopes.Length == 1 : predicate.IsWithin(s.Scope.Class.Predicate));
        return one?.Scope.Id;
    }

    /// <summary>The purpose named, or that of the scope: who reads a scope reads it for what it is.</summary>
    private Purpose PurposeOf(EvidenceAsked asked, ScopeId? scope)
    {
        if (asked.Purpose is { Length: > 0 } word)
        {
            return Purposes.TryParse(word, out var purpose) ? purpose : 0;
        }

        return scope is { } id && parts.Desk.Scopes.Find(id) is { } standing
            ? standing.Scope.Purpose
            : Purpose.NetworkIntegrity;
    }

    private static (ScopeFields Fields, string Uncollected) FieldsOf(string? words)
    {
        if (string.IsNullOrWhiteSpace(words))
        {
            return (ScopeFields.All, "");
        }

        var parts = words.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var fields = parts.Aggregate(ScopeFields.None, (all, word) => all | FieldWords.GetValueOrDefault(word));
        return (fields, string.Join(", ", parts.Where(word => !FieldWords.ContainsKey(word))));
    }
}
