// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Weir.Contracts.Policy;
using Weir.Desk.Api;
using Weir.Desk.Api.Changes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Api.Tokens;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Tests.Notifying.Channels;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Scripts ask over TLS by a token: as its person, in the role of this moment, from where it counts, until it
/// ends, and so often (ADR 0069).</summary>
public sealed class RemoteApiTests : IAsyncLifetime
{
    private static readonly string Me = ApiFixture.Me;

    private readonly TestCertificate _certificate = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-remote-").FullName;
    private readonly int _port = FreeTcpPort();
    private uint? _number = 7;
    private ApiFixture _api = null!;
    private ApiServer _server = null!;
    private ApiTokens _tokens = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiFixture.OpenAsync();
        var key = _certificate.Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        _tokens = new(Path.Combine(_folder, "tokens.json"), _api.Cases.Clock, _ => _number);
        var callers = new ApiCallers([(Role.Analyst, [Me]), (Role.Auditor, ["aud"])]);
        _server = await ApiServer.StartAsync(Path.Combine(_folder, "api.sock"), _api.Parts(callers) with
        {
            Tokens = _tokens,
            Remote = new()
            {
                Listen = new(IPAddress.Loopback, _port),
                Certificate = _certificate.Write("cert.pem", _certificate.Certificate.ExportCertificatePem()),
                Key = _certificate.Write("key.pem", key),
            },
        }, _api.Logs);
        _http = new(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown?.GetCertHashString() == _certificate.Certificate.GetCertHashString() },
        }) { BaseAddress = new Uri($"https://localhost:{_port}{ApiRoutes.Prefix}/") };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        await _api.DisposeAsync();
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_second_server_does_not_take_the_first_ones_socket()
    {
        var socket = Path.Combine(_folder, "api.sock");

        var refused = await Assert.ThrowsAsync<IOException>(
            () => ApiServer.StartAsync(socket, _api.Parts(new ApiCallers([])), _api.Logs));

        Assert.StartsWith(
            $"control.socket: {socket} is in use by another process", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(socket));
        var tooLong = await Assert.ThrowsAsync<InvalidDataException>(() => ApiServer.StartAsync(
            Path.Combine(_folder, new string('x', 120)), _api.Parts(new ApiCallers([])), _api.Logs));
        Assert.Contains("control.socket: the path", tooLong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_asks_as_its_person_and_its_use_is_on_record_once_an_hour()
    {
        var secret = Make();

        Assert.Equal(200, (await SendAsync("GET", "cases", secret)).Status);
        Assert.Equal(200, (await SendAsync("GET", "health", secret)).Status);
        var used = Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.SignIn));
        Assert.Equal((Me, "analyst", AuditActions.Allow), (used.Actor, used.Role, used.Outcome));
        Assert.StartsWith("token t-", used.Reason, StringComparison.Ordinal);
        _api.Cases.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, (await SendAsync("GET", "health", secret)).Status);
        Assert.Equal(2, _api.Cases.Audit.EntriesOf(AuditActions.SignIn).Count());
        Assert.Equal("role-may-not", (await SendAsync("GET", "audit/entries", secret)).Code);
    }

    [Fact]
    public async Task Without_its_use_on_record_a_token_does_nothing_and_the_next_call_tries_again()
    {
        var secret = Make();
        _api.Cases.Audit.Breaks = entry => entry.Act == AuditActions.SignIn;
        Assert.Equal(ApiProblems.AuditDown, (await SendAsync("GET", "health", secret)).Code);

        _api.Cases.Audit.Breaks = _ => false;
        Assert.Equal(200, (await SendAsync("GET", "health", secret)).Status);
        Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.SignIn));
    }

    [Fact]
    public void What_the_disk_refuses_has_not_happened()
    {
        var (file, secret) = (Path.Combine(_folder, "tokens.json"), Make());
        var id = _tokens.Find(secret)!.Id;
        Directory.CreateDirectory(file + ".new");
        Assert.Throws<UnauthorizedAccessException>(() => _tokens.Revoke(id));
        Assert.Throws<UnauthorizedAccessException>(() => Make("more"));
        Assert.Equal(id, Assert.Single(_tokens.All()).Id);

        Directory.Delete(file + ".new");
        Assert.True(_tokens.Revoke(id));
        Assert.Empty(_tokens.All());
        Assert.Null(new ApiTokens(file, _api.Cases.Clock, _ => _number).Find(secret));
    }

    [Fact]
    public async Task An_address_has_so_many_connections_and_of_IPv6_its_64_has()
    {
        using var limits = new RemoteLimits();
        var door = new RemoteDoor(_api.Parts(new ApiCallers([])), limits);
        var leave = new TaskCompletionSource();
        var served = 0;

        List<Task> held = [.. Enumerable.Range(1, 20).Select(i => ServeAsync($"2001:db8:0:7::{i}"))];
        Assert.Equal(16, served);
        held.Add(ServeAsync("2001:db8:0:8::1"));
        held.Add(ServeAsync("192.0.2.1"));
        Assert.Equal(18, served);
        leave.SetResult();
        await Task.WhenAll(held);

        Task ServeAsync(string from) => door.ServeAsync(
            new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(from), 40_000) },
            async _ =>
            {
                served++;
                await leave.Task;
            });
    }

    [Fact]
    public async Task What_does_not_count_is_401_and_costs_the_record_three_entries()
    {
        var secret = Make();
        foreach (var bad in (string?[])[null, "", "Basic abc", "Bearer", "Bearer weir_nothing", $"Bearer {secret}x"])
        {
            var answer = await SendAsync("GET", "cases", null, written: bad);
            Assert.Equal((401, "no-token", "Bearer"), (answer.Status, answer.Code, answer.Challenge));
        }

        Assert.Equal(3, _api.Cases.Audit.EntriesOf(AuditActions.SignIn).Count());
        Assert.DoesNotContain(secret, await File.ReadAllTextAsync(Path.Combine(_folder, "tokens.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_with_its_time_its_owners_number_and_when_it_is_ended()
    {
        var (first, second, third) = (Make("one", days: 1), Make("two"), Make("three"));
        _api.Cases.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("no-token", (await SendAsync("GET", "cases", first)).Code);
        Assert.Equal(200, (await SendAsync("GET", "cases", second)).Status);
        Assert.True(_tokens.Revoke(_tokens.All().Single(one => one.Name == "two").Id));
        Assert.Equal("no-token", (await SendAsync("GET", "cases", second)).Code);
        _number = 8;
        Assert.Equal("no-token", (await SendAsync("GET", "cases", third)).Code);
    }

    [Fact]
    public async Task It_counts_from_its_networks_in_its_owners_role_and_for_reading_where_it_was_made_so()
    {
        Assert.Equal("no-token", (await SendAsync("GET", "cases", Make("far", from: "192.0.2.0/24"))).Code);
        Assert.Equal("no-token", (await SendAsync("GET", "cases", Make("was", role: Role.Operator))).Code);
        Assert.Equal("no-token", (await SendAsync("GET", "cases", Make("left", user: "left"))).Code);
        var reads = Make("reads", isReadOnly: true);
        Assert.Equal(200, (await SendAsync("GET", "cases", reads)).Status);
        Assert.Equal("role-may-not", (await SendAsync("POST", "blocks/emergency-stop", reads,
            "{\"reason\":\"routers drop what they should not\"}")).Code);
    }

    [Fact]
    public async Task A_token_makes_no_token_and_opens_no_session()
    {
        _api.SignIn = null;
        var secret = Make();
        Assert.Equal("role-may-not", (await SendAsync("POST", "tokens", secret,
            "{\"name\":\"more\",\"days\":1,\"from\":[\"127.0.0.1\"],\"isReadOnly\":false}")).Code);
        Assert.Equal("role-may-not", (await SendAsync("POST", "console/links", secret)).Code);
    }

    [Fact]
    public void Tokens_are_kept_over_a_restart_and_are_so_many_at_most()
    {
        var secret = Make();
        var again = new ApiTokens(Path.Combine(_folder, "tokens.json"), _api.Cases.Clock, _ => _number);
        Assert.Equal(Me, again.Find(secret)?.User);
        for (var i = 1; i < ApiTokens.MostOfUser; i++)
        {
            Assert.NotEmpty(Make($"token-{i}"));
        }

        Assert.Null(_tokens.Make(new(Me, Role.Analyst), new("more", TimeSpan.FromDays(1), [], false)));
        File.WriteAllText(Path.Combine(_folder, "bad.json"), "{");
        Assert.Contains("bad.json", Assert.Throws<InvalidDataException>(() => new ApiTokens(
            Path.Combine(_folder, "bad.json"), _api.Cases.Clock, _ => _number)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_over_the_socket_makes_lists_and_ends_tokens_on_record()
    {
        const string Wish =
            "{\"name\":\"report\",\"days\":30,\"from\":[\"192.0.2.10\",\"2001:db8::/64\"],\"isReadOnly\":true}";
        var made = await _api.SendAsync("analyst", "POST", "tokens", Wish);
        Assert.Equal(200, made.Status);
        var token = JsonSerializer.Deserialize(made.Text, TokenJson.Default.TokenMade)!;
        Assert.StartsWith(ApiTokens.Prefix, token.Token, StringComparison.Ordinal);
        Assert.Equal(403, (await _api.SendAsync("analyst", "POST", "tokens", Wish)).Status);
        var listed = await _api.SendAsync("analyst", "GET", "tokens");
        Assert.Contains(token.Id, listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Token, listed.Text, StringComparison.Ordinal);
        Assert.Equal(404, (await _api.SendAsync("analyst", "POST", "tokens/t-000000000000/revocation")).Status);
        Assert.Equal(200, (await _api.SendAsync("analyst", "POST", $"tokens/{token.Id}/revocation")).Status);
        Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.MakeToken), entry =>
            entry.Reason.Contains("192.0.2.10", StringComparison.Ordinal));
        Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.RevokeToken));
    }

    [Theory]
    [InlineData("", 30, "192.0.2.10")]
    [InlineData("two words", 30, "192.0.2.10")]
    [InlineData("name", 0, "192.0.2.10")]
    [InlineData("name", 91, "192.0.2.10")]
    [InlineData("name", 30, "everywhere")]
    [InlineData("name", 30, null)]
    public async Task A_wish_that_is_none_is_said_to_be_so(string name, int days, string? from)
    {
        var body = JsonSerializer.Serialize(
            new TokenRequest(name, days, from is null ? [] : [from], false), TokenJson.Default.TokenRequest);

        Assert.Equal(400, (await _api.SendAsync("analyst", "POST", "tokens", body)).Status);
    }

    [Fact]
    public void An_address_asks_so_often_and_others_go_on()
    {
        using var limits = new RemoteLimits(burst: 3, perSecond: 1);
        var (one, other) = (IpKey.Parse("192.0.2.1"), IpKey.Parse("192.0.2.2"));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(limits.Refuse(one)));
        Assert.True(int.Parse(limits.Refuse(one)!, System.Globalization.CultureInfo.InvariantCulture) >= 1);
        Assert.Null(limits.Refuse(other));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Null(limits.Refuse(IpKey.Parse($"2001:db8::{i}"))));
        Assert.NotNull(limits.Refuse(IpKey.Parse("2001:db8::ffff")));
    }

    [Fact]
    public async Task Too_many_requests_are_429_with_when_to_ask_again()
    {
        var secret = Make();
        var answers = new List<(int Status, string Code, string Challenge, string Again)>();
        for (var i = 0; i < 5 * RemoteLimits.Burst && answers.LastOrDefault().Status != 429; i++)
        {
            answers.Add(await SendAsync("GET", "health", secret));
        }

        Assert.Equal((429, "too-many-requests"), (answers[^1].Status, answers[^1].Code));
        Assert.True(int.Parse(answers[^1].Again, System.Globalization.CultureInfo.InvariantCulture) >= 1);
        Assert.True(answers.Count > RemoteLimits.Burst);
    }

    /// <summary>Who holds a token may listen for as long as it counts, and no longer.</summary>
    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        using var stream = await ListenAsync(Make());
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        Assert.Equal("event: begin", await lines.ReadLineAsync());
        var rest = lines.ReadToEndAsync();
        Assert.True(_tokens.Revoke(Assert.Single(_tokens.All()).Id));

        await Until.IsSoAsync(() =>
        {
            _api.Cases.Clock.Advance(ChangeFeed.Period);
            return rest.IsCompleted;
        });
        Assert.Contains("data: ", await rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_holds_so_many_streams_and_another_as_many()
    {
        var (one, other) = (Make("one"), Make("other"));
        List<HttpResponseMessage> open = [];
        for (var i = 0; i < RemoteLimits.Streams; i++)
        {
            open.Add(await ListenAsync(one));
            Assert.Equal(HttpStatusCode.OK, open[^1].StatusCode);
        }

        var more = await SendAsync("GET", "changes", one);
        Assert.Equal((429, "too-many-requests"), (more.Status, more.Code));
        Assert.Equal(200, (await SendAsync("GET", "health", one)).Status);
        open.Add(await ListenAsync(other));
        Assert.Equal(HttpStatusCode.OK, open[^1].StatusCode);
        open.ForEach(stream => stream.Dispose());
    }

    private async Task<HttpResponseMessage> ListenAsync(string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "changes");
        request.Headers.Authorization = new("Bearer", secret);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static int FreeTcpPort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Make(
        string name = "report", int days = 30, string from = "127.0.0.0/8", bool isReadOnly = false,
        Role role = Role.Analyst, string? user = null) => _tokens.Make(
            new(user ?? Me, role), new(name, TimeSpan.FromDays(days), [Prefix.Parse(from)], isReadOnly))!.Value.Secret;

    private async Task<(int Status, string Code, string Challenge, string Again)> SendAsync(
        string method, string path, string? secret, string? body = null, string? written = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        }

        _ = request.Headers.TryAddWithoutValidation("Authorization", secret is null ? written : $"Bearer {secret}");
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        using var json = JsonDocument.Parse(text);
        return (
            (int)answer.StatusCode,
            json.RootElement.TryGetProperty("code", out var code) ? code.GetString()! : "",
            answer.Headers.WwwAuthenticate.ToString(), answer.Headers.RetryAfter?.ToString() ?? "");
    }
}
