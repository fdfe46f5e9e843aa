// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Weir.Hosting.GoBgp;
using Weir.Hosting.GoBgp.Messages;
using Path = System.IO.Path;

namespace Weir.Tests.Blocking;

/// <summary>Faults of what should be gobgpd; what a real one does is tested in Weir.EndToEnd.</summary>
public sealed class GoBgpClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-gobgp-").FullName;

    private string Socket => Path.Combine(_folder, "gobgpd.sock");

    [Theory]
    [InlineData("127.0.0.1:50051", "127.0.0.1:50051", "127.0.0.1:50051")]
    [InlineData("http://127.0.0.1:50051", "127.0.0.1:50051", "127.0.0.1:50051")]
    [InlineData("http://[::1]:50051/", "[::1]:50051", "[::1]:50051")]
    [InlineData("router.example:80", "router.example:80", "router.example:80")]
    [InlineData("unix:/run/gobgpd.sock", "unix:/run/gobgpd.sock", "unix:///run/gobgpd.sock")]
    [InlineData("unix:///run/gobgpd.sock", "unix:/run/gobgpd.sock", "unix:///run/gobgpd.sock")]
    public void An_address_is_a_host_with_its_port_a_URL_or_a_socket(string text, string shown, string apiHost)
    {
        Assert.True(GoBgpAddress.TryParse(text, out var address));
        Assert.Equal((shown, apiHost), (address.ToString(), address.ApiHost));
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("http://127.0.0.1")]
    [InlineData("https://127.0.0.1:50051")]
    [InlineData("http://user@127.0.0.1:50051")]
    [InlineData("http://127.0.0.1:50051/path")]
    [InlineData("[::1:50051")]
    [InlineData("unix:gobgpd.sock")]
    [InlineData("unix://host/gobgpd.sock")]
    public void What_is_no_address_is_none(string text) => Assert.False(GoBgpAddress.TryParse(text, out _));

    [Fact]
    public async Task Answers_come_through_a_socket()
    {
        await using var daemon = await StartAsync(context => AnswerAsync(context, "0", "", new ListPeerResponse
        {
            Peer = new() { Conf = new() { NeighborAddress = "192.0.2.9" }, State = new() { SessionState = 6 } }
        }));
        using var client = Client();

        Assert.Equal([new RouterPeer("192.0.2.9", true)], await client.PeersAsync(default));
    }

    [Fact]
    public async Task A_refusal_says_its_number_and_words()
    {
        await using var daemon = await StartAsync(context => AnswerAsync(context, "3", "no%20such%20family"));
        using var client = Client();

        var refused = await Assert.ThrowsAsync<RouterRefusedException>(() => client.PeersAsync(default));

        Assert.Equal(
            $"GoBGP at unix:{Socket} refused ListPeer (gRPC status 3): no such family", refused.Message);
    }

    [Fact]
    public async Task What_speaks_no_gRPC_or_other_messages_is_told_apart()
    {
        var answers = new Queue<RequestDelegate>([
            context => context.Response.WriteAsync("<html>"),
            context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            },
            context => AnswerAsync(context, "0", "", [0x0A, 0x7F, 0x01])]);
        await using var daemon = await StartAsync(context => answers.Dequeue()(context));
        using var client = Client();

        var page = await Assert.ThrowsAsync<RouterDownException>(() => client.PeersAsync(default));
        Assert.True(page.Message.Contains("does not speak gRPC", StringComparison.Ordinal), page.Message);
        var none = await Assert.ThrowsAsync<RouterDownException>(() => client.PeersAsync(default));
        Assert.Contains("404", none.Message, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<RouterDownException>(() => client.PeersAsync(default));
        Assert.Contains("is not GoBGP 3", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_and_absence_are_told_with_the_place_and_an_end_that_is_asked_for_is_kept()
    {
        using var client = Client();
        var away = await Assert.ThrowsAsync<RouterDownException>(() => client.PeersAsync(default));
        Assert.True(away.Message.Contains("cannot be reached", StringComparison.Ordinal), away.Message);
        Assert.EndsWith($"start gobgpd with --api-hosts unix://{Socket}", away.Message, StringComparison.Ordinal);

        await using var daemon = await StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var hasty = Client(TimeSpan.FromMilliseconds(300));
        var silent = await Assert.ThrowsAsync<RouterDownException>(() => hasty.PeersAsync(default));
        Assert.Contains("did not answer ListPeer within", silent.Message, StringComparison.Ordinal);
        using var end = new CancellationTokenSource();
        var asked = client.PeersAsync(end.Token);
        await end.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private GoBgpClient Client(TimeSpan? patience = null) =>
        new(GoBgpAddress.Parse($"unix:{Socket}"), patience ?? TimeSpan.FromSeconds(20));

    private async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        _ = builder.Logging.ClearProviders();
        _ = builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.ListenUnixSocket(Socket, listen => listen.Protocols = HttpProtocols.Http2));
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        return application;
    }

    private static Task AnswerAsync(HttpContext context, string status, string words, IMessage message) =>
        AnswerAsync(context, status, words, message.ToByteArray());

    private static async Task AnswerAsync(HttpContext context, string status, string words, byte[]? message = null)
    {
        context.Response.ContentType = "application/grpc";
        if (message is not null)
        {
            await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, (byte)message.Length, .. message]);
        }

        context.Response.AppendTrailer("grpc-status", status);
        context.Response.AppendTrailer("grpc-message", words);
    }
}
