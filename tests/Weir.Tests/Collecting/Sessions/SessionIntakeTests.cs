// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Collecting.Sessions;
using Weir.Contracts.Flows;
using Weir.Tests.Support;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Collecting.Sessions;

/// <summary>IPFIX over TCP (RFC 7011 §10.4): a connection is a session, and whoever misuses one is cut and counted by
/// name.</summary>
public sealed class SessionIntakeTests
{
    private static readonly byte[] Teach = Set(2, Template(256, "8/4 12/4 2/4"));
    private static readonly byte[] Data = Set(256, U8(10, 0, 0, 1, 203, 0, 113, 9), U32(5));

    [Fact]
    public async Task Messages_are_taken_whole_however_they_are_cut_on_the_way()
    {
        await using var world = await SessionWorld.StartAsync();
        using var socket = await SessionWorld.ConnectAsync(world.Tcp);
        var stream = Join(IpfixOf(7, 0, Teach, Data), IpfixOf(7, 1, Data, Data), IpfixOf(7, 3, Data));
        foreach (var piece in stream.Chunk(7))
        {
            await socket.SendAsync(piece);
        }

        // The first waits for the second, as with datagrams: without a certificate a stream has to earn its standing.
        await Until.IsSoAsync(() => world.Tcp.Messages == 3);
        Assert.Equal(
            (stream.Length, stream.Length, 0),
            (world.Tcp.Octets, world.Tcp.HandledOctets, world.Tcp.LostOctets));
        Assert.Contains((FlowStanding.Doubtful, IpKey.Parse("10.0.0.1")), world.Told);
        Assert.DoesNotContain(world.Told, one => one.Standing == FlowStanding.Corroborated);
        var listed = Assert.Single(world.Of(ExportTransport.Tcp).List());
        Assert.Equal((SessionWorld.Here, ExportTransport.Tcp), (listed.Address, listed.Transport));

        socket.Shutdown(SocketShutdown.Both);
        await world.IsEndedAsync(world.Tcp, "closed");
    }

    [Fact]
    public async Task A_session_that_went_on_for_ten_minutes_is_corroborated_and_the_next_one_earns_anew()
    {
        await using var world = await SessionWorld.StartAsync((_, options) => options with { Tls = [] });
        var sequence = 0U;
        using (var first = await SessionWorld.ConnectAsync(world.Tcp))
        {
            for (; sequence < 40; sequence++)
            {
                await SendAsync(world, first, IpfixOf(7, sequence, Teach, Data));
                world.Clock.Advance(TimeSpan.FromSeconds(20));
            }

            Assert.Equal(FlowStanding.Corroborated, world.Told[^1].Standing);
        }

        await world.IsEndedAsync(world.Tcp, "closed");
        using var next = await SessionWorld.ConnectAsync(world.Tcp);
        await SendAsync(world, next, IpfixOf(7, sequence, Teach, Data));
        await SendAsync(world, next, IpfixOf(7, sequence + 1, Teach, Data));
        Assert.NotEqual(FlowStanding.Corroborated, world.Told[^1].Standing);
    }

    [Fact]
    public async Task Templates_live_and_die_with_their_connection()
    {
        await using var world = await SessionWorld.StartAsync(null, new KnownExporterOptions
        {
            Network = Prefix.Parse("127.0.0.0/16"),
        });
        var decoder = world.Of(ExportTransport.Tcp);
        using var taught = await SessionWorld.ConnectAsync(world.Tcp);
        using var untaught = await SessionWorld.ConnectAsync(world.Tcp);
        for (var i = 0U; i < 3; i++)
        {
            await SendAsync(world, taught, IpfixOf(7, i, Teach, Data));
            await SendAsync(world, untaught, IpfixOf(7, 500 + i, Data));
        }

        // The one reads by what it was taught itself; the other borrows nothing.
        Assert.Equal((3, 3), (world.Told.Count(one => one.Source == IpKey.Parse("10.0.0.1")),
            decoder.List().Single().UnknownTemplateSets));
        taught.Shutdown(SocketShutdown.Both);
        await world.IsEndedAsync(world.Tcp, "closed");
        Assert.Empty(decoder.ListTemplates());
        Assert.Equal(0, decoder.Find(SessionWorld.Here)!.TemplateCount);
        Assert.Empty(decoder.Snapshot()); // and nothing of it outlives a restart of ours
    }

    public static TheoryData<string, byte[], string> Malice => new()
    {
        { "length 0", [0, 10, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2], "length" },
        { "shorter than a header", [0, 10, 0, 15, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2], "length" },
        { "NetFlow v9", V9Of(7, 0, Teach), "no-ipfix" },
        { "HTTP", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: weir\r\n\r\n"), "no-ipfix" },
        { "a message, and garbage behind it", Join(IpfixOf(7, 0, Teach, Data), Encoding.ASCII.GetBytes("GARBAGE!")), "no-ipfix" },
    };

    [Theory]
    [MemberData(nameof(Malice))]
    public async Task Who_does_not_speak_ipfix_is_cut_by_name(string what, byte[] sent, string why)
    {
        await using var world = await SessionWorld.StartAsync();
        using var socket = await SessionWorld.ConnectAsync(world.Tcp);
        await socket.SendAsync(sent);

        await world.IsEndedAsync(world.Tcp, why);
        Assert.True(world.Tcp.Octets == sent.Length, what);
        Assert.Equal(sent.Length, world.Tcp.HandledOctets + world.Tcp.LostOctets);
        Assert.True(world.Tcp.LostOctets > 0);
    }

    [Fact]
    public async Task Half_a_message_is_counted_as_lost_when_its_sender_leaves()
    {
        await using var world = await SessionWorld.StartAsync();
        var message = IpfixOf(7, 0, Teach, Data);
        using var socket = await SessionWorld.ConnectAsync(world.Tcp);
        await socket.SendAsync(Join(message, message[..20]));
        await Until.IsSoAsync(() => world.Tcp.Octets == message.Length + 20);
        socket.Shutdown(SocketShutdown.Both);

        await world.IsEndedAsync(world.Tcp, "cut-short");
        Assert.Equal((message.Length, 20), (world.Tcp.HandledOctets, world.Tcp.LostOctets));
    }

    /// <summary>As fast as it goes, of the longest messages there are, with nothing that can be read in them: a sender
    /// waits for the lane, and neither memory nor another's turn is his.</summary>
    [Fact]
    public async Task A_flood_of_the_longest_messages_of_garbage_is_counted_and_nobody_else_waits_for_it()
    {
        await using var world = await SessionWorld.StartAsync(null, new KnownExporterOptions
        {
            Network = Prefix.Parse("127.0.0.0/16"),
        });
        var garbage = new byte[SessionFraming.Longest];
        new Random(7).NextBytes(garbage);
        U16(10, garbage.Length).CopyTo(garbage, 0);
        using var flood = await SessionWorld.ConnectAsync(world.Tcp, "127.0.0.9");
        using var router = await SessionWorld.ConnectAsync(world.Tcp);
        var flooding = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await flood.SendAsync(garbage);
            }
        });
        for (var i = 0U; i < 5; i++)
        {
            await SendAsync(world, router, IpfixOf(7, i, Teach, Data));
        }

        await flooding;
        await Until.IsSoAsync(() => world.Tcp.Messages == 205);
        var decoder = world.Of(ExportTransport.Tcp);
        Assert.Equal((205, 200), (decoder.Datagrams, decoder.Damaged + decoder.Dropped));
        Assert.Equal(5, world.Told.Count(one => one.Source == IpKey.Parse("10.0.0.1")));
        Assert.Equal(world.Tcp.Octets, world.Tcp.HandledOctets);
    }

    [Fact]
    public async Task Who_keeps_us_waiting_is_cut()
    {
        await using var world = await SessionWorld.StartAsync();
        using var slow = await SessionWorld.ConnectAsync(world.Tcp);
        var message = IpfixOf(7, 0, Teach, Data);
        for (var i = 0; i < 8; i++)
        {
            // An octet now and then: it counts how long the message takes, not how long ago its last octet came.
            await slow.SendAsync(message[i..(i + 1)]);
            await Until.IsSoAsync(() => world.Tcp.Octets == i + 1);
            world.Clock.Advance(TimeSpan.FromSeconds(4));
        }

        world.Clock.Advance(TimeSpan.FromSeconds(5));

        await world.IsEndedAsync(world.Tcp, "slow");
        using var silent = await SessionWorld.ConnectAsync(world.Tcp);
        await Until.IsSoAsync(() => world.Tcp.Open == 1);
        world.Clock.Advance(TimeSpan.FromSeconds(62));
        await world.IsEndedAsync(world.Tcp, "silent");

        using var idle = await SessionWorld.ConnectAsync(world.Tcp);
        await SendAsync(world, idle, message);
        world.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, world.Tcp.Open);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.IsEndedAsync(world.Tcp, "idle");
    }

    [Fact]
    public async Task An_exporter_has_so_many_connections_and_a_dead_one_gives_its_place()
    {
        await using var world = await SessionWorld.StartAsync(
            (_, options) => options with { PerExporter = 2, Connections = 3 },
            new KnownExporterOptions { Network = Prefix.Parse("127.0.0.0/16") });
        using var first = await SessionWorld.ConnectAsync(world.Tcp);
        using var second = await SessionWorld.ConnectAsync(world.Tcp);
        await Until.IsSoAsync(() => world.Tcp.Open == 2);
        using var third = await SessionWorld.KnockAsync(world.Tcp);
        await world.IsRefusedAsync(world.Tcp, "too-many");
        using var other = await SessionWorld.ConnectAsync(world.Tcp, "127.0.0.2");
        await Until.IsSoAsync(() => world.Tcp.Open == 3);
        using var another = await SessionWorld.KnockAsync(world.Tcp, "127.0.0.3");
        await world.IsRefusedAsync(world.Tcp, "full");

        await SendAsync(world, first, IpfixOf(7, 0, Teach, Data));
        await SendAsync(world, second, IpfixOf(7, 0, Teach, Data));
        world.Clock.Advance(TimeSpan.FromSeconds(58));
        await SendAsync(world, second, IpfixOf(7, 1, Teach, Data));
        world.Clock.Advance(TimeSpan.FromSeconds(3));
        using var anew = await SessionWorld.ConnectAsync(world.Tcp);
        await world.IsEndedAsync(world.Tcp, "replaced");
        await SendAsync(world, anew, IpfixOf(7, 0, Teach, Data));
    }

    [Fact]
    public async Task Who_is_not_named_is_refused_and_told_and_who_is_named_no_more_is_cut()
    {
        await using var world = await SessionWorld.StartAsync();
        using var stranger = await SessionWorld.KnockAsync(world.Tcp, "127.0.0.66");
        await world.IsRefusedAsync(world.Tcp, "unknown-exporter");
        Assert.Equal(IpKey.Parse("127.0.0.66"), Assert.Single(world.Known.List()).Address);
        Assert.Equal(0, world.Tcp.Octets);

        using var router = await SessionWorld.ConnectAsync(world.Tcp);
        await SendAsync(world, router, IpfixOf(7, 0, Teach, Data));
        world.Known.Replace([new() { Network = Prefix.Parse("192.0.2.1") }]);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.IsEndedAsync(world.Tcp, "unlisted");
    }

    [Fact]
    public async Task While_the_intake_is_stopped_a_sender_waits_and_nothing_is_lost()
    {
        await using var world = await SessionWorld.StartAsync();
        using var socket = await SessionWorld.ConnectAsync(world.Tcp);
        world.Gate.Close("a full disk");
        await socket.SendAsync(Join(IpfixOf(7, 0, Teach, Data), IpfixOf(7, 1, Data)));
        await Until.IsSoAsync(() => world.Tcp.Octets > 0);
        Assert.Equal(0, world.Tcp.Messages);
        world.Clock.Advance(TimeSpan.FromHours(2)); // nobody is slow, or idle, who waits for us
        world.Gate.Open("a full disk");
        await Until.IsSoAsync(() => world.Tcp.Messages == 2);

        // And the wait is not counted against it afterwards.
        await SendAsync(world, socket, IpfixOf(7, 2, Data));
        world.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, world.Tcp.Open);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_gate_that_is_closed()
    {
        var world = await SessionWorld.StartAsync();
        using var socket = await SessionWorld.ConnectAsync(world.Tcp);
        world.Gate.Close("a full disk");
        var message = IpfixOf(7, 0, Teach, Data);
        await socket.SendAsync(message);
        await Until.IsSoAsync(() => world.Tcp.Octets > 0);

        await world.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((0, message.Length), (world.Tcp.Messages, world.Tcp.LostOctets));
        Assert.Equal(1, world.Tcp.Ended["stopped"]);
    }

    /// <summary>The first message is held until the next continues it, and over a connection no template comes again:
    /// so it is held whatever its length.</summary>
    [Fact]
    public async Task A_first_message_of_any_length_teaches()
    {
        await using var world = await SessionWorld.StartAsync();
        using var socket = await SessionWorld.ConnectAsync(world.Tcp);
        var many = Set(256, [.. Enumerable.Repeat(Join(U8(10, 0, 0, 1, 203, 0, 113, 9), U32(5)), 1_000)]);
        var first = IpfixOf(7, 0, Teach, many);
        Assert.True(first.Length > 9_216);
        await SendAsync(world, socket, first);
        await SendAsync(world, socket, IpfixOf(7, 1_000, Data));

        await Until.IsSoAsync(() => world.Tcp.Messages == 2);
        Assert.Equal(1_001, world.Told.Count(one => one == (FlowStanding.Doubtful, IpKey.Parse("10.0.0.1"))));
        Assert.Equal(0, world.Of(ExportTransport.Tcp).List().Single().UnknownTemplateSets);
    }

    [Fact]
    public async Task A_connection_that_there_is_no_room_for_is_ended_and_the_next_one_teaches()
    {
        await using var world = await SessionWorld.StartAsync();
        var held = (int)world.Corroborating.HeldOctets.Capacity;
        Assert.True(world.Corroborating.HeldOctets.TryTake(held));
        using (var socket = await SessionWorld.ConnectAsync(world.Tcp))
        {
            await socket.SendAsync(IpfixOf(7, 0, Teach, Data));
            await world.IsEndedAsync(world.Tcp, "no-room");
        }

        world.Corroborating.HeldOctets.Return(held);
        using var anew = await SessionWorld.ConnectAsync(world.Tcp);
        await SendAsync(world, anew, IpfixOf(7, 1, Teach, Data));
        await SendAsync(world, anew, IpfixOf(7, 2, Data));
        await Until.IsSoAsync(() => world.Tcp.Messages == 3);
        Assert.Equal(2, world.Told.Count(one => one.Standing == FlowStanding.Doubtful));
    }

    [Fact]
    public async Task An_exporter_whose_row_names_keys_comes_over_tls_alone()
    {
        await using var world = await SessionWorld.StartAsync();
        using var router = await SessionWorld.ConnectAsync(world.Tcp);
        await SendAsync(world, router, IpfixOf(7, 0, Teach, Data));
        world.Known.Replace(
            [new() { Network = Prefix.Parse("127.0.0.1"), Keys = ["sha256:" + new string('0', 64)] }]);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.IsEndedAsync(world.Tcp, "unlisted");

        using var again = await SessionWorld.KnockAsync(world.Tcp);
        await world.IsRefusedAsync(world.Tcp, "needs-tls");
        Assert.Equal(AdmissionFault.NeedsTls, Assert.Single(world.Known.List()).Fault);
    }

    /// <summary>Whole, in pieces, with a fault somewhere: what is whole before it is found, and nothing behind.</summary>
    [Fact]
    public void Framing_finds_what_is_whole() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        byte[][] messages =
        [
            .. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => IpfixOf(7, 0, new byte[random.Next(200)])),
        ];
        var isBad = random.Next(2) == 0;
        var tail = isBad ? U8(0, 9, 0, 40) : messages[0][..random.Next(messages[0].Length)];
        var stream = new System.Buffers.ReadOnlySequence<byte>(Join([.. messages, tail]));
        Assert.Equal(messages.Sum(one => one.Length), SessionFraming.WholeOf(stream, out var fault));
        Assert.Equal(isBad ? SessionFraming.NoIpfix : null, fault);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>Sends, and waits until it is taken.</summary>
    private static async Task SendAsync(SessionWorld world, Socket socket, byte[] message)
    {
        var decoder = world.Of(ExportTransport.Tcp);
        var exporter = IpKey.From(((System.Net.IPEndPoint)socket.LocalEndPoint!).Address);
        var before = Taken();
        await socket.SendAsync(message);
        await Until.IsSoAsync(() => Taken() > before);

        long Taken() => decoder.List().Where(one => one.Address == exporter).Sum(one => one.Datagrams);
    }
}
