// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Collecting.Sessions;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Collecting.Sessions;

/// <summary>What ends a lane, or all, leaves no connection waiting.</summary>
public sealed class SessionLaneTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);
    private static readonly IpKey Router = IpKey.Parse("192.0.2.1");

    private readonly SessionCounts _counts = new(ExportTransport.Tcp, new(IPAddress.Loopback, 0));
    private readonly KnownExporters _known = new(isOpen: false, [new() { Network = Prefix.Parse("192.0.2.1") }]);

    [Fact]
    public async Task A_handler_that_fails_lets_the_connection_go_whose_turn_it_was()
    {
        using var lane = new SessionLane(ExportTransport.Tcp, new IntakeGate());
        var running = lane.RunAsync(default(Failing), CancellationToken.None);
        var session = new Session(1, Router, new DefaultConnectionContext(), _counts, TimeProvider.System);
        var pipe = new Pipe();
        var message = IpfixOf(7, 0);
        await pipe.Writer.WriteAsync(message);

        await session.ReadAsync(pipe.Reader, lane).WaitAsync(Enough);
        await lane.EndAsync(session).WaitAsync(Enough);
        Assert.Equal(("stopped", message.Length), (session.Why, _counts.LostOctets));
        Assert.Equal("of a test", (await Assert.ThrowsAsync<FormatException>(() => running)).Message);
    }

    [Fact]
    public async Task The_end_of_a_connection_is_told_though_the_handler_fails()
    {
        using var lane = new SessionLane(ExportTransport.Tcp, new IntakeGate());
        var running = lane.RunAsync(default(Failing), CancellationToken.None);
        var session = new Session(1, Router, new DefaultConnectionContext(), _counts, TimeProvider.System);

        await lane.EndAsync(session).WaitAsync(Enough);
        _ = await Assert.ThrowsAsync<FormatException>(() => running);
    }

    [Fact]
    public void Once_all_are_cut_none_is_opened_any_more()
    {
        var book = new SessionBook(new SessionOptions(), _known, TimeProvider.System);
        var open = book.TryOpen(Router, new DefaultConnectionContext(), _counts, out var refused);
        Assert.Null(refused);
        book.Stop();
        Assert.Equal("stopped", open!.Why);
        Assert.Null(book.TryOpen(Router, new DefaultConnectionContext(), _counts, out refused));
        Assert.Equal("stopped", refused);
    }

    private readonly struct Failing : ISessionHandler
    {
        public string? OnMessage(ReadOnlySpan<byte> message, IpKey exporter, ushort session, long arrivedAtMs) =>
            throw new FormatException("of a test");

        public void OnSessionEnd(IpKey exporter, ushort session) => throw new FormatException("of a test");

        public void OnBatchEnd()
        {
        }
    }
}
