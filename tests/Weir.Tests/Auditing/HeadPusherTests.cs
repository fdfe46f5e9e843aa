// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Outside;
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;
using Weir.Hosting.Health;
using Weir.Tests.Support;

namespace Weir.Tests.Auditing;

/// <summary>Heads leave as they are signed; who was away gets the newest alone.</summary>
public sealed class HeadPusherTests : IDisposable
{
    private readonly AuditFixture _place = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_newest_head_goes_out_and_one_way_that_is_closed_holds_up_no_other()
    {
        await using var log = _place.Open();
        List<TreeHead> open = [], closed = [];
        var isClosed = true;
        HeadChannel[] channels =
        [
            new("open", TimeSpan.FromSeconds(10), (head, _) => Take(open, head)),
            new("closed", TimeSpan.FromSeconds(10), (head, _) => isClosed
                ? throw new ChannelException("syslog: siem:6514 cannot be reached", isForGood: false)
                : Take(closed, head)),
        ];
        var pusher = new HeadPusher(() => log.Newest, channels, _clock, NullLogger<HeadPusher>.Instance);
        using var stop = new CancellationTokenSource();
        var running = pusher.RunAsync(stop.Token);

        await UntilAsync(() => open.Count == 1 && pusher.Check().State == HealthState.Degraded);
        Assert.Equal(TreeHeadReason.Start, open[0].Kind);
        Assert.Contains("by closed: syslog: siem:6514", pusher.Check().Reason, StringComparison.Ordinal);

        await AuditFixture.AppendAsync(log, 120);
        await UntilAsync(() => open.Count == 2);
        await AuditFixture.AppendAsync(log, 120);
        await UntilAsync(() => open.Count == 3);
        isClosed = false;
        await UntilAsync(() => closed.Count == 1 && pusher.Check().State == HealthState.Ok);

        Assert.Equal(log.Newest.Signature, Assert.Single(closed).Signature);
        Assert.Equal(log.Newest.Signature, open[^1].Signature);
        Assert.Equal([3L, 1L], pusher.States.Select(one => one.State.Sent));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_script_gets_the_head_as_it_was_signed()
    {
        await using var log = _place.Open();
        var got = _place.Beside("got");
        var script = _place.Beside("keep");
        File.WriteAllText(script, $"#!/bin/sh\ncat > {got}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var channel = Assert.Single(HeadChannel.Open(
            new() { Channels = [new() { Name = "keep", Kind = ChannelKind.Script, Program = script }] }, "store",
            TimeProvider.System));

        await channel.SendAsync(log.Newest, default);

        using var sent = JsonDocument.Parse(File.ReadAllText(got));
        Assert.Equal("weir.head/1", sent.RootElement.GetProperty("schema").GetString());
        Assert.Equal("store", sent.RootElement.GetProperty("record").GetString());
        Assert.Equal(log.Newest.ToString(), sent.RootElement.GetProperty("head").GetRawText());
        var verified = _place.Verify(got);
        Assert.Equal((true, 1L), (verified.IsSound, verified.Compared));
    }

    [Theory]
    [InlineData("{ name: a, kind: syslog, host: siem }", "by which nobody learns whether a head came")]
    [InlineData("{ name: a, kind: syslog, host: siem, way: tls, form: cef }", "has no place for a head")]
    [InlineData("{ name: a, kind: mail, from: a@isp.example, to: b@isp.example }", "without it no mail can be sent")]
    public void A_way_by_which_no_head_can_be_kept_is_refused(string channel, string words)
    {
        var reading = ConfigurationReader.Read<OutsideOptions>($"channels:\n  - {channel}\n", _ => null);

        Assert.Contains(reading.Faults, fault => fault.Sentence.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Mail_comes_once_an_hour_at_most()
    {
        var channel = Assert.Single(HeadChannel.Open(
            new()
            {
                Channels = [new() { Name = "auditor", Kind = ChannelKind.Mail, From = "a@isp.example", To = "b@isp.example" }],
                Smtp = new() { Host = "mail.isp.example" },
            },
            "desk", TimeProvider.System));

        Assert.Equal(TimeSpan.FromHours(1), channel.Every);
    }

    private static Task Take(List<TreeHead> taken, TreeHead head)
    {
        taken.Add(head);
        return Task.CompletedTask;
    }

    private Task UntilAsync(Func<bool> isSo) => Until.IsSoAsync(() =>
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        return isSo();
    });
}
