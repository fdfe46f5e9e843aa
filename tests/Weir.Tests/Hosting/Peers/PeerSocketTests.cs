// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Posix;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Peers;

/// <summary>The Unix socket: who may open it, what a stranger gets, and what slow or greedy peers cost.</summary>
public sealed class PeerSocketTests : IAsyncDisposable
{
    private readonly PeerFolders _place = new();
    private readonly Greeting _greeting = new();
    private readonly Counted _counted = new();
    private readonly Logged _logged = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly List<PeerServer> _servers = [];

    public static TheoryData<PeerFault> Faults => [.. Enum.GetValues<PeerFault>()];

    private static GreetingContext Json => GreetingContext.Default;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.StopAsync(default);
        }

        _counted.Dispose();
        _place.Dispose();
    }

    [Fact]
    public async Task Curl_is_answered_over_both_versions_of_http()
    {
        await StartAsync(_place.Options());

        var first = await Programs.CurlAsync(_place.Socket, "greet", "-d", """{"name":"curl","times":2}""");
        var second = await Programs.CurlAsync(_place.Socket, "greet", "--http2-prior-knowledge", "-d",
            """{"name":"curl","times":2}""");
        var refused = await Programs.CurlAsync(_place.Socket, "desk/only", "-d", "{}");

        Assert.EndsWith(": curl curl\"}\n200 1.1", first.Output, StringComparison.Ordinal);
        Assert.EndsWith(": curl curl\"}\n200 2", second.Output, StringComparison.Ordinal);
        Assert.StartsWith("""{"type":"urn:weir:role-may-not","title":"Forbidden","status":403,"detail":""",
            refused.Output, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"role-may-not\"}", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_a_role_is_closed_at_connect_and_counted_in_one_line_a_minute()
    {
        if (OsUsers.Own != 0)
        {
            return; // another user's process is started by root alone
        }

        await StartAsync(_place.Options() with { Group = Programs.Stranger });
        for (var i = 0; i < 3; i++)
        {
            var (code, output) = await Programs.CurlAsStrangerAsync(_place.Socket, "greet", "-d",
                """{"name":"stranger","times":1}""");
            Assert.True(code is 7 or 52 or 55 or 56, $"curl ended with {code}: {output}"); // closed at some moment
        }

        Until.IsSo(() => _counted["weir.peers.connections.refused{reason=no-role}"] == 3);

        Assert.Empty(_logged.Of(13002));
        _clock.Advance(TimeSpan.FromMinutes(1));
        _clock.Advance(TimeSpan.FromMinutes(1));

        var line = Assert.Single(_logged.Of(13002));
        var who = OsUsers.NameOf(65534);
        Assert.Contains($"refused 3 connections or requests of peers within a minute: {who} no-role 3 times;", line);
        Assert.Equal(0, _greeting.Greeted);
    }

    [Fact]
    public async Task A_second_user_with_a_role_is_answered_by_its_own_name()
    {
        if (OsUsers.Own != 0)
        {
            return;
        }

        await StartAsync(_place.Options() with
        {
            Group = Programs.Stranger,
            Users = new Dictionary<string, PeerRoles> { [PeerFolders.OwnUser] = PeerRoles.Collector,
                [Programs.Stranger] = PeerRoles.Desk },
        });

        var theirs = await Programs.CurlAsStrangerAsync(_place.Socket, "desk/only", "-d", """{"name":"x","times":1}""");
        var ours = await Programs.CurlAsync(_place.Socket, "desk/only", "-d", """{"name":"x","times":1}""");

        Assert.EndsWith("200 1.1", theirs.Output, StringComparison.Ordinal);
        Assert.Contains($"\"{OsUsers.NameOf(65534)}: x\"", theirs.Output, StringComparison.Ordinal);
        Assert.EndsWith("403 1.1", ours.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_outside_the_group_cannot_even_open_the_socket()
    {
        await StartAsync(_place.Options());

        Assert.Equal((UnixFileMode)0b110_110_000, File.GetUnixFileMode(_place.Socket));
        if (OsUsers.Own == 0)
        {
            var (code, _) = await Programs.CurlAsStrangerAsync(_place.Socket, "greet");
            Assert.Equal(7, code); // could not connect
        }
    }

    /// <summary>Each way in which a peer is down, for what the network throws: a new one without a row fails.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_is_wrong_with_a_peer_that_is_down_is_counted_by_name_and_said_with_its_fix(PeerFault fault)
    {
        var (thrown, name, fix) = fault switch
        {
            PeerFault.NotThere => (new SocketException((int)SocketError.ConnectionRefused), "not-there",
                "is weir desk running?"),
            PeerFault.NoAccess => (new SocketException((int)SocketError.AccessDenied), "no-access",
                "makes that user a member of the group of desk's socket"),
            PeerFault.TimedOut => (new TimeoutException("late"), "timed-out", "did not answer news within 30 s"),
            PeerFault.WrongUser => (new WrongPeerException(fault, "by mallory"), "wrong-user",
                "stop that process, or correct processes.desk.user"),
            PeerFault.WrongCertificate => (new WrongPeerException(fault, "it shows another"), "wrong-certificate",
                "is not believed: it shows another"),
            PeerFault.Broken => (new IOException("reset"), "broken", "does its section processes give user"),
            PeerFault.BadAnswer => ((Exception)new BadAnswerException("it is null"), "bad-answer",
                "bring both to the same version of weir"),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Nothing throws this."),
        };
        using var client = new PeerClient(
            _place.Client(), new Thrower(new HttpRequestException("failed", thrown)), _clock, _counted.Meters, _logged);

        var down = await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync("news", Json.Answer));

        Assert.Equal(fault, down.Fault);
        Assert.Contains(fix, down.Message, StringComparison.Ordinal);
        Assert.Equal(1, _counted[$"weir.peers.calls{{peer=desk,code={name}}}"]);
        Assert.False(client.State.Status.IsUp);
    }

    [Fact]
    public async Task A_peer_that_sends_its_head_too_slowly_is_closed()
    {
        await StartAsync(_place.Options() with { HeaderTimeout = TimeSpan.FromMilliseconds(500) }, TimeProvider.System);
        using var slow = Connect();
        await slow.SendAsync("POST /greet HTTP/1.1\r\nHost: de"u8.ToArray());
        using var slow2 = Connect();
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        byte[] headersThatGoOn = [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82]; // no END_HEADERS
        await slow2.SendAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. settings, .. headersThatGoOn]);

        Assert.DoesNotContain("200", Encoding.Latin1.GetString(await EndAsync(slow)), StringComparison.Ordinal);
        await EndAsync(slow2);
    }

    [Fact]
    public async Task A_connection_has_32_requests_at_once_and_is_told_so()
    {
        await StartAsync(_place.Options());
        using var socket = Connect();
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        await socket.SendAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. settings]);
        var head = new byte[9];
        await FillAsync(socket, head);
        Assert.Equal(4, head[3]); // RFC 9113 §6.5: SETTINGS comes first
        var pairs = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await FillAsync(socket, pairs);

        var most = pairs.Chunk(6).Single(pair => pair is [0, 3, ..]); // SETTINGS_MAX_CONCURRENT_STREAMS
        Assert.Equal((byte[])[0, 3, 0, 0, 0, 32], most);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_closed_and_its_slot_is_free_again()
    {
        await StartAsync(_place.Options());
        using var silent = Connect();
        using var hesitant = Connect();
        await hesitant.SendAsync("PR"u8.ToArray());
        Until.IsSo(() => _counted["weir.peers.connections.open"] == 2);

        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(2, _counted["weir.peers.connections.open"]);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Empty(await EndAsync(silent));
        Assert.Empty(await EndAsync(hesitant));
        Until.IsSo(() => _counted["weir.peers.connections.open"] == 0);
        Assert.Equal(2, _counted["weir.peers.connections.refused{reason=silent}"]);
    }

    [Fact]
    public async Task One_peer_has_its_connections_and_no_more()
    {
        await StartAsync(_place.Options() with { ConnectionsPerPeer = 3 });
        using var first = Connect();
        using var second = Connect();
        using var third = Connect();
        Until.IsSo(() => _counted["weir.peers.connections.open"] == 3);
        using var fourth = Connect();

        Assert.Empty(await EndAsync(fourth));
        Assert.Equal(1, _counted["weir.peers.connections.refused{reason=too-many}"]);
        third.Dispose();
        Until.IsSo(() => _counted["weir.peers.connections.open"] == 2);
        Assert.EndsWith("200 1.1", (await Programs.CurlAsync(_place.Socket, "news?after=1")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_connections_are_for_peers_that_have_fewer_than_two()
    {
        var slots = new ConnectionSlots(total: 6, reserved: 2, perPeer: 5);

        Assert.All(Enumerable.Range(0, 4), _ => Assert.Null(slots.Acquire("greedy")));
        Assert.Equal("full", slots.Acquire("greedy"));
        Assert.Null(slots.Acquire("desk"));
        Assert.Null(slots.Acquire("vault"));
        Assert.Equal("full", slots.Acquire("store"));
        slots.Release("greedy");
        Assert.Null(slots.Acquire("store"));
        Assert.Equal(6, slots.Open);
    }

    [Fact]
    public async Task A_body_that_stops_in_the_middle_is_given_up()
    {
        await StartAsync(_place.Options());
        using (var broken = Connect())
        {
            await broken.SendAsync(
                "POST /segment HTTP/1.1\r\nHost: desk\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray());
        }

        Until.IsSo(() => _counted["weir.peers.requests{route=segment,role=collector,code=gone}"] == 1);
        Assert.Empty(_logged.Of(13003));
    }

    [Fact]
    public async Task What_is_no_http_is_closed()
    {
        await StartAsync(_place.Options());
        using var noise = Connect();
        await noise.SendAsync("\0\u0001\u0002 noise\r\n\r\n"u8.ToArray());

        Assert.DoesNotContain("200", Encoding.Latin1.GetString(await EndAsync(noise)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_finds_its_way_back_after_the_process_was_restarted()
    {
        var first = await StartAsync(_place.Options());
        using var client = Client(_place.Client());
        await client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Answer);
        await first.StopAsync(default);
        Assert.False(File.Exists(_place.Socket));

        await Assert.ThrowsAsync<PeerDownException>(() => client.PostAsync(
            "greet", new Ask("a", 1), Json.Ask, Json.Answer)); // the old connection may break
        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Answer));
        Assert.Equal(PeerFault.NotThere, down.Fault);
        Assert.Contains($"desk is not at unix:{_place.Socket}", down.Message, StringComparison.Ordinal);
        var second = await StartAsync(_place.Options());
        await client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Answer);

        Assert.Equal(2, _greeting.Greeted);
        Assert.Single(_logged.Of(13101));
        Assert.Single(_logged.Of(13102));
        await second.StopAsync(default);
    }

    [Fact]
    public async Task A_socket_of_a_killed_process_is_nobody_and_is_replaced()
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(_place.Socket + ".old"));
            File.Move(_place.Socket + ".old", _place.Socket); // the runtime removes only what it bound
        }

        using var client = Client(_place.Client());
        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Answer));
        Assert.Equal(PeerFault.NotThere, down.Fault);
        await StartAsync(_place.Options());

        Assert.NotNull(await client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Answer));
    }

    [Fact]
    public async Task A_path_that_is_anothers_is_left_alone_and_the_message_says_the_fix()
    {
        await File.WriteAllTextAsync(_place.Socket, "notes");
        var file = await Assert.ThrowsAsync<IOException>(() => StartAsync(_place.Options()));
        Assert.Contains("is no socket; move it away", file.Message, StringComparison.Ordinal);
        File.Delete(_place.Socket);

        await StartAsync(_place.Options());
        var taken = await Assert.ThrowsAsync<IOException>(() => StartAsync(_place.Options()));
        Assert.Contains("in use by another process", taken.Message, StringComparison.Ordinal);
        Assert.StartsWith("processes.run-dir: ", taken.Message, StringComparison.Ordinal);
        Assert.EndsWith("200 1.1", (await Programs.CurlAsync(_place.Socket, "news?after=1")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_which_others_could_replace_the_socket_is_refused()
    {
        File.SetUnixFileMode(_place.Folder, (UnixFileMode)0b111_111_111);
        var open = await Assert.ThrowsAsync<IOException>(() => StartAsync(_place.Options()));
        Assert.Contains("chmod go-w it", open.Message, StringComparison.Ordinal);

        File.SetUnixFileMode(_place.Folder, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        await StartAsync(_place.Options());
        var missing = await Assert.ThrowsAsync<IOException>(() =>
            StartAsync(_place.Options() with { Socket = "/nowhere/at/all.sock" }));
        Assert.Contains("the folder /nowhere/at is not there", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_user_than_expected_behind_the_socket_is_not_believed()
    {
        await StartAsync(_place.Options());
        using var client = Client(_place.Client() with { User = Programs.Stranger });

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("secret", 1), Json.Ask, Json.Answer));

        Assert.Equal(PeerFault.WrongUser, down.Fault);
        Assert.Contains($"by user {OsUsers.NameOf(OsUsers.Own)}, not by {OsUsers.NameOf(65534)}", down.Message,
            StringComparison.Ordinal);
        Assert.Equal(0, _greeting.Greeted);
    }

    [Fact]
    public async Task A_client_that_has_no_role_hears_what_to_do()
    {
        var others = new Dictionary<string, PeerRoles> { [Programs.Stranger] = PeerRoles.Collector };
        await StartAsync(_place.Options() with { Users = others });
        using var client = Client(_place.Client());

        var down = await Assert.ThrowsAsync<PeerDownException>(() =>
            client.PostAsync("greet", new Ask("a", 1), Json.Ask, Json.Answer));

        Assert.Equal(PeerFault.Broken, down.Fault);
        Assert.Contains($"does its section processes give user {OsUsers.NameOf(OsUsers.Own)} a role?", down.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_the_options_are_said_all_at_once()
    {
        var wrong = _place.Options() with
        {
            Socket = "desk.sock", Group = "no-such-group", Users =
                new Dictionary<string, PeerRoles> { ["no-such-user"] = PeerRoles.Desk }, ReservedConnections = 900,
        };

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(wrong));

        Assert.Equal(4, refused.Message.Split('\n').Length);
        Assert.All(
            (string[])["processes.run-dir: 'desk.sock'", "processes.group: there is no group no-such-group"],
            place => Assert.Contains(place, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("peers.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("processes.desk.user: there is no user no-such-user",
            Assert.Single((_place.Client() with { User = "no-such-user" }).Validate()), StringComparison.Ordinal);
        Assert.Single((_place.Client() with { User = null }).Validate());
        Assert.Single((_place.Client() with { User = "no-such-user" }).Validate());
    }

    [Fact]
    public async Task A_host_starts_the_server_and_its_end_is_seen()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(_logged);
        builder.Services.AddPeerServer(_place.Options(), (_, routes) => routes.Get(
            "news", PeerRoles.Any, Json.Answer, (_, _) => Task.FromResult<Answer?>(new("none"))));
        using var host = builder.Build();
        await host.StartAsync();
        using var client = Client(_place.Client());

        Assert.Equal("none", (await client.GetAsync("news", Json.Answer))!.Text);
        Assert.True(client.State.Status.IsUp);
        await host.StopAsync();
        await Assert.ThrowsAsync<PeerDownException>(() => client.GetAsync("news", Json.Answer));
        Assert.Equal((false, true), (client.State.Status.IsUp, client.State.Status.LastFault is { Length: > 0 }));
    }

    private async Task<PeerServer> StartAsync(PeerOptions options, TimeProvider? time = null)
    {
        var server = new PeerServer(options, _greeting.Routes(), time ?? _clock, _counted.Meters, _logged);
        _servers.Add(server);
        await server.StartAsync(default);
        return server;
    }

    private PeerClient Client(PeerClientOptions options) => new(options, TimeProvider.System, _counted.Meters, _logged);

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_place.Socket));
        return socket;
    }

    private static async Task FillAsync(Socket socket, byte[] octets)
    {
        for (var got = 0; got < octets.Length;)
        {
            var read = await socket.ReceiveAsync(octets.AsMemory(got)).AsTask().WaitAsync(Until.Patience);
            Assert.NotEqual(0, read);
            got += read;
        }
    }

    /// <summary>What comes until the other side closes.</summary>
    private static async Task<byte[]> EndAsync(Socket socket)
    {
        using var got = new MemoryStream();
        var buffer = new byte[4_096];
        try
        {
            int read;
            while ((read = await socket.ReceiveAsync(buffer).WaitAsync(Until.Patience)) > 0)
            {
                got.Write(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            return got.ToArray(); // closed hard is closed too
        }

        return got.ToArray();
    }

    private sealed class Thrower(Exception thrown) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => throw thrown;
    }
}
