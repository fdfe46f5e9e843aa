// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Alerts;
using Weir.Hosting.Channels;

namespace Weir.Tests.Notifying.Channels;

public sealed class WebhookSenderTests : IAsyncDisposable
{
    private readonly TestCertificate _made = new();
    private readonly List<(Dictionary<string, string> Headers, byte[] Body)> _posts = [];
    private WebApplication? _app;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _made.Dispose();
    }

    [Fact]
    public async Task A_post_is_signed_over_its_time_and_body()
    {
        var address = await ServeAsync(200);
        var key = new string('k', 32);

        Assert.Equal("200 OK", await Sender(address, o => o with { KeyFile = _made.Write("key", key + "\n") })
            .SendAsync("{\"id\":\"a-1\"}"u8.ToArray(), default));

        var (headers, body) = Assert.Single(_posts);
        byte[] signed = [.. Encoding.ASCII.GetBytes(headers["Weir-Timestamp"] + "."), .. body];
        var expected = HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), signed);
        Assert.Equal($"sha256={Convert.ToHexStringLower(expected)}", headers["Weir-Signature"]);
        Assert.Equal("a-1", headers["Weir-Id"]);
        Assert.StartsWith("application/json", headers["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(404, true)]
    [InlineData(410, true)]
    [InlineData(401, false)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(302, false)]
    public async Task What_is_for_good_and_what_may_go_later_are_told_apart(int status, bool isForGood)
    {
        var address = await ServeAsync(status);

        var refused = await Assert.ThrowsAsync<ChannelException>(
            () => Sender(address).SendAsync("{}"u8.ToArray(), default));

        Assert.Equal(isForGood, refused.IsPermanent);
        Assert.Equal(TimeSpan.FromSeconds(77), refused.After);
        Assert.Single(_posts); // a redirection leads nowhere
    }

    [Fact]
    public async Task Who_says_nothing_is_given_up_in_time_and_who_is_away_is_said_so()
    {
        var address = await ServeAsync(0);
        var slow = await Assert.ThrowsAsync<ChannelException>(() => Sender(
            address, o => o with { Timeout = TimeSpan.FromMilliseconds(300) }).SendAsync("{}"u8.ToArray(), default));
        Assert.Contains("did not answer", slow.Message, StringComparison.Ordinal);
        Assert.False(slow.IsPermanent);

        await _app!.StopAsync(new CancellationToken(true));
        Assert.False((await Assert.ThrowsAsync<ChannelException>(
            () => Sender(address).SendAsync("{}"u8.ToArray(), default))).IsPermanent);
    }

    [Fact]
    public async Task Https_is_checked_against_the_authority_and_http_stays_on_this_machine()
    {
        var address = await ServeAsync(200, encrypted: true);

        _ = await Sender(address, o => o with { CaFile = _made.CaFile }).SendAsync("{}"u8.ToArray(), default);
        _ = await Assert.ThrowsAsync<ChannelException>(() => Sender(address).SendAsync("{}"u8.ToArray(), default));
        Assert.Single(_posts);
        _ = Assert.Throws<ChannelException>(() => Sender("http://soc.example/"));
        Sender("http://soc.example/", o => o with { AllowClear = true }).Dispose();
    }

    [Fact]
    public void A_template_takes_fields_of_any_depth_and_a_number_stays_one()
    {
        Assert.True(JsonTemplate.TryParse(
            """{"text":"{{kind}}: {{words.rule}}","n":"{{count}}","list":["{{missing}}",3]}""", out var template,
            out _));

        var filled = Encoding.UTF8.GetString(
            template!.Render("""{"kind":"a\"b","words":{"rule":"x"},"count":7}"""u8).Span);

        using var read = JsonDocument.Parse(filled);
        Assert.Equal("a\"b: x", read.RootElement.GetProperty("text").GetString());
        Assert.Equal(7, read.RootElement.GetProperty("n").GetInt32());
        Assert.Equal("", read.RootElement.GetProperty("list")[0].GetString());
        Assert.False(JsonTemplate.TryParse("{\"text\": {{kind}}}", out _, out var fault));
        Assert.Equal("is no JSON in line 1", fault);
    }

    [Fact]
    public void No_value_breaks_out_of_a_template() => Prop.ForAll(
        Gen.Elements("\"", "\\", "{{kind}}", "}", ",\"x\":1", "\n", "ä", "\u2028", "</script>")
            .ListOf().Select(list => string.Concat(list)).ToArbitrary(),
        value =>
        {
            Assert.True(JsonTemplate.TryParse("{\"text\":\"<{{kind}}>\"}", out var template, out _));
            using var read = JsonDocument.Parse(
                template!.Render(JsonSerializer.SerializeToUtf8Bytes(new { kind = value })));
            Assert.Equal($"<{value}>", Assert.Single(read.RootElement.EnumerateObject()).Value.GetString());
        }).QuickCheckThrowOnFailure();

    private sealed record Hook : IWebhook
    {
        public Uri? Address { get; init; }

        public string? KeyFile { get; init; }

        public bool AllowClear { get; init; }

        public string? CaFile { get; init; }

        public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
    }

    private static WebhookSender Sender(string address, Func<Hook, Hook>? with = null)
    {
        var options = new Hook { Address = new(address) };
        return new WebhookSender(with is null ? options : with(options), TimeProvider.System);
    }

    private async Task<string> ServeAsync(int status, bool encrypted = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, at =>
        {
            if (encrypted)
            {
                at.UseHttps(_made.Certificate);
            }
        }));
        if (encrypted)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        _app = builder.Build();
        _app.Run(async context =>
        {
            using var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory);
            _posts.Add((context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()), memory.ToArray()));
            if (status == 0)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "77";
            context.Response.Headers.Location = "/elsewhere";
        });
        await _app.StartAsync();
        return _app.Urls.First();
    }
}
