// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;

namespace Weir.Desk.Api.Cases;

/// <summary>Flows of a scope. Each look is an act: decided and on record before its rows.</summary>
internal sealed class EvidenceRoutes(CaseHandler cases, CaseFormatter format, EvidenceHandler evidence)
{
    private const int UsualLimit = 1_000;

    private static readonly string[] Codes =
    [
        "no-trigger", "out-of-scope", "field-not-collected", "expired", "action-not-allowed", "unknown",
        "too-many-scopes", "not-corroborated", "entry-held", ApiProblems.StoreDown,
    ];

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

    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiRoute<EvidenceRequest, EvidenceResponse>
    {
        Method = HttpMethods.Post, Path = "cases/{id}/evidence", Roles = RouteRoles.For(Permission.ReadEvidence),
        Repeat = RouteRepeat.Reads, Refusals = Codes,
        Summary = "Read or count flows of one scope of a case, and none outside it.",
        Body = CaseJson.Default.EvidenceRequest, Answer = CaseJson.Default.EvidenceResponse,
        Refusal = (call, body) =>
        {
            var wanted = Wanted(call, body ?? new EvidenceRequest(), isStrict: false);
            return wanted.Count is { } count ? count : wanted.Read;
        },
        Handle = ReadAsync,
    });

    /// <summary>Rows of one scope of a case. Which scope: the one named, the only one, or one that covers what is
    /// asked.</summary>
    private async Task<EvidenceResponse> ReadAsync(ApiCall call, EvidenceRequest asked)
    {
        var (scope, count, read) = Wanted(call, asked, isStrict: true);
        var result = count is { } counted
            ? await evidence.CountAsync(call.Actor, counted, call.Cancel)
            : await evidence.ReadAsync(call.Actor, read, asked.Limit <= 0 ? UsualLimit : asked.Limit, call.Cancel);
        ApiRefusalException.ThrowIf(result.Refused);
        var id = result.Filter?.Scope ?? scope;
        return new(
            id.ToString(), result.Total, cases.WholeSince(id) is { } since ? CaseFormatter.Time(since) : null,
            [.. result.Rows.Select(format.Flow)]);
    }

    private (ScopeId Scope, Request.CountFlows? Count, Request.ReadFlows Read) Wanted(
        ApiCall call, EvidenceRequest asked, bool isStrict)
    {
        FlowPredicate? predicate = null;
        if (asked.Predicate is { Length: > 0 } text)
        {
            if (PredicateText.TryRead(text, out var parsed))
            {
                predicate = parsed;
            }
            else if (isStrict)
            {
                throw ApiRefusalException.BadRequest($"'{text}' is no predicate; write DIRECTION/PROTOCOL/PORTS/"
                    + "ADDRESSES such as out/udp/7703/203.0.113.9");
            }
        }

        if (isStrict && asked.Scope is { Length: > 0 } named && !ScopeId.TryParse(named, out _))
        {
            throw ApiRefusalException.BadRequest(
                $"'{named}' is no number of a scope; write s- and 16 hexadecimal digits");
        }

        if (isStrict && asked.Limit < 0)
        {
            throw ApiRefusalException.BadRequest(FormattableString.Invariant(
                $"limit {asked.Limit} is no number of rows; write 1 or more, or leave it out"));
        }

        var file = cases.Find(call.CaseOf());
        var scope = ScopeOf(asked, file, predicate);
        if (isStrict && scope is null && predicate is null && file is { Scopes.Length: > 1 })
        {
            throw ApiRefusalException.BadRequest($"{file.Id} has {file.Scopes.Length} scopes; name one: "
                + string.Join("; ", file.Scopes.Select(held =>
                    $"{held.Scope.Id} ({Purposes.ToName(held.Scope.Purpose)}, {held.Scope.Class})")));
        }

        if (isStrict && asked.Purpose is { Length: > 0 } word && !Purposes.TryParse(word, out _))
        {
            throw ApiRefusalException.BadRequest($"'{word}' is no purpose; leave it out for the scope's own, or write "
                + $"one of {string.Join(", ", Enum.GetValues<Purpose>().Select(Purposes.ToName))}");
        }

        var purpose = PurposeOf(asked, scope);
        var (fields, uncollected) = FieldsOf(asked.Fields);
        return (scope ?? default, asked.Count && scope is { } counted ? new Request.CountFlows(purpose, counted) : null,
            new Request.ReadFlows(
                purpose, scope ?? (asked.Scope is null && file is not null ? null : default(ScopeId)), file?.Subject,
                predicate, asked.From?.ToUnixTimeMilliseconds(), asked.Until?.ToUnixTimeMilliseconds())
            {
                Fields = fields, Uncollected = uncollected,
            });
    }

    private static ScopeId? ScopeOf(EvidenceRequest asked, CaseFile? file, FlowPredicate? predicate)
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
    private Purpose PurposeOf(EvidenceRequest asked, ScopeId? scope)
    {
        if (asked.Purpose is { Length: > 0 } word)
        {
            return Purposes.TryParse(word, out var purpose) ? purpose : 0;
        }

        return scope is { } id && cases.Scopes.Find(id) is { } standing
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
