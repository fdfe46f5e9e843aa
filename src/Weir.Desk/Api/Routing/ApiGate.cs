// SPDX-License-Identifier: Apache-2.0
//
// From a request to its answer: who asks, the role, the parameters, the body, the handler, in this order. A call of a
// wrong role is refused before anything of it is judged, and on record as what it asked for. Nothing that a caller
// sends becomes an exception beyond here.
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Desk.Mitigation;
using Weir.Desk.Notices;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Sqlite;
using Weir.Wire.Native;

namespace Weir.Desk.Api.Routing;

/// <summary>Answers calls by the rules of their routes. Safe for many callers at once.</summary>
internal sealed class ApiGate(ApiCallers callers, RefusalBook book, IdempotencyKeys keys, ILogger log)
{
    private const int BufferOctets = 16 << 10;

    /// <summary>So much more of a body that is too large is taken off the socket, so that whoever sends it reads the
    /// answer; beyond it the connection breaks.</summary>
    private const int MaxDrained = 1 << 20;

    /// <summary>The answer of one route.</summary>
    public RequestDelegate For(ApiRoute route)
    {
        var told = ApiRoutes.RefusalsOf(route).Select(kind => kind.Code).ToHashSet(StringComparer.Ordinal);
        return context => GuardAsync(context, route.Name, told, async () =>
        {
            var call = new ApiCall(context, await IdentifyAsync(context, route.Roles));
            if (route is ApiStream stream)
            {
                await OpenAsync(context, stream, call);
                return;
            }

            var tag = route.Method == HttpMethods.Get ? route.Version?.Invoke(call) : null;
            var octets = await AnswerAsync(context, route, call);
            if (tag is not null)
            {
                context.Response.Headers.ETag = tag;
            }

            context.Response.ContentType = route.ContentType;
            context.Response.Headers.CacheControl = "no-store";
            context.Response.ContentLength = octets.Length;
            await context.Response.Body.WriteAsync(octets, context.RequestAborted);
        });
    }

    /// <summary>What no route answers: a path that is none, a method that a path has not.</summary>
    public Task NoRouteAsync(HttpContext context) => GuardAsync(context, context.Request.Path, null, async () =>
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        _ = await IdentifyAsync(context, RouteRoles.Everyone.OrOwnUser());
        throw context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            ? new ApiRefusalException(
                ApiProblems.WrongMethod, $"{path} has no {method}; it has {context.Response.Headers.Allow}")
            : new ApiRefusalException(
                ApiProblems.NoSuchRoute,
                $"there is no {method} {path}; {ApiRoutes.Prefix}/openapi.json lists what there is");
    });

    private async Task<Actor> IdentifyAsync(HttpContext context, RouteRoles roles)
    {
        var (user, actor) = callers.Identify(context, roles);
        if (actor is not null)
        {
            return actor;
        }

        await book.StrangerAsync(user, context.RequestAborted);
        throw new ApiRefusalException(
            DenyCodes.ToName(DenyCode.RoleMayNot),
            roles.People.Count == 0
                ? $"{user} may not; this is for {roles.Words}, which the governance names, in a lab the section access."
                : $"{user} has no role; the governance gives one, in a lab the section access.");
    }

    /// <summary>Answers for as long as the caller is there, has the role it came with, and is still who came.
    /// </summary>
    private async Task OpenAsync(HttpContext context, ApiStream route, ApiCall call)
    {
        await RequireAsync(context, route, call);
        CheckQuery(context, route);
        var caller = context.Features.Get<LocalCaller>();
        using var held = caller?.Hold?.Invoke();
        if (caller?.Hold is not null && held is null)
        {
            throw new ApiRefusalException(
                ApiProblems.TooMany, "as many streams are open by this token as may be; end one, then ask again");
        }

        context.Response.ContentType = route.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        var isSignedIn = caller?.GoesOn;
        await route.Write(
            call, context.Response.Body,
            () => isSignedIn?.Invoke() != false && callers.Find(call.Actor.Name)?.Role == call.Actor.Role,
            call.Cancel);
    }

    private async Task RequireAsync(HttpContext context, ApiRoute route, ApiCall call)
    {
        if (!route.Roles.Allows(call.Actor.Role))
        {
            var sent = await TryReadAsync(context, route);
            var deny = await route.RefusalOf(call, sent)
                .RecordAsync(book, call.Actor, route.WhyNot(call.Actor.RoleWord), call.Cancel);
            throw ApiRefusalException.From(deny);
        }
    }

    private async Task<byte[]> AnswerAsync(HttpContext context, ApiRoute route, ApiCall call)
    {
        await RequireAsync(context, route, call);
        CheckQuery(context, route);
        var body = await ReadAsync(context, route);
        CheckVersion(route, call);
        if (KeyOf(context, route) is not { } key)
        {
            return await route.AnswerAsync(call, body);
        }

        var request = Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n");
        return await keys.RunAsync(
            call.Actor.Name, key, (byte[])[.. request, .. SHA256.HashData(body.Span)],
            () => route.AnswerAsync(call, body));
    }

    private static string? KeyOf(HttpContext context, ApiRoute route)
    {
        if (context.Request.Headers[IdempotencyKeys.Header] is not [{ } key, ..])
        {
            return null;
        }

        return route.Repeat != RouteRepeat.ByKey ? throw ApiRefusalException.BadRequest(
                $"{route.Name} takes no {IdempotencyKeys.Header}; leave it out")
            : IdempotencyKeys.IsKey(key) ? key
            : throw ApiRefusalException.BadRequest(FormattableString.Invariant(
                $"{IdempotencyKeys.Header} is no key; send 1 to {IdempotencyKeys.MaxKeyLength} visible characters"));
    }

    private static void CheckVersion(ApiRoute route, ApiCall call)
    {
        if (call.Known is not null && route.Version is null)
        {
            throw ApiRefusalException.BadRequest($"{route.Name} takes no If-Match; leave it out");
        }
    }

    private static void CheckQuery(HttpContext context, ApiRoute route)
    {
        foreach (var name in context.Request.Query.Keys)
        {
            if (!route.Query.Any(known => known.Name == name))
            {
                throw ApiRefusalException.BadRequest($"{route.Name} has no parameter '{name}'; it takes "
                    + (route.Query.Count == 0 ? "none" : string.Join(", ", route.Query.Select(known => known.Name))));
            }
        }
    }

    /// <summary>For the record of a refusal: a body that cannot be had is none, and a large one is not read.</summary>
    private static async Task<ReadOnlyMemory<byte>> TryReadAsync(HttpContext context, ApiRoute route)
    {
        try
        {
            return route.MaxOctets <= ApiRoute.UsualOctets
                ? await ReadAsync(context, route)
                : default;
        }
        catch (Exception fault) when (fault is ApiRefusalException or BadHttpRequestException)
        {
            return default;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, ApiRoute route)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = route.MaxOctets + MaxDrained;
        }

        if (context.Request.ContentLength > route.MaxOctets)
        {
            throw route.BodyType is null ? NoBody(route) : TooLarge(route);
        }

        if (route.BodyType is not null && context.Request.ContentLength != 0 && !context.Request.HasJsonContentType())
        {
            throw new ApiRefusalException(
                ApiProblems.WrongMediaType,
                $"the body of {route.Name} is no JSON; send Content-Type: application/json");
        }

        using var octets = new MemoryStream();
        var part = new byte[BufferOctets];
        int read;
        while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            if (octets.Length + read > route.MaxOctets)
            {
                throw route.BodyType is null ? NoBody(route) : TooLarge(route);
            }

            octets.Write(part, 0, read);
        }

        return octets.ToArray();
    }

    private static ApiRefusalException NoBody(ApiRoute route) =>
        ApiRefusalException.BadRequest($"{route.Name} takes no body; send none");

    private static ApiRefusalException TooLarge(ApiRoute route) => new(
        ApiProblems.TooLarge,
        FormattableString.Invariant($"the body is larger than the {route.MaxOctets} octets of {route.Name}"));

    /// <param name="context">The request.</param>
    /// <param name="name">What it asks, for who reads the log.</param>
    /// <param name="told">Codes that the document tells of; null where there is no route.</param>
    /// <param name="answer">Answers, or throws.</param>
    private async Task GuardAsync(
        HttpContext context, string name, HashSet<string>? told, Func<Task> answer)
    {
        ApiProblem problem;
        try
        {
            await answer();
            return;
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // whoever asked is gone
        }
        catch (Exception fault)
        {
            problem = ProblemOf(fault, name);
            problem = problem with
            {
                Detail = UnreadNumber.Name(problem.Detail, context.Request.RouteValues["id"] as string),
            };
        }

        if (told?.Contains(problem.Code) == false)
        {
            log.ApiCodeUntold(name, problem.Code);
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        await problem.WriteAsync(context.Response, context.RequestAborted);
    }

    private ApiProblem ProblemOf(Exception fault, string name)
    {
        switch (fault)
        {
            case ApiRefusalException refused:
                return ApiProblem.Create(refused.Code, refused.Message);
            case AuditException:
                return ApiProblem.Create(ApiProblems.AuditDown, fault.Message);
            case VaultDownException:
                return ApiProblem.Create(DenyCodes.ToName(DenyCode.VaultDown), fault.Message);
            case VaultRefusedException no:
                return ApiProblem.Create(DenyCodes.ToName(no.Code), fault.Message);
            case StoreException:
                return ApiProblem.Create(ApiProblems.StoreDown, fault.Message);
            case PeerDownException:
                return ApiProblem.Create(ApiProblems.PeerDown, fault.Message);
            case PeerRefusedException no:
                return ApiProblem.Create(ApiProblems.PeerRefused, $"{no.Code}: {fault.Message}");
            case MitigationJournalException or NoticeJournalException or RecordsException or SqliteDiskException:
                return ApiProblem.Create(ApiProblems.JournalLost, fault.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ApiProblem.Create(ApiProblems.TooLarge, $"the body of {name} is far too large; send less");
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return ApiProblem.Create(ApiProblems.TooSlow, $"the body of {name} came too slowly; send it faster");
            case BadHttpRequestException bad:
                return ApiProblem.Create(ApiProblems.BadRequest, $"the request cannot be read: {bad.Message}");
            default:
                log.ApiCallFailed(fault, name);
                return ApiProblem.Create(ApiProblems.Failed, $"{name} failed; the log of Weir says why");
        }
    }
}
