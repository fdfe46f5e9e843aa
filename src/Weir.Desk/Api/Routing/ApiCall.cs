// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Routing;

/// <summary>A request as a handler sees it, its body aside: who asks, what the path and the query say.</summary>
internal sealed class ApiCall(HttpContext context, Actor actor)
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxPage = 1_000;

    private const int UsualPage = 100;

    public Actor Actor => actor;

    /// <summary>Whether it comes by a token.</summary>
    public bool IsByToken => context.Features.Get<LocalCaller>()?.IsByToken == true;

    /// <summary>Ends when the caller goes away.</summary>
    public CancellationToken Cancel => context.RequestAborted;

    /// <summary>Rows of a page that are wanted, 1 to <see cref="MaxPage"/>.</summary>
    /// <exception cref="ApiRefusalException">The query says something else.</exception>
    public int Limit => Query("limit") is not { } text ? UsualPage
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= MaxPage ? limit
        : throw ApiRefusalException.BadRequest(FormattableString.Invariant(
            $"limit '{text}' is no number of rows; write one from 1 to {MaxPage}"));

    /// <summary>The version that the caller read (RFC 9110 13.1.1), which the step compares where it changes something;
    /// null for whatever it is now.</summary>
    public string? Known => context.Request.Headers.IfMatch is [{ Length: > 0 } known, ..] && known != "*" ? known
        : null;

    /// <summary>A part of the path, as it was sent; empty where the route has none of the name.</summary>
    public string Part(string name) => context.Request.RouteValues[name] as string ?? "";

    /// <summary>A parameter behind the question mark; null where it is missing.</summary>
    public string? Query(string name) => context.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    /// <summary>Puts on record what the caller does; durable when it returns.</summary>
    /// <param name="audit">The record.</param>
    /// <param name="act">One of <see cref="AuditActions"/>.</param>
    /// <param name="what">Of what.</param>
    public async Task RecordAsync(IAuditLog audit, string act, string what) => _ = await audit.AppendAsync(
        new AuditEntry
        {
            Actor = actor.Name, Role = actor.RoleWord, Act = act, Outcome = AuditActions.Allow, Reason = what,
        },
        Cancel);

    /// <summary>The case of the path; a number that cannot be read is a case that does not exist.</summary>
    public CaseId CaseOf(string name = "id") => CaseId.TryParse(Part(name), out var id) ? id : default;

    /// <summary>The request of the path that waits for a second person; 0 where it cannot be read.</summary>
    public ulong ApprovalOf(string name = "id") =>
        CaseHandler.TryParseApproval(Part(name), out var number) ? number : 0;
}
