// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Desk.Alerts;
using Weir.Desk.Api.Callers;
using Weir.Desk.Api.Routing;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Sqlite;
using Weir.Tests.Support;
using Weir.Wire.Native;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Whatever is wrong with a request is told as problem+json: a code of the closed list, and a sentence with
/// the thing, the place and the fix.</summary>
public sealed class ApiProblemTests : IAsyncLifetime
{
    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiFixture.OpenAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData("GET", "nothing", null, 404, "no-such-route", "GET /api/v1/nothing")]
    [InlineData("DELETE", "cases", null, 405, "method-not-allowed", "it has GET")]
    [InlineData("GET", "cases?colour=red", null, 400, "bad-request", "no parameter 'colour'; it takes limit, after")]
    [InlineData("GET", "cases?limit=0", null, 400, "bad-request", "limit '0'")]
    [InlineData("GET", "cases?limit=1001", null, 400, "bad-request", "from 1 to 1000")]
    [InlineData("GET", "cases?after=x", null, 400, "bad-request", "after 'x'")]
    [InlineData("GET", "cases?state=open,opn", null, 400, "bad-request", "state 'opn' is none; there are open, assigned")]
    [InlineData("GET", "cases?severity=huge", null, 400, "bad-request", "low, medium, high")]
    [InlineData("GET", "cases?level=garden", null, 400, "bad-request", "leaky garden")]
    [InlineData("GET", "cases?purpose=x", null, 400, "bad-request", "cnc-contact")]
    [InlineData("GET", "cases?notice=x", null, 400, "bad-request", "no-contact")]
    [InlineData("GET", "cases?rule=x", null, 400, "bad-request", "flood-out")]
    [InlineData("GET", "cases?list=x", null, 400, "bad-request", "list 'x' is none")]
    [InlineData("GET", "cases?endpoint=x", null, 400, "bad-request", "[2001:db8::7]:443")]
    [InlineData("GET", "cases/c-0000000000000001", null, 404, "unknown", "c-0000000000000001 does not exist")]
    [InlineData("GET", "cases/x", null, 404, "unknown", "does not exist, or is not yours")]
    [InlineData("GET", "population/x?endpoint=y", null, 400, "bad-request", "'y' is no endpoint")]
    [InlineData("GET", "population/x", null, 404, "unknown", "x is no report")]
    [InlineData("GET", "comparisons/x", null, 404, "unknown", "weir compare list")]
    [InlineData("POST", "cases/x/comments", "{", 400, "bad-request", "send JSON with text")]
    [InlineData("POST", "cases/x/comments", "", 400, "bad-request", "is missing; send JSON with text")]
    [InlineData("POST", "cases/x/comments", "null", 400, "bad-request", "is null")]
    [InlineData("POST", "cases/x/comments", "{}", 400, "bad-request", "text")]
    [InlineData("POST", "cases/x/comments", """{"text": null}""", 400, "bad-request", "text")]
    [InlineData("POST", "cases/x/comments", """{"text": "a", "to": "b"}""", 400, "bad-request", "'to'")]
    [InlineData("POST", "cases/x/comments", """{"text": "a", "text": "b"}""", 400, "bad-request", "text")]
    [InlineData("POST", "cases/x/comments", """{"text": ""}""", 400, "bad-request", "lacks its text")]
    [InlineData("POST", "cases/x/comments", """{"text": "a"}""", 404, "unknown", "does not exist")]
    [InlineData("PUT", "cases/x/closure", """{"verdict": "maybe"}""", 400, "bad-request", "fixed or false-positive")]
    [InlineData("POST", "comparisons", "{}", 400, "bad-request", "takes no body")]
    [InlineData("POST", "cases/x/evidence", """{"predicate": "all"}""", 400, "bad-request", "out/udp/7703")]
    [InlineData("POST", "cases/x/evidence", "{}", 404, "unknown", "does not exist")]
    [InlineData("POST", "blocks", """{"target": "x", "threat": "", "necessity": "", "alternatives": ""}""", 400,
        "bad-request", "x")]
    [InlineData("POST", "blocks/x/approval", "{}", 404, "unknown", "weir block plan")]
    [InlineData("POST", "blocks/b-1/approval", "{}", 404, "unknown", "'b-1' is no plan that waits")]
    [InlineData("POST", "blocks/b-1/withdrawal", """{"why": "gone"}""", 404, "unknown", "'b-1' is no block")]
    [InlineData("POST", "disclosures/x/approval", null, 404, "unknown", "'x' is no request that waits")]
    [InlineData("POST", "disclosures", """{"case": "c-1", "scope": "s-1", "reason": "it floods the uplink"}""", 400,
        "bad-request", "'c-1' and 's-1'")]
    [InlineData("POST", "cases/x/evidence", """{"limit": -1}""", 400, "bad-request", "limit -1 is no number of rows")]
    [InlineData("POST", "cases/c-0000000000000001/evidence", """{"scope": "s-1"}""", 400, "bad-request",
        "'s-1' is no number of a scope")]
    [InlineData("POST", "lookups", null, 403, "no-trigger", "opened by an event")]
    [InlineData("POST", "consents", """{"token": "x"}""", 403, "not-authenticated", "vault")]
    [InlineData("POST", "shared-endpoints", """{"days": 8, "valid": "1.00:00:00"}""", 400, "bad-request", "1 to 7")]
    [InlineData("PUT", "cases/x/garden", """{"garden": "zen"}""", 400, "bad-request", "leaky, strict and none")]
    [InlineData("POST", "disclosures/a-0000000000000001/approval", null, 404, "unknown", "no request that waits")]
    [InlineData("POST", "candidates/run.1/review", "{}", 404, "unknown", "RUN.1")]
    [InlineData("POST", "demotions", """{"endpoint": "192.0.2.1:1/tcp", "reason": " "}""", 400, "bad-request",
        "needs a reason")]
    public async Task A_request_that_is_wrong_is_told_how(
        string method, string path, string? body, int status, string code, string says)
    {
        var answer = await _api.SendAsync("analyst", method, path, body);

        Assert.Equal((status, ApiProblem.ContentType), (answer.Status, answer.ContentType));
        Assert.Equal(code, answer.Code);
        Assert.Equal($"urn:weir:{code}", answer.Json.GetProperty("type").GetString());
        Assert.Equal(status, answer.Json.GetProperty("status").GetInt32());
        Assert.Equal(ApiProblems.Find(code).Title, answer.Json.GetProperty("title").GetString());
        Assert.Contains(says, answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Weir.", answer.Detail, StringComparison.Ordinal);
        if (code is not ("no-such-route" or "method-not-allowed"))
        {
            await ItIsInTheDocumentAsync(method, path, status, code);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_JSON_is_not_read()
    {
        var large = await _api.SendAsync(
            "analyst", "POST", "cases/x/comments", $$"""{"text": "{{new string('a', ApiRoute.UsualOctets)}}"}""");
        Assert.Equal((413, "too-large"), (large.Status, large.Code));
        Assert.Contains("65536 octets of POST /api/v1/cases/{id}/comments", large.Detail, StringComparison.Ordinal);

        var chunked = await _api.SendAsync(
            "analyst", "POST", "cases/x/comments", new string(' ', ApiRoute.UsualOctets + 1),
            ("Transfer-Encoding", "chunked"));
        Assert.Equal((413, "too-large"), (chunked.Status, chunked.Code));

        var form = await _api.SendAsync(
            "analyst", "POST", "cases/x/comments", "text=a", ("Content-Type", "application/x-www-form-urlencoded"));
        Assert.Equal((415, "unsupported-media-type"), (form.Status, form.Code));

        // Whose role may not is told that, whatever the body is.
        var other = await _api.SendAsync(
            "auditor", "POST", "cases/x/comments", new string(' ', ApiRoute.UsualOctets + 1));
        Assert.Equal((403, "role-may-not"), (other.Status, other.Code));
    }

    /// <summary>A route says beforehand which refusals it has.</summary>
    private async Task ItIsInTheDocumentAsync(string method, string path, int status, string code)
    {
        var document = (await _api.SendAsync("analyst", "GET", "openapi.json")).Json;
        var parts = path.Split('?')[0].Split('/');
        var route = document.GetProperty("paths").EnumerateObject()
            .Where(known => known.Value.TryGetProperty(method.ToLowerInvariant(), out _))
            .First(known => known.Name.Split('/')[3..] is var names && names.Length == parts.Length
                && names.Zip(parts).All(pair => pair.First == pair.Second || pair.First[0] == '{'));
        var told = route.Value.GetProperty(method.ToLowerInvariant()).GetProperty("responses");
        var number = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(told.TryGetProperty(number, out var response), $"{method} {route.Name} tells of no {status}");
        Assert.Contains($"{code}: ", response.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_down_or_broken_is_told_with_a_code()
    {
        _api.Sightings.AnswerAsync = _ => throw new StoreException(0, "no socket", retryable: true);
        const string Body = """{"days": 7, "valid": "30.00:00:00"}""";
        var down = await _api.SendAsync("analyst", "POST", "shared-endpoints", Body);
        Assert.Equal((503, "store-down"), (down.Status, down.Code));
        Assert.Contains("no socket", down.Detail, StringComparison.Ordinal);

        _api.Sightings.AnswerAsync = _ => throw new PeerDownException("store", PeerFault.NotThere, "nobody listens");
        var away = await _api.SendAsync("analyst", "POST", "shared-endpoints", Body);
        Assert.Equal((503, "peer-down", "nobody listens"), (away.Status, away.Code, away.Detail));

        _api.Sightings.AnswerAsync = _ => throw new PeerRefusedException("store", "no-such-scope", 403, "it has none");
        var refused = await _api.SendAsync("analyst", "POST", "shared-endpoints", Body);
        Assert.Equal(
            (403, "peer-refused", "no-such-scope: it has none"), (refused.Status, refused.Code, refused.Detail));

        _api.Sightings.AnswerAsync = _ => throw new InvalidOperationException("Weir.Desk.Secret");
        var broken = await _api.SendAsync("analyst", "POST", "shared-endpoints", Body);
        Assert.Equal((500, "failed"), (broken.Status, broken.Code));
        Assert.DoesNotContain("Secret", broken.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_a_list_and_a_channel_that_fail_are_told_apart()
    {
        _api.Sightings.AnswerAsync = _ => throw new RecordsException("the records cannot be written: no space left");
        var lost = await _api.SendAsync(
            "analyst", "POST", "shared-endpoints", """{"days": 7, "valid": "30.00:00:00"}""");
        Assert.Equal((503, ApiProblems.JournalLost), (lost.Status, lost.Code));

        _api.Sightings.AnswerAsync = _ => throw SqliteDiskException.Of(
            new SqliteException("database or disk is full", 13), Path.Combine(_api.Folder, "records.sqlite"));
        var full = await _api.SendAsync(
            "analyst", "POST", "shared-endpoints", """{"days": 7, "valid": "30.00:00:00"}""");
        Assert.Equal((503, ApiProblems.JournalLost), (full.Status, full.Code));
        Assert.Contains($"the disk of {_api.Folder} is full: free some room", full.Detail, StringComparison.Ordinal);

        _api.Promoted.IsBroken = true;
        var list = await _api.SendAsync(
            "analyst", "POST", "demotions", """{"endpoint": "192.0.2.1:1/tcp", "reason": "it is a resolver"}""");
        Assert.Equal((503, ApiProblems.ListDown), (list.Status, list.Code));
        Assert.Contains("nothing changed: no space left; fix the disk", list.Detail, StringComparison.Ordinal);

        using var journal = AlertJournal.Open(Path.Combine(_api.Folder, "alerts"), TimeProvider.System);
        _api.Alerts = await AlertSender.OpenAsync(
            journal, [new DeafChannel()], new(), TimeProvider.System, NullLogger<AlertSender>.Instance, default);
        var channel = await _api.SendAsync("operator", "POST", "channels/deaf/tests");
        Assert.Equal(
            (503, ApiProblems.ChannelDown, "deaf: not there"), (channel.Status, channel.Code, channel.Detail));
    }

    private sealed class DeafChannel : IAlertChannel
    {
        public string Name => "deaf";

        public Task SendAsync(Alert alert, CancellationToken cancel) =>
            throw new ChannelException("deaf: not there", isForGood: false);
    }

    /// <summary>What the rails hold against a block has its own code.</summary>
    [Fact]
    public async Task A_block_that_the_rails_refuse_says_which()
    {
        var answer = await _api.SendAsync(
            "analyst", "POST", "blocks",
            """{"target": "flowspec 10.0.0.1 tcp 443 discard", "threat": "", "necessity": "", "alternatives": ""}""");

        Assert.Equal(403, answer.Status);
        Assert.Equal("The rails of blocks hold against it", answer.Json.GetProperty("title").GetString());
    }

    /// <summary>A connection that sends nothing is closed, and holds up nobody meanwhile.</summary>
    [Fact]
    public async Task A_body_that_never_comes_ends_the_request()
    {
        _ = await _api.ServerAsync("analyst");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_api.SocketOf("analyst")));
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            "POST /api/v1/cases/x/comments HTTP/1.1\r\nHost: weir\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\n{"));

        Assert.Equal(200, (await _api.SendAsync("analyst", "GET", "cases")).Status);
        var room = new byte[4096];
        var length = await socket.ReceiveAsync(room).WaitAsync(Until.Patience);
        var text = Encoding.ASCII.GetString(room, 0, length);
        Assert.StartsWith("HTTP/1.1 408", text, StringComparison.Ordinal);
        Assert.Contains("too-slow", text, StringComparison.Ordinal);
    }

    /// <summary>One user does not fill the socket: what is beyond its share is closed, and the next finds
    /// room.</summary>
    [Fact]
    public async Task A_user_holds_so_many_connections_and_no_more()
    {
        _ = await _api.ServerAsync("analyst");
        var held = new List<Socket>();
        async Task<Socket> OpenAsync()
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            held.Add(socket);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_api.SocketOf("analyst")));
            return socket;
        }

        for (var i = 0; i < CallerConnections.MaxOfUser; i++)
        {
            Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(await OpenAsync()), StringComparison.Ordinal);
        }

        var further = await AnswerAsync(await OpenAsync());
        Assert.StartsWith("HTTP/1.1 429", further, StringComparison.Ordinal);
        Assert.Contains("close some", further, StringComparison.Ordinal);
        held[0].Dispose();
        await Until.IsSoAsync(async () =>
            (await AnswerAsync(await OpenAsync())).StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
        held.ForEach(socket => socket.Dispose());
    }

    /// <summary>A user's own connections that ask nothing do not stand before that user's emergency stop, nor before
    /// the record (rules.md R25); what is opened beyond them and asks nothing is ended within seconds.</summary>
    [Trait("Attack", "33")]
    [Fact]
    public async Task Who_has_as_many_connections_as_may_be_is_answered_what_may_not_wait()
    {
        _ = await _api.ServerAsync("operator");
        var held = new List<Socket>();
        async Task<Socket> OpenAsync()
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            held.Add(socket);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_api.SocketOf("operator")));
            return socket;
        }

        for (var i = 0; i < CallerConnections.MaxOfUser; i++)
        {
            Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(await OpenAsync()), StringComparison.Ordinal);
        }

        var idle = new List<Socket>();
        for (var i = 0; i < CallerConnections.MaxUrgentOfUser; i++)
        {
            idle.Add(await OpenAsync());
        }

        foreach (var socket in idle)
        {
            await EndedAsync(socket);
        }

        var why = """{"why": "mail is blocked"}""";
        string[] asked =
        [
            "POST /api/v1/blocks/emergency-stop HTTP/1.1\r\nHost: weir\r\nContent-Type: application/json\r\n"
                + FormattableString.Invariant($"Content-Length: {why.Length}\r\n\r\n{why}"),
            "GET /api/v1/audit/heads HTTP/1.1\r\nHost: weir\r\n\r\n", ListCases,
        ];
        foreach (var (request, status) in asked.Zip((int[])[200, 403, 429]))
        {
            var answer = "";
            await Until.IsSoAsync(async () => (answer = await AnswerAsync(await OpenAsync(), request)).Length > 0);
            Assert.StartsWith(
                FormattableString.Invariant($"HTTP/1.1 {status}"), answer, StringComparison.Ordinal);
        }

        held.ForEach(socket => socket.Dispose());
    }

    private const string ListCases = "GET /api/v1/cases HTTP/1.1\r\nHost: weir\r\n\r\n";

    /// <summary>The first octets that come back; empty where the connection was closed before.</summary>
    private static async Task<string> AnswerAsync(Socket socket, string request = ListCases)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(request));
            var room = new byte[4_096];
            return Encoding.ASCII.GetString(room, 0, await socket.ReceiveAsync(room).WaitAsync(Until.Patience));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>Three hundred who begin a request and say no more: every one is ended, and the emergency stop of that
    /// very user is done in seconds. It stood for 34.</summary>
    [Fact]
    public async Task Three_hundred_half_open_requests_do_not_stand_before_an_emergency_stop()
    {
        _ = await _api.ServerAsync("operator");
        var begun = TimeProvider.System.GetTimestamp();
        var held = new List<Socket>();
        for (var i = 0; i < 300; i++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            held.Add(socket);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_api.SocketOf("operator")));
                await socket.SendAsync("POST /api/v1/blocks HTTP/1.1\r\nHost: we"u8.ToArray());
            }
            catch (SocketException)
            {
                // Closed before it could say half a sentence.
            }
        }

        await Until.IsSoAsync(async () =>
        {
            try
            {
                return (await _api.SendAsync(
                    "operator", "POST", "blocks/emergency-stop", """{"why": "mail is blocked"}""")).Status == 200;
            }
            catch (HttpRequestException)
            {
                return false; // as many as one user may have are there still
            }
        });

        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        foreach (var socket in held)
        {
            await EndedAsync(socket);
            socket.Dispose();
        }
    }

    private static async Task EndedAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[4_096]).WaitAsync(Until.Patience) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset is an end too.
        }
    }

    [Fact]
    public async Task A_caller_that_goes_away_cancels_what_it_asked()
    {
        var (begun, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        _api.Sightings.AnswerAsync = async cancel =>
        {
            await using var registration = cancel.Register(gone.SetResult);
            begun.SetResult();
            await gone.Task.WaitAsync(Until.Patience, CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
            return [];
        };
        const string Body = """{"days": 7, "valid": "1.00:00:00"}""";
        _ = await _api.ServerAsync("analyst");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_api.SocketOf("analyst")));
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                "POST /api/v1/shared-endpoints HTTP/1.1\r\nHost: weir\r\nContent-Type: application/json\r\n"
                + FormattableString.Invariant($"Content-Length: {Body.Length}\r\n\r\n{Body}")));
            await begun.Task.WaitAsync(Until.Patience);
        }

        await gone.Task.WaitAsync(Until.Patience);
        Assert.DoesNotContain(
            _api.Cases.Audit.EntriesOf(AuditActions.PopulationReport), e => e.ResultDigest.Length > 0);
    }
}
