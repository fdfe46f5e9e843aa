// SPDX-License-Identifier: Apache-2.0
//
// Carries a client's message to the routes of another process and the answer back, as octets.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.WebUtilities;
using Weir.Hosting.Peers.Serving;

namespace Weir.Hosting.Peers.Memory;

internal sealed class MemoryHandler(MemoryPeers peers, Peer from, string to, TimeProvider time) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath.TrimStart('/');
        var octets = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
        var fate = peers.Fate(new(from, to, request.Method.Method, path));
        await PassAsync(fate.IsSilent ? Timeout.InfiniteTimeSpan : fate.Delay, cancellationToken);
        PeerReply? reply = null;
        for (var copy = 0; copy < fate.Copies; copy++)
        {
            var dispatcher = peers.Find(to) ?? throw new SocketException((int)SocketError.ConnectionRefused);
            reply = await dispatcher.AnswerAsync(Read(request, path, octets), cancellationToken);
        }

        await PassAsync(fate.ReplyDelay, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return reply is null || fate.IsReplyLost
            ? throw new IOException("the connection broke")
            : await AnswerAsync(reply, cancellationToken);
    }

    private static async Task<HttpResponseMessage> AnswerAsync(PeerReply reply, CancellationToken cancel)
    {
        var octets = reply.Octets.ToArray();
        if (reply.Stream is { } stream)
        {
            await using (stream)
            {
                using var whole = new MemoryStream();
                await stream.CopyToAsync(whole, cancel);
                octets = whole.ToArray();
            }
        }

        var content = new ByteArrayContent(octets);
        content.Headers.ContentType = reply.ContentType is { } type ? new MediaTypeHeaderValue(type) : null;
        return new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = content };
    }

    private PeerRequest Read(HttpRequestMessage request, string path, byte[] octets) =>
        new(request.Method.Method, path, from, new MemoryStream(octets, writable: false))
        {
            Query = QueryHelpers.ParseQuery(request.RequestUri!.Query)
                .ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
            Schema = request.Headers.TryGetValues(PeerSchema.Header, out var values) ? values.Single() : null,
            Length = octets.Length,
        };

    private Task PassAsync(TimeSpan delay, CancellationToken cancel) =>
        delay == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(delay, time, cancel);
}
