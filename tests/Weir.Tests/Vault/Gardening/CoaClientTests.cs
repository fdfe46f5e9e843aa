// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.Vault.Gardening.Radius;

namespace Weir.Tests.Vault.Gardening;

/// <summary>An exchange with a peer that forges, replays, is late or silent.</summary>
public sealed class CoaClientTests : IDisposable
{
    private static readonly byte[] Secret = "rosebud"u8.ToArray();
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public CoaClientTests() => _peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _peer.Dispose();

    [Fact]
    public async Task Forged_and_replayed_answers_are_thrown_away_and_the_genuine_one_counts()
    {
        var earlier = Request(1, At);
        var replayed = CoaResponseSamples.To(earlier, 44, 0, Secret, true);
        var request = Request(1, At.AddSeconds(1));
        var asked = Client(seconds: 100).SendRequestAsync(Nas, Secret, request, default);

        var (octets, from) = await ReceiveAsync();
        Assert.Equal(request, octets);
        await SendAsync(CoaResponseSamples.To(request, 44, 0, "guess"u8.ToArray(), true), from);
        await SendAsync(replayed, from);
        await SendAsync([1, 2, 3], from);
        await SendAsync(CoaResponseSamples.To(request, 45, 503, Secret, true), from);

        var exchange = await asked;
        Assert.Equal(new CoaResponse(false, 503), exchange.Answer);
        Assert.Equal(3, exchange.Forged);
    }

    [Fact]
    public async Task The_same_octets_are_sent_again_until_an_answer_comes()
    {
        var request = Request(7, At);
        var asked = Client(seconds: 100).SendRequestAsync(Nas, Secret, request, default);

        var first = await ReceiveAsync();
        var second = await ReceiveAsync();
        await SendAsync(CoaResponseSamples.To(request, 44, 0, Secret, false), second.From);

        var exchange = await asked;
        Assert.Equal(first.Octets, second.Octets);
        Assert.True(exchange.Answer is { IsAck: true });
        Assert.True(exchange.Sent >= 2);
    }

    [Fact]
    public async Task Silence_ends_with_the_patience_and_an_answer_after_it_reaches_nobody()
    {
        var request = Request(9, At);
        var exchange = await Client(seconds: 1).SendRequestAsync(Nas, Secret, request, default);

        Assert.Null(exchange.Answer);
        Assert.True(exchange.Sent >= 2);
        var (_, late) = await ReceiveAsync();
        await SendAsync(CoaResponseSamples.To(request, 44, 0, Secret, false), late);
        var second = Request(9, At.AddSeconds(2));
        var next = Client(seconds: 100).SendRequestAsync(Nas, Secret, second, default);
        var (heard, from) = await ReceiveAsync();
        while (!heard.SequenceEqual(second))
        {
            (heard, from) = await ReceiveAsync();
        }

        await SendAsync(CoaResponseSamples.To(second, 45, 501, Secret, false), from);
        Assert.Equal(new CoaResponse(false, 501), (await next).Answer);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_told()
    {
        var at = (IPEndPoint)_peer.LocalEndPoint!;
        _peer.Dispose();

        var exchange = await Client(seconds: 1).SendRequestAsync(Nas with { At = at }, Secret, Request(1, At), default);

        Assert.Null(exchange.Answer);
        Assert.NotEmpty(exchange.Fault);
    }

    private Nas Nas => new()
    {
        Name = "bng-1",
        At = _peer.SafeHandle.IsClosed ? new IPEndPoint(IPAddress.Loopback, 1) : (IPEndPoint)_peer.LocalEndPoint!,
    };

    private static CoaClient Client(int seconds) => new(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    private static byte[] Request(byte identifier, DateTimeOffset at) => CoaPacket.Request(
        CoaCode.CoaRequest, identifier, at, [44, 3, 65], [WalledGardenAttribute.Parse("Filter-Id=x")], Secret);

    private async Task<(byte[] Octets, EndPoint From)> ReceiveAsync()
    {
        var buffer = new byte[4_096];
        var heard = await _peer.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0))
            .WaitAsync(TimeSpan.FromSeconds(120));
        return (buffer[..heard.ReceivedBytes], heard.RemoteEndPoint);
    }

    private async Task SendAsync(byte[] octets, EndPoint to) =>
        Assert.Equal(octets.Length, await _peer.SendToAsync(octets, to));
}
