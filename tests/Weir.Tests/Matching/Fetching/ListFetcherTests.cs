// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Lists.Fetching;
using Weir.Tests.Notifying.Channels;

namespace Weir.Tests.Matching.Fetching;

/// <summary>Lists fetched from a publisher on this machine: a real server, a certificate of its own.</summary>
public sealed class ListFetcherTests : IAsyncDisposable
{
    private const string List = "203.0.113.66:443\n203.0.113.67\n";

    private readonly TestCertificate _made = new();
    private readonly List<Dictionary<string, string>> _asked = [];
    private WebApplication? _app;
    private string _body = List;
    private string _address = "";

    private string Copy => Path.Combine(Path.GetDirectoryName(_made.CaFile)!, "c2.txt");

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _made.Dispose();
    }

    private async Task<ListSource> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.UseHttps(_made.Certificate)));
        _app = builder.Build();
        _app.MapGet("/c2.txt", context =>
        {
            _asked.Add(context.Request.Headers.ToDictionary(static h => h.Key, static h => h.Value.ToString()));
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_body)))[..16]}\"";
            context.Response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                context.Response.StatusCode = 304;
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(_body);
        });
        _app.MapGet("/sum", () => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(List))) + "  c2.txt\n");
        _app.MapGet("/moved", () => Results.Redirect("/c2.txt"));
        _app.MapGet("/away", (HttpRequest request) => Results.Redirect($"https://localhost.example:{request.Host.Port}/c2.txt"));
        _app.MapGet("/clear", () => Results.Redirect("http://localhost/c2.txt"));
        _app.MapGet("/slow", (CancellationToken cancel) => Task.Delay(Timeout.Infinite, cancel));
        await _app.StartAsync();
        _address = _app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        return new ListSource
        {
            Name = "ours", Url = At("/c2.txt"), Path = Copy, CaFile = _made.CaFile, IsPrivate = true,
        };
    }

    private Uri At(string path) => new(_address + path);

    private static Task<FetchResult> Fetch(ListSource source) =>
        new ListFetcher(TimeProvider.System).FetchAsync(source, TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_is_newer_replaces_the_copy_and_what_is_not_is_not_sent_again()
    {
        var source = await ServeAsync() with { KeyFile = _made.Write("key", "secret-1\n") };
        Assert.Equal(new FetchResult(FetchOutcome.Replaced, List.Length, 2, ""), await Fetch(source));
        Assert.Equal(List, File.ReadAllText(Copy));
        Assert.Equal("secret-1", _asked[0]["Auth-Key"]);

        Assert.Equal(FetchOutcome.Unchanged, (await Fetch(source)).Outcome);
        Assert.NotEmpty(_asked[1]["If-None-Match"]);

        _body = List + "203.0.113.68\n";
        Assert.Equal((FetchOutcome.Replaced, 3), (await Fetch(source) is var third ? third.Outcome : default, third.Entries));
        Assert.False(File.Exists(Copy + ".new"));
    }

    [Theory]
    [InlineData("<html>sorry</html>", "holds nothing that can be read")]
    [InlineData("# nothing today\n", "no entry")]
    [InlineData("", "is empty")]
    public async Task What_is_no_list_leaves_the_last_good_copy(string body, string why)
    {
        var source = await ServeAsync();
        await Fetch(source);
        _body = body;
        var result = await Fetch(source);
        Assert.Equal(FetchOutcome.Failed, result.Outcome);
        Assert.Contains(why, result.Reason, StringComparison.Ordinal);
        Assert.Contains("the last good copy stays", result.Reason, StringComparison.Ordinal);
        Assert.Equal(List, File.ReadAllText(Copy));
    }

    [Fact]
    public async Task A_redirect_stays_on_its_host_and_in_https()
    {
        var source = await ServeAsync();
        Assert.Equal(FetchOutcome.Replaced, (await Fetch(source with { Url = At("/moved") })).Outcome);
        Assert.Contains("redirects to localhost.example", (await Fetch(source with { Url = At("/away") })).Reason);
        Assert.Contains("redirects to localhost", (await Fetch(source with { Url = At("/clear") })).Reason);
        Assert.Contains("answers 404", (await Fetch(source with { Url = At("/gone") })).Reason);
    }

    [Fact]
    public async Task An_address_on_site_is_reached_only_where_the_operator_says_so()
    {
        var source = await ServeAsync();
        var refused = await Fetch(source with { IsPrivate = false });
        Assert.Contains("no address of the public Internet", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(_asked);
        Assert.Contains("not https", (await Fetch(source with { Url = new Uri("http://localhost/c2.txt") })).Reason);
        Assert.Equal(FetchOutcome.Failed, (await Fetch(source with { CaFile = null })).Outcome);
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.1.2.3", false)]
    [InlineData("192.0.2.7", true)]
    [InlineData("2001:db8::7", true)]
    public void An_address_is_judged_when_it_is_connected_to(string address, bool isPublic) =>
        Assert.Equal(isPublic, GuardedConnections.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task Size_time_and_digest_are_bounds()
    {
        var source = await ServeAsync();
        Assert.Contains("longer than 10 octets", (await Fetch(source with { MaxOctets = 10 })).Reason);
        Assert.Contains("not done within", (await Fetch(
            source with { Url = At("/slow"), Timeout = TimeSpan.FromMilliseconds(300) })).Reason);
        Assert.Equal(FetchOutcome.Replaced, (await Fetch(source with { Checksum = At("/sum") })).Outcome);
        _body = List + "203.0.113.99\n";
        Assert.Contains("digest is not the one", (await Fetch(source with { Checksum = At("/sum") })).Reason);
        Assert.Equal(List, File.ReadAllText(Copy));
    }
}
