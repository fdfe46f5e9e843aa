// SPDX-License-Identifier: Apache-2.0
//
// The people's API for scripts on other machines: over TLS, by a token. Who it is, from where and how often are decided
// here; what they may is the gate's, as over the socket.
//
// Standards: RFC 6750 (Bearer), RFC 6585 (429).
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Wire;

namespace Weir.Desk.Api;

/// <summary>Stands before the gate. Safe for many callers at once.</summary>
internal sealed class RemoteDoor(ApiDependencies parts, RemoteLimits limits)
{
    private const int MaxConnections = 64;
    private const int ReservedConnections = 16;
    private const int MaxOfAddress = 16;
    private const string Scheme = "Bearer ";

    private static readonly TimeSpan NotedAgainAfter = TimeSpan.FromHours(1);

    private readonly ConnectionSlots _slots = new(MaxConnections, ReservedConnections, MaxOfAddress);
    private readonly RepeatedRefusals _strangers = parts.Repeated ?? new(parts.Audit, parts.Time);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long At, Task Entry)> _noted = new(StringComparer.Ordinal);

    /// <summary>Serves a connection, or closes it where there are too many.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = connection.RemoteEndPoint is IPEndPoint peer ? AddressConnections.NameOf(peer.Address) : "";
        if (_slots.Acquire(address) is not null)
        {
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            _slots.Release(address);
        }
    }

    /// <summary>Lets a request on to the gate as its token's person, or refuses it.</summary>
    public async Task ReceiveAsync(HttpContext context, RequestDelegate next)
    {
        var address = IpKey.From(context.Connection.RemoteIpAddress!);
        if (limits.Refuse(address) is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds;
            await RefuseAsync(context, ApiProblems.TooMany, $"this address asks too often; ask again in {seconds} s");
            return;
        }

        try
        {
            await ReceiveAsync(context, address, next);
        }
        catch (AuditException fault)
        {
            await RefuseAsync(context, ApiProblems.AuditDown, fault.Message);
        }
    }

    private async Task ReceiveAsync(HttpContext context, IpKey address, RequestDelegate next)
    {
        string? written = context.Request.Headers.Authorization;
        var secret = written?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true
            ? written[Scheme.Length..].Trim() : "";
        var token = secret.Length > 0 ? parts.Tokens.Find(secret) : null;
        var fault = token is null ? "a token that is none, is over or was ended"
            : parts.Callers.Find(token.User)?.Role != token.Role ? $"{token.Id}: another role than it was made in"
            : !token.CountsFrom(address) ? $"{token.Id}: from elsewhere than it counts from"
            : "";
        if (fault.Length > 0)
        {
            await _strangers.NoteAsync(EntryOf(token, DenyCode.NotAuthenticated, fault), context.RequestAborted);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, ApiProblems.NoToken,
                "send Authorization: Bearer with a token that counts, from where it counts; weir token new makes one");
            return;
        }

        if (token!.IsReadOnly && !HttpMethods.IsGet(context.Request.Method))
        {
            await _strangers.NoteAsync(
                EntryOf(token, DenyCode.RoleMayNot, $"{token.Id}: reads only"), context.RequestAborted);
            await RefuseAsync(context, DenyCodes.ToName(DenyCode.RoleMayNot), $"{token.Id} reads only; make another");
            return;
        }

        await NoteAsync(token);
        context.Features.Set(new LocalCaller(token.User)
        {
            IsByToken = true,
            GoesOn = () => parts.Tokens.Find(secret)?.Id == token.Id,
            Hold = () => limits.Hold(token.Id),
        });
        await next(context);
    }

    /// <summary>That a token is used stands on record once an hour; what it does, each time. Whoever comes meanwhile
    /// waits for the same entry, which hangs on no caller; one that failed is tried again.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    private Task NoteAsync(ApiToken token)
    {
        lock (_gate)
        {
            if (_noted.TryGetValue(token.Id, out var noted) && noted.Entry is { IsFaulted: false, IsCanceled: false }
                && parts.Time.GetElapsedTime(noted.At) < NotedAgainAfter)
            {
                return noted.Entry;
            }

            var entry = parts.Audit.AppendAsync(EntryOf(token, null, $"token {token.Id}"), CancellationToken.None);
            _noted[token.Id] = (parts.Time.GetTimestamp(), entry);
            return entry;
        }
    }

    private static Task RefuseAsync(HttpContext context, string code, string sentence) =>
        ApiProblem.Create(code, sentence).WriteAsync(context.Response, context.RequestAborted);

    private static AuditEntry EntryOf(ApiToken? token, DenyCode? why, string reason) => new()
    {
        Actor = token?.User ?? "nobody",
        Role = token is null ? "none" : Actor.ToName(token.Role),
        Act = AuditActions.SignIn,
        Outcome = why is { } code ? DenyCodes.ToName(code) : AuditActions.Allow,
        Reason = reason,
    };
}
