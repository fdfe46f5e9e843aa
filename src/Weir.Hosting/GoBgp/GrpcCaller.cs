// SPDX-License-Identifier: Apache-2.0
//
// gRPC over HTTP/2 without a library: a POST to /service/method whose body is messages, each led by a flag octet (0,
// not compressed) and four octets of length; the answer is the same, and how it went stands in the trailers.
//
// Standards: the gRPC over HTTP/2 protocol (PROTOCOL-HTTP2.md of gRPC), RFC 9113 with prior knowledge.
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Weir.Hosting.GoBgp;

/// <summary>Calls methods of one server. Many callers at once.</summary>
internal sealed class GrpcCaller : IDisposable
{
    private const int HeadOctets = 5;
    private const int LongestAnswer = 16 << 20;
    private const string Status = "grpc-status";
    private const string Words = "grpc-message";

    private readonly HttpClient _http;
    private readonly string _service;
    private readonly TimeSpan _patience;

    /// <param name="address">Where it listens, plain HTTP/2.</param>
    /// <param name="service">Full name of the service.</param>
    /// <param name="patience">How long a call may take as a whole.</param>
    public GrpcCaller(DnsEndPoint address, string service, TimeSpan patience)
    {
        (Address, _service, _patience) =
            (string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}"), service, patience);
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5)
        })
        {
            BaseAddress = new UriBuilder(Uri.UriSchemeHttp, address.Host, address.Port).Uri,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Address { get; }

    /// <summary>Sends messages and gives every answer.</summary>
    /// <exception cref="RouterDownException">It cannot be reached or did not answer in time.</exception>
    /// <exception cref="RouterRefusedException">It answered that it will not.</exception>
    public async Task<List<T>> CallAsync<T>(
        string method, IEnumerable<IMessage> requests, MessageParser<T> parser, CancellationToken cancel)
        where T : IMessage<T>
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(_patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/{_service}/{method}")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(Frames(requests)),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            using var response = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var answers = new List<T>();
            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
            while (await FrameAsync(stream, patience.Token) is { } frame)
            {
                answers.Add(parser.ParseFrom(frame));
            }

            Judge(method, response);
            return answers;
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new RouterDownException($"GoBGP at {Address} did not answer {method} within "
                + $"{_patience.TotalSeconds:0} s; see whether gobgpd is overloaded", fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new RouterDownException(
                $"GoBGP at {Address} cannot be reached: {fault.Message}; start gobgpd with --api-hosts {Address}",
                fault);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new RouterDownException($"what answers at {Address} is not GoBGP 3: {fault.Message}", fault);
        }
    }

    public void Dispose() => _http.Dispose();

    private static byte[] Frames(IEnumerable<IMessage> messages)
    {
        using var body = new MemoryStream();
        Span<byte> head = stackalloc byte[HeadOctets];
        foreach (var message in messages)
        {
            head[0] = 0;
            BinaryPrimitives.WriteInt32BigEndian(head[1..], message.CalculateSize());
            body.Write(head);
            message.WriteTo(body);
        }

        return body.ToArray();
    }

    private static async Task<byte[]?> FrameAsync(Stream stream, CancellationToken cancel)
    {
        var head = new byte[HeadOctets];
        var got = await stream.ReadAtLeastAsync(head, HeadOctets, throwOnEndOfStream: false, cancel);
        if (got == 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(1));
        if (got < HeadOctets || head[0] != 0 || length > LongestAnswer)
        {
            throw new IOException("the answer is not made of plain gRPC messages");
        }

        var frame = new byte[length];
        await stream.ReadExactlyAsync(frame, cancel);
        return frame;
    }

    private void Judge(string method, HttpResponseMessage response)
    {
        var status = Trailer(response, Status);
        if (response.StatusCode != HttpStatusCode.OK || status is null)
        {
            throw new RouterDownException($"what answers at {Address} does not speak gRPC (HTTP "
                + $"{(int)response.StatusCode}); is it gobgpd's API port?");
        }

        if (status != "0")
        {
            var words = Uri.UnescapeDataString(Trailer(response, Words) ?? "no reason given");
            throw new RouterRefusedException($"GoBGP at {Address} refused {method} (gRPC status {status}): {words}");
        }
    }

    private static string? Trailer(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)
            ? values.First()
            : null;
}

/// <summary>A router's control program cannot be reached; the message names it and the mend.</summary>
public sealed class RouterDownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A router's control program answered, and will not do it.</summary>
public sealed class RouterRefusedException(string message) : Exception(message);
