// SPDX-License-Identifier: Apache-2.0
//
// Between the HTTP server and the dispatcher.
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Peers.Serving;

internal sealed class HttpAnswers(PeerDispatcher dispatcher, ILogger log, string server)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var peer = PeerGate.PeerOf(context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items);
        var request = new PeerRequest(context.Request.Method, context.Request.Path.Value?.TrimStart('/') ?? "", peer,
            context.Request.Body)
        {
            Query = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
            Schema = context.Request.Headers[PeerSchema.Header] is [{ } schema, ..] ? schema : null,
            Length = context.Request.ContentLength,
            Allow = octets => Allow(context, octets),
        };
        Allow(context, 0);
        var reply = await dispatcher.AnswerAsync(request, context.RequestAborted);
        try
        {
            await SendAsync(context.Response, reply, context.RequestAborted);
        }
        catch (Exception fault)
        {
            if (!context.RequestAborted.IsCancellationRequested)
            {
                log.PeerRequestFailed(fault, server, request.Path, peer.ToString());
            }

            context.Abort();
        }
    }

    /// <summary>Nothing of a body is read before a route says how much; one octet more lets the route say so
    /// itself.</summary>
    private static void Allow(HttpContext context, long octets)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = octets + 1;
        }
    }

    private static async Task SendAsync(HttpResponse response, PeerReply reply, CancellationToken cancel)
    {
        response.StatusCode = reply.Status;
        response.Headers.CacheControl = "no-store";
        if (reply.ContentType is null)
        {
            return;
        }

        response.ContentType = reply.ContentType;
        if (reply.Stream is { } stream)
        {
            await using (stream)
            {
                await stream.CopyToAsync(response.Body, cancel);
                return;
            }
        }

        response.ContentLength = reply.Octets.Length;
        await response.Body.WriteAsync(reply.Octets, cancel);
    }
}
