// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Desk.Alerts;
using Weir.Hosting.Channels;
using Weir.Tests.Support;

namespace Weir.Tests.Notifying;

public sealed class AlertSenderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-alerts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_alert_goes_by_every_channel_once_whoever_tells_it_again()
    {
        var (one, other) = (new FakeAlertChannel("one"), new FakeAlertChannel("other"));
        using var place = await PlaceAsync([one, other]);
        place.Run();

        Assert.True(await place.Sender.EnqueueAsync(Made("a"), default));
        Assert.False(await place.Sender.EnqueueAsync(Made("a"), default));
        Assert.True(await place.Sender.EnqueueAsync(Made("b"), default));
        await Until.IsSoAsync(() => place.Sender.ChannelStatuses.All(s => s.Sent == 2));

        Assert.Equal(["a", "b"], one.Taken.Select(a => a.Id));
        Assert.Equal(["a", "b"], other.Taken.Select(a => a.Id));
        Assert.Equal("x", one.Taken.First().Words["rule"]);
        Assert.Equal(Severity.Warning, one.Taken.First().Severity);
    }

    [Fact]
    public async Task A_channel_that_is_away_is_tried_until_it_is_back_and_holds_up_no_other()
    {
        var (good, away) = (
            new FakeAlertChannel("good"),
            new FakeAlertChannel("away") { Fault = new ChannelException("away: not there", isForGood: false) });
        using var place = await PlaceAsync([good, away]);
        place.Run();
        _ = await place.Sender.EnqueueAsync(Made("a"), default);
        await Until.IsSoAsync(() => good.Taken.Count == 1 && away.Tries >= 3);

        Assert.Equal("away: not there", place.Sender.ChannelStatuses[1].Fault);
        Assert.Equal(1, place.Sender.ChannelStatuses[1].Waiting);
        away.Fault = null;
        await Until.IsSoAsync(() => place.Sender.ChannelStatuses[1] is { Sent: 1, Waiting: 0, Fault: "" });
        Assert.Single(away.Taken);
    }

    [Fact]
    public async Task What_is_refused_for_good_or_too_old_is_given_up_and_counted()
    {
        var channel = new FakeAlertChannel("one") { Fault = new ChannelException("no", isForGood: true) };
        using var place = await PlaceAsync([channel]);
        place.Run();
        _ = await place.Sender.EnqueueAsync(Made("a"), default);
        await Until.IsSoAsync(() => place.Sender.ChannelStatuses[0].GivenUp == 1);
        Assert.Equal(1, channel.Tries);

        channel.Fault = new ChannelException("later", isForGood: false);
        _ = await place.Sender.EnqueueAsync(
            Made("old") with { At = TimeProvider.System.GetUtcNow().AddDays(-4) }, default);
        await Until.IsSoAsync(() => place.Sender.ChannelStatuses[0].GivenUp == 2);
        Assert.Equal(0, place.Sender.ChannelStatuses[0].Waiting);
    }

    [Fact]
    public async Task What_waited_or_was_held_at_a_stop_goes_out_after_the_next_start()
    {
        using (var before = await PlaceAsync([new FakeAlertChannel("one")], o => o with { MaxPerKind = 2 }))
        {
            foreach (var id in new[] { "a", "b", "c", "d" })
            {
                Assert.True(await before.Sender.EnqueueAsync(Made(id), default));
            }
        }

        var channel = new FakeAlertChannel("one");
        using var after = await PlaceAsync([channel], o => o with { MaxPerKind = 2 });
        Assert.Equal((4, 2, 2), (
            after.Sender.ChannelStatuses[0].Taken, after.Sender.ChannelStatuses[0].Held,
            after.Sender.ChannelStatuses[0].Waiting));
        after.Run();
        await after.Sender.DigestAsync(default);
        await Until.IsSoAsync(() => channel.Taken.Count == 3);

        Assert.Equal(["a", "b", "digest"], channel.Taken.Select(a => a.Kind == "digest" ? a.Kind : a.Id));
        Assert.Equal("2", channel.Taken.Last().Words["case-opened"]);
        Assert.False(await after.Sender.EnqueueAsync(Made("c"), default));
    }

    [Fact]
    public async Task What_waits_for_a_channel_that_is_no_more_is_dropped_and_counted()
    {
        using (var before = await PlaceAsync([new FakeAlertChannel("one"), new FakeAlertChannel("gone")]))
        {
            _ = await before.Sender.EnqueueAsync(Made("a"), default);
        }

        using var after = await PlaceAsync([new FakeAlertChannel("one")]);
        Assert.Equal(1, Assert.Single(after.Sender.ChannelStatuses).Waiting);
        Assert.Equal(1, await after.Journal.ForgetAsync(DateTimeOffset.UnixEpoch, [], default));
        Assert.Null(await after.Journal.NextAsync("one", default));
    }

    [Fact]
    public async Task What_was_told_before_does_not_count_towards_a_storm()
    {
        using (var before = await PlaceAsync([new FakeAlertChannel("one")]))
        {
            foreach (var id in new[] { "a", "b", "c" })
            {
                _ = await before.Sender.EnqueueAsync(Made(id), default);
            }
        }

        using var after = await PlaceAsync([new FakeAlertChannel("one")], o => o with { MaxPerKind = 1 });
        foreach (var id in new[] { "a", "b", "c" })
        {
            Assert.False(await after.Sender.EnqueueAsync(Made(id), default));
        }

        Assert.True(await after.Sender.EnqueueAsync(Made("d"), default));
        Assert.Equal(0, after.Sender.ChannelStatuses[0].Held);
    }

    [Fact]
    public async Task Storms_of_any_kinds_add_up() // how many of what, whatever comes in which order
    {
        var runs = 0;
        foreach (var kinds in Gen.Elements("case-opened", "case-closed", "block-over").ListOf().Sample(8, 30))
        {
            var channel = new FakeAlertChannel("one");
            using var place = await PlaceAsync(
                [channel], o => o with { MaxPerKind = 3, Window = TimeSpan.FromHours(1) }, $"storm{++runs}");
            foreach (var (i, kind) in kinds.Index())
            {
                _ = await place.Sender.EnqueueAsync(Made($"{kind}-{i}") with { Kind = kind }, default);
            }

            var held = kinds.GroupBy(k => k).ToDictionary(g => g.Key, g => Math.Max(0, g.Count() - 3));
            Assert.Equal(held.Values.Sum(), place.Sender.ChannelStatuses[0].Held);
            Assert.Equal(kinds.Count, place.Sender.ChannelStatuses[0].Taken);
            Assert.Equal(kinds.Count - held.Values.Sum(), place.Sender.ChannelStatuses[0].Waiting);
            Assert.Equal(
                held.Where(h => h.Value > 0).OrderBy(h => h.Key).Select(h => (h.Key, (long)h.Value)),
                (await place.Journal.HeldAsync(default)).Select(h => (h.Kind, h.Alerts)).OrderBy(h => h.Kind));
        }
    }

    [Fact]
    public async Task One_alert_that_is_never_taken_does_not_stand_before_the_others()
    {
        var channel = new FakeAlertChannel("one") { Refuses = "poison" };
        using var place = await PlaceAsync([channel]);
        _ = await place.Sender.EnqueueAsync(Made("poison"), default);
        _ = await place.Sender.EnqueueAsync(Made("a"), default);
        _ = await place.Sender.EnqueueAsync(Made("b"), default);
        place.Run();

        await Until.IsSoAsync(() => channel.Taken.Count == 2);
        Assert.Equal(["a", "b"], channel.Taken.Select(a => a.Id));
        await Until.IsSoAsync(() => place.Sender.ChannelStatuses[0].Waiting == 1);
    }

    [Fact]
    public void Waits_grow_to_a_bound_and_are_never_quite_the_same() => Prop.ForAll(
        Gen.Choose(1, 200).ToArbitrary(),
        failures =>
        {
            var backOff = new BackOff(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), new Random(failures));
            var wait = backOff.After(failures).TotalSeconds;
            var whole = Math.Min(900, 5 * Math.Pow(2, Math.Min(40, failures - 1)));
            Assert.InRange(wait, whole / 2, Math.Min(900, whole * 1.5));
        }).QuickCheckThrowOnFailure();

    private static Alert Made(string id) => new()
    {
        Id = id,
        At = TimeProvider.System.GetUtcNow(),
        Kind = "case-opened",
        Severity = Severity.Warning,
        Text = id,
        Case = new(7),
        Words = new Dictionary<string, string> { ["rule"] = "x" },
    };

    private async Task<AlertSenderFixture> PlaceAsync(
        IAlertChannel[] channels, Func<AlertOptions, AlertOptions>? with = null, string name = "alerts")
    {
        var options = new AlertOptions
        {
            FirstWait = TimeSpan.FromMilliseconds(5),
            LongestWait = TimeSpan.FromMilliseconds(20),
            MaxPerMinute = 10_000
        };
        var journal = AlertJournal.Open(Path.Combine(_folder, name), TimeProvider.System);
        return new(journal, await AlertSender.OpenAsync(
            journal, [.. channels], with is null ? options : with(options), TimeProvider.System,
            NullLogger<AlertSender>.Instance, default));
    }

    private sealed class AlertSenderFixture(AlertJournal journal, AlertSender sender) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task _running = Task.CompletedTask;

        public AlertSender Sender => sender;

        public AlertJournal Journal => journal;

        public void Run() => _running = sender.RunAsync(_stop.Token);

        public void Dispose()
        {
            _stop.Cancel();
            _ = _running.ContinueWith(_ => { }, TaskScheduler.Default).Wait(TimeSpan.FromSeconds(60));
            sender.Dispose();
            journal.Dispose();
            _stop.Dispose();
        }
    }

    private sealed class FakeAlertChannel(string name) : IAlertChannel
    {
        private volatile ChannelException? _fault;
        private int _tries;

        public string Name => name;

        public ChannelException? Fault { get => _fault; set => _fault = value; }

        public string Refuses { get; init; } = "";

        public int Tries => Volatile.Read(ref _tries);

        public ConcurrentQueue<Alert> Taken { get; } = new();

        public Task SendAsync(Alert alert, CancellationToken cancel)
        {
            _ = Interlocked.Increment(ref _tries);
            if (_fault is { } fault)
            {
                throw fault;
            }

            if (alert.Id == Refuses)
            {
                throw new ChannelException("not this one", isForGood: false);
            }

            Taken.Enqueue(alert);
            return Task.CompletedTask;
        }
    }
}
