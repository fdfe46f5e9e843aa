// SPDX-License-Identifier: Apache-2.0
//
// From a request to its answer: route, role, schema, size, body, handler, in this order; each step that refuses has its
// code. Nothing that a peer sends becomes an exception beyond here.
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Sqlite;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Answers requests by the rules of a list of routes. Safe for any thread.</summary>
internal sealed class PeerDispatcher(
    string server, PeerRoutes routes, PeerServerMetrics metrics, RefusalReport refusals, TimeProvider time, ILogger log,
    CancellationToken stopping)
{
    private readonly BodyRoom _room = new();

    /// <param name="request">What came.</param>
    /// <param name="gone">Ends when the caller goes away.</param>
    public async Task<PeerReply> AnswerAsync(PeerRequest request, CancellationToken gone)
    {
        var began = time.GetTimestamp();
        var route = routes.Find(request.Method, request.Path);
        var reply = await AnswerAsync(route, request, gone);
        metrics.Answered(route?.Path, request.Peer.Roles, reply.Code, time.GetElapsedTime(began));
        if (reply.Code is PeerCodes.RoleMayNot)
        {
            refusals.Add(request.Peer.ToString(), $"may not ask {request.Path}");
        }

        return reply;
    }

    private async Task<PeerReply> AnswerAsync(PeerRoute? route, PeerRequest request, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        try
        {
            Check(route, request);
            request.Allow(route!.MaxOctets);
            var call = new PeerCall(request.Peer, route.Path, request.Query);
            using var held = _room.Of(request.Peer.Name);
            return await route.AnswerAsync(call, request, held, either.Token);
        }
        catch (PeerRefusalException refused)
        {
            return PeerReply.Refused(refused.Code, refused.Message, refused.Status);
        }
        catch (Exception) when (gone.IsCancellationRequested)
        {
            return new(StatusCodes.Status499ClientClosedRequest, PeerCodes.Gone, null, default);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return PeerReply.Refused(
                PeerCodes.Stopping, $"{server} is about to stop; ask again when it runs",
                StatusCodes.Status503ServiceUnavailable);
        }
        catch (BadHttpRequestException bad)
        {
            return Refused(bad, route!);
        }
        catch (SqliteDiskException full)
        {
            return PeerReply.Refused(
                PeerCodes.DiskDown, $"{server} has no disk to answer by: {full.Message}; ask again then",
                StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception fault)
        {
            log.PeerRequestFailed(fault, server, request.Path, request.Peer.ToString());
            return PeerReply.Refused(
                PeerCodes.Failed, $"{server} failed to answer {request.Path}; its log says why",
                StatusCodes.Status500InternalServerError);
        }
    }

    private void Check(PeerRoute? route, PeerRequest request)
    {
        if (route is null)
        {
            throw new PeerRefusalException(
                PeerCodes.NoSuchRoute,
                $"{server} has no {request.Method} {request.Path}; compare both programs' versions",
                StatusCodes.Status404NotFound);
        }

        if (!route.Roles.Overlaps(request.Peer.Roles))
        {
            throw new PeerRefusalException(
                PeerCodes.RoleMayNot,
                $"{request.Peer} may not ask {route.Path} of {server}; it is for {route.Roles}",
                StatusCodes.Status403Forbidden);
        }

        var own = routes.Schema.ToString(CultureInfo.InvariantCulture);
        if (request.Schema is { } schema && schema != own)
        {
            var theirs = PeerCodes.IsCode(schema) ? schema : "unreadable";
            throw new PeerRefusalException(
                PeerCodes.SchemaUnsupported,
                $"{server} speaks schema {own}, the caller schema {theirs}; bring both to the same version of weir",
                StatusCodes.Status400BadRequest);
        }

        if (request.Length > route.MaxOctets)
        {
            throw PeerBody.TooLarge(route.MaxOctets);
        }
    }

    /// <summary>What the server's own reading of a body refuses.</summary>
    private static PeerReply Refused(BadHttpRequestException bad, PeerRoute route) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => Reply(PeerBody.TooLarge(route.MaxOctets)),
        StatusCodes.Status408RequestTimeout => Reply(
            new PeerRefusalException(PeerCodes.TooSlow, "the body came too slowly; look at the network",
                bad.StatusCode)),
        _ => Reply(PeerRefusalException.Malformed($"the request cannot be read: {bad.Message}")),
    };

    private static PeerReply Reply(PeerRefusalException refused) =>
        PeerReply.Refused(refused.Code, refused.Message, refused.Status);
}
