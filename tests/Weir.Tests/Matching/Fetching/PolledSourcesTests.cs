// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Lists.Fetching;

namespace Weir.Tests.Matching.Fetching;

/// <summary>Sources that are more than a file: TAXII collections and MISP instances, and ways through a proxy.</summary>
public sealed class PolledSourcesTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 11, 29, 6, 0, 0, TimeSpan.Zero));

    private Task<FetchResult> Fetch(ListSource source) =>
        new ListFetcher(_time).FetchAsync(source, TestContext.Current.CancellationToken);

    private string[] Entries(ListSource source) =>
        [.. FeedReader.Read(new FeedOptions { Path = source.Path }, _time).Entries.Select(e => e.ToString())
            .Order(StringComparer.Ordinal)];

    internal static JsonObject Indicator(int number, string modified, bool revoked = false) => new()
    {
        ["type"] = "indicator", ["spec_version"] = "2.1",
        ["id"] = $"indicator--00000000-0000-4000-8000-{number:x12}", ["modified"] = modified, ["revoked"] = revoked,
        ["pattern_type"] = "stix", ["valid_from"] = "2026-11-01T00:00:00Z",
        ["pattern"] = $"[ipv4-addr:value = '203.0.113.{number}']",
    };

    /// <summary>A collection: objects by the time they were added, two a page.</summary>
    internal static void MapTaxii(WebApplication app, List<(string Added, JsonObject Item)> objects, bool withNext) =>
        app.MapGet("/api/collections/c2/objects/", (HttpContext context) =>
        {
            var query = context.Request.Query;
            var since = query["added_after"].ToString();
            var from = withNext && query["next"].ToString() is { Length: > 0 } next
                ? int.Parse(next, CultureInfo.InvariantCulture) : 0;
            var found = objects.Where(o => string.CompareOrdinal(o.Added, since) > 0).Skip(from).ToList();
            var page = found.Take(2).ToList();
            if (page.Count > 0)
            {
                context.Response.Headers["X-TAXII-Date-Added-Last"] = page[^1].Added;
            }

            var envelope = new JsonObject
            {
                ["objects"] = new JsonArray([.. page.Select(o => o.Item.DeepClone())]),
                ["more"] = found.Count > 2,
            };
            if (withNext && found.Count > 2)
            {
                envelope["next"] = (from + 2).ToString(CultureInfo.InvariantCulture);
            }

            context.Response.ContentType = "application/taxii+json;version=2.1";
            return context.Response.WriteAsync(page.Count == 0 ? "{}" : envelope.ToJsonString());
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collection_is_taken_page_after_page_and_then_only_what_was_added(bool withNext)
    {
        List<(string, JsonObject)> objects =
        [
            .. Enumerable.Range(1, 5).Select(n => ($"2026-11-2{n}T00:00:00Z", Indicator(n, "2026-11-20T00:00:00Z"))),
        ];
        await using var server = await FeedServer.StartAsync(map: (app, _) => MapTaxii(app, objects, withNext));
        var source = server.Source("/api/collections/c2/") with { Kind = FeedKind.Taxii };

        Assert.Equal((FetchOutcome.Replaced, 5), (await Fetch(source) is var first ? first.Outcome : default, first.Entries));
        Assert.All(server.Asked, asked => Assert.Equal("application/taxii+json; version=2.1", asked.Headers["Accept"]));
        Assert.Equal(3, server.Asked.Count);
        Assert.Equal(FetchOutcome.Unchanged, (await Fetch(source)).Outcome);
        Assert.Contains("added_after=2026-11-25T00%3A00%3A00Z", server.Asked.Last().Line, StringComparison.Ordinal);

        // One more, and one is taken back: the latest version counts.
        objects.Add(("2026-11-28T00:00:00Z", Indicator(9, "2026-11-28T00:00:00Z")));
        objects.Add(("2026-11-28T01:00:00Z", Indicator(1, "2026-11-28T01:00:00Z", revoked: true)));
        Assert.Equal(FetchOutcome.Replaced, (await Fetch(source)).Outcome);
        Assert.Equal(
            ["203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5", "203.0.113.9"], Entries(source));

        // What was deleted there is gone here within a day.
        objects.RemoveAll(o => o.Item1.StartsWith("2026-11-23", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromDays(1.1));
        Assert.Equal(FetchOutcome.Replaced, (await Fetch(source)).Outcome);
        Assert.DoesNotContain("203.0.113.3", Entries(source));
    }

    [Theory]
    [InlineData("<html>", "not JSON")]
    [InlineData("[]", "no TAXII envelope")]
    [InlineData("""{"more":true,"objects":[{"type":"indicator"}]}""", "neither 'next' nor")]
    [InlineData("""{"objects":7}""", "no array")]
    public async Task What_is_no_collection_is_refused(string body, string why)
    {
        await using var server = await FeedServer.StartAsync(map: (app, _) => app.MapGet("/c/objects/", () => body));
        var result = await Fetch(server.Source("/c") with { Kind = FeedKind.Taxii });
        Assert.Equal(FetchOutcome.Failed, result.Outcome);
        Assert.Contains(why, result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misp_instance_is_asked_for_what_is_meant_for_detection_until_there_is_no_more()
    {
        var rows = 5_003;
        await using var server = await FeedServer.StartAsync(map: (app, _) => app.MapPost(
            "/attributes/restSearch", async (HttpContext context) =>
            {
                var asked = (await JsonNode.ParseAsync(context.Request.Body))!;
                var (limit, page) = ((int)asked["limit"]!, (int)asked["page"]!);
                Assert.Equal(1, (int)asked["to_ids"]!);
                var found = new JsonArray([.. Enumerable.Range(0, rows).Skip((page - 1) * limit).Take(limit).Select(n =>
                    (JsonNode)new JsonObject
                    {
                        ["type"] = "ip-dst", ["to_ids"] = true, ["value"] = $"203.0.{n / 250}.{n % 250}",
                    })]);
                await context.Response.WriteAsync(
                    new JsonObject { ["response"] = new JsonObject { ["Attribute"] = found } }.ToJsonString());
            }));
        var source = server.Source("/") with { Kind = FeedKind.Misp, KeyFile = server.Write("key", "secret-2\n") };

        var result = await Fetch(source);
        Assert.Equal((FetchOutcome.Replaced, 5_003, ""), (result.Outcome, result.Entries, result.Reason));
        Assert.Equal(2, server.Asked.Count);
        Assert.All(server.Asked, asked => Assert.Equal("secret-2", asked.Headers["Authorization"]));
        Assert.Equal(FetchOutcome.Unchanged, (await Fetch(source)).Outcome);

        rows = 4;
        Assert.Equal(4, (await Fetch(source)).Entries);
    }

    [Fact]
    public async Task An_answer_of_misp_that_holds_no_attributes_leaves_the_last_good_copy()
    {
        var body = """{"response":{"Attribute":[{"type":"ip-dst","to_ids":1,"value":"203.0.113.7"}]}}""";
        await using var server = await FeedServer.StartAsync(
            map: (app, _) => app.MapPost("/attributes/restSearch", () => body));
        var source = server.Source("/") with { Kind = FeedKind.Misp };
        Assert.Equal(FetchOutcome.Replaced, (await Fetch(source)).Outcome);
        foreach (var bad in (string[])["""{"name":"You do not have permission"}""", "sorry", """{"response":{"Attribute":[]}}"""])
        {
            body = bad;
            var result = await Fetch(source);
            Assert.Equal(FetchOutcome.Failed, result.Outcome);
            Assert.Contains("the last good copy stays", result.Reason, StringComparison.Ordinal);
        }

        Assert.Equal(["203.0.113.7"], Entries(source));
    }

    [Fact]
    public async Task All_pages_together_are_bounded()
    {
        await using var server = await FeedServer.StartAsync(map: (app, _) => app.MapGet(
            "/c/objects/", () => """{"more":true,"next":"1","objects":[]}""" + new string(' ', 10_000)));
        var result = await Fetch(server.Source("/c") with { Kind = FeedKind.Taxii, MaxOctets = 50_000 });
        Assert.Contains("longer than 50000 octets", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_believed()
    {
        await using var server = await FeedServer.StartAsync("feeds.example");
        var result = await Fetch(server.Source());
        Assert.Equal(FetchOutcome.Failed, result.Outcome);
        Assert.Contains("RemoteCertificateNameMismatch", result.Reason, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task The_key_goes_to_the_lists_own_host_alone()
    {
        await using var other = await FeedServer.StartAsync(map: (app, _) => app.MapGet("/sum", () => "00"));
        await using var server = await FeedServer.StartAsync();
        var source = server.Source() with
        {
            KeyFile = server.Write("key", "secret-3\n"), Checksum = other.At("/sum"),
            CaFile = server.Write("both.pem", $"{File.ReadAllText(server.CaFile)}\n{File.ReadAllText(other.CaFile)}"),
        };
        Assert.Contains("digest is not the one", (await Fetch(source)).Reason, StringComparison.Ordinal);
        Assert.Equal("secret-3", server.Asked.Single().Headers["Auth-Key"]);
        Assert.DoesNotContain("secret-3", other.Asked.Single().Headers.Values);

        var clear = await Fetch(source with { Checksum = new Uri("http://localhost/sum") });
        Assert.Contains("not https", clear.Reason, StringComparison.Ordinal);
        var missing = await Fetch(source with { KeyFile = "/nowhere/key" });
        Assert.Contains("/nowhere/key", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publisher_that_asks_for_rest_gets_it()
    {
        await using var server = await FeedServer.StartAsync(map: (app, _) => app.MapGet("/busy", (HttpContext context) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "7200");
            return Task.CompletedTask;
        }));
        var result = await Fetch(server.Source("/busy"));
        Assert.Equal((FetchOutcome.Failed, TimeSpan.FromHours(2)), (result.Outcome, result.RetryAfter));
    }

    [Fact]
    public async Task Through_a_proxy_the_proxy_is_asked()
    {
        await using var server = await FeedServer.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var proxied = ConnectOnceAsync(listener, TestContext.Current.CancellationToken);
        var source = server.Source() with { Proxy = new Uri($"http://{listener.LocalEndpoint}") };

        Assert.Equal(FetchOutcome.Replaced, (await Fetch(source)).Outcome);
        Assert.Equal($"CONNECT localhost:{server.Port} HTTP/1.1", await proxied);

        listener.Stop();
        Assert.Equal(FetchOutcome.Failed, (await Fetch(source)).Outcome);
    }

    /// <summary>A proxy for one connection.</summary>
    /// <returns>What it was asked first.</returns>
    private static async Task<string> ConnectOnceAsync(TcpListener listener, CancellationToken cancel)
    {
        using var client = await listener.AcceptTcpClientAsync(cancel);
        var stream = client.GetStream();
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancel) == 1)
        {
            head.Append((char)one[0]);
        }

        var first = head.ToString().Split("\r\n")[0];
        var port = int.Parse(first.Split(' ')[1].Split(':')[1], CultureInfo.InvariantCulture);
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port, cancel);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), cancel);
        _ = await Task.WhenAny(
            stream.CopyToAsync(server.GetStream(), cancel), server.GetStream().CopyToAsync(stream, cancel));
        return first;
    }
}
