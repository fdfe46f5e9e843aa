// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;

namespace Weir.Tests.Hosting.Outboxes;

/// <summary>What an outbox takes, keeps, delivers and refuses.</summary>
public sealed class OutboxTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Logged _logged = new();
    private readonly Counted _counted = new();

    public void Dispose() => _counted.Dispose();

    [Fact]
    public async Task Items_come_out_as_they_went_in_in_order_and_are_gone_when_acknowledged()
    {
        var folder = new MemoryFolder();
        await using var outbox = Open(folder);
        for (var i = 0; i < 700; i++)
        {
            Append(outbox, i);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(700, outbox.State.Waiting);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), outbox.State.Oldest);
        var (pump, got) = Receiver(outbox, folder);
        Assert.True(await pump.StepAsync(default));
        Assert.Equal(256, got.Count);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 4, 16, TimeSpan.Zero), outbox.State.Oldest);
        while (await pump.StepAsync(default))
        {
        }

        Assert.Equal(Enumerable.Range(0, 700).Select(Text), got.Select(
            item => Encoding.UTF8.GetString(item.Octets.Span)));
        Assert.Equal(Enumerable.Range(0, 700).Select(i => $"id-{i}"), got.Select(item => item.Id));
        Assert.Equal((0, null), (outbox.State.Waiting, outbox.State.Oldest));
    }

    [Fact]
    public async Task What_was_not_acknowledged_comes_again_after_a_restart_and_the_rest_does_not()
    {
        var folder = new MemoryFolder();
        await using (var outbox = Open(folder))
        {
            Enumerable.Range(0, 1_000).ToList().ForEach(i => Append(outbox, i));
            var (pump, _) = Receiver(outbox, folder, take: 100);
            await pump.StepAsync(default);
            await pump.StepAsync(default);
        }

        var left = folder.AfterKill();
        await using var again = Open(left);
        Assert.Equal(800, again.State.Waiting);
        var (rest, got) = Receiver(again, left);
        while (await rest.StepAsync(default))
        {
        }

        Assert.Equal(Enumerable.Range(200, 800).Select(i => $"id-{i}"), got.Select(item => item.Id));
    }

    [Fact]
    public async Task Files_roll_and_go_when_they_are_delivered()
    {
        var folder = new MemoryFolder();
        await using var outbox = Open(folder,
            new() { Name = "events", SegmentOctets = 4_096, MaxItemOctets = 1_000,
            MaxOctets = 1 << 20, CommitsInline = true });
        Enumerable.Range(0, 1_000).ToList().ForEach(i => Append(outbox, i));
        var full = outbox.State.Octets;
        Assert.True(folder.Names().Count > 5);

        var (pump, _) = Receiver(outbox, folder);
        while (await pump.StepAsync(default))
        {
        }

        Assert.True(folder.Names().Count <= 2, string.Join(' ', folder.Names()));
        Assert.True(outbox.State.Octets < 4_096 && full > 20_000);
        Append(outbox, 1);
        Assert.Equal(1, outbox.State.Waiting);
    }

    [Fact]
    public async Task When_it_is_full_it_says_so_takes_nothing_and_takes_again_when_an_eighth_is_free()
    {
        var folder = new MemoryFolder();
        var options = new OutboxOptions { Name = "events", SegmentOctets = 2_048, MaxItemOctets = 1_000,
            MaxOctets = 16_384, CommitsInline = true };
        await using var outbox = Open(folder, options);
        OutboxMetrics.Register(_counted.Meters, outbox.Name, () => outbox.State, _clock);
        var taken = 0;
        while (outbox.TryAppend($"id-{taken}", new byte[100]) is { Outcome: AppendOutcome.Taken })
        {
            taken++;
        }

        Assert.True(outbox.State is { IsFull: true, Refused: 1, Octets: <= 16_384 and > 16_000 }, $"{outbox.State}");
        Assert.Equal(AppendOutcome.Full, outbox.TryAppend("more", new byte[100]).Outcome);
        Assert.Single(_logged.Of(13204));
        Assert.Equal(1, _counted["weir.outbox.full{outbox=events}"]);
        Assert.Equal(2, _counted["weir.outbox.refused{outbox=events}"]);
        Assert.Equal(taken, _counted["weir.outbox.waiting{outbox=events}"]);

        var (pump, got) = Receiver(outbox, folder, take: 10);
        while (outbox.State.IsFull)
        {
            Assert.True(await pump.StepAsync(default));
        }

        Assert.True(outbox.State.Octets <= 16_384 / 8 * 7);
        Assert.Single(_logged.Of(13205));
        Assert.Equal(AppendOutcome.Taken, outbox.TryAppend("now", new byte[100]).Outcome);
        while (await pump.StepAsync(default))
        {
        }

        Assert.Equal(taken + 1, got.Count);
    }

    [Fact]
    public async Task An_item_or_an_id_beyond_its_bound_is_not_taken()
    {
        await using var outbox = Open(new MemoryFolder());

        Assert.Equal(AppendOutcome.TooLarge, outbox.TryAppend("a", new byte[(1 << 20) + 1]).Outcome);
        Assert.Equal(AppendOutcome.Taken, outbox.TryAppend("a", new byte[1 << 20]).Outcome);
        Assert.Equal(AppendOutcome.Taken, outbox.TryAppend(new string('ä', 100), []).Outcome);
        Assert.Throws<ArgumentException>(() => outbox.TryAppend("", []));
        Assert.Throws<ArgumentException>(() => outbox.TryAppend(new string('ä', 101), []));
    }

    [Fact]
    public async Task A_delivery_that_fails_is_tried_again_after_a_wait_that_doubles_and_nothing_is_lost()
    {
        var folder = new MemoryFolder();
        await using var outbox = Open(folder);
        Append(outbox, 1);
        var tries = 0;
        var done = new TaskCompletionSource();
        var pump = new OutboxPump(outbox, folder, Try, _clock, _logged);
        using var stop = new CancellationTokenSource();
        var running = pump.RunAsync(stop.Token);

        foreach (var (wait, expected) in new[] { (0.0, 1), (0.19, 1), (0.01, 2), (0.39, 2), (0.01, 3), (0.8, 4) })
        {
            _clock.Advance(TimeSpan.FromSeconds(wait));
            Assert.Equal(expected, tries);
        }

        await done.Task;
        await stop.CancelAsync();
        await running;
        Assert.Equal((0, null), (outbox.State.Waiting, outbox.State.DeliveryFault));
        Assert.Single(_logged.Of(13206));
        Assert.Single(_logged.Of(13207));

        Task<Delivered> Try(IReadOnlyList<OutboxItem> batch, CancellationToken cancel)
        {
            if (++tries < 4)
            {
                throw new IOException("the desk is down");
            }

            done.SetResult();
            return Task.FromResult(new Delivered(batch.Count));
        }
    }

    [Fact]
    public async Task An_item_refused_for_good_is_set_aside_and_the_next_ones_go_on()
    {
        var folder = new MemoryFolder();
        await using var outbox = Open(folder);
        Enumerable.Range(0, 5).ToList().ForEach(i => Append(outbox, i));
        List<string> got = [];
        var pump = new OutboxPump(outbox, folder, Take, _clock, _logged);
        while (await pump.StepAsync(default))
        {
        }

        Assert.Equal(["id-0", "id-1", "id-3", "id-4"], got);
        Assert.Equal((0, 1), (outbox.State.Waiting, outbox.State.SetAside));
        Assert.Contains("refused", folder.Names());
        Assert.Contains("id-2 is refused for good (bad-signature)", Assert.Single(_logged.Of(13208)),
            StringComparison.Ordinal);

        Task<Delivered> Take(IReadOnlyList<OutboxItem> batch, CancellationToken cancel)
        {
            var good = batch.TakeWhile(item => item.Id != "id-2").Select(item => item.Id).ToList();
            got.AddRange(good);
            return Task.FromResult(new Delivered(good.Count, good.Count < batch.Count ? "bad-signature" : null));
        }
    }

    [Fact]
    public async Task Many_appends_share_few_syncs()
    {
        var folder = new MemoryFolder();
        using var disk = new ManualResetEventSlim();
        await using var outbox = Open(folder, new() { Name = "events" });
        folder.OnSync = disk.Wait;
        var appends = Enumerable.Range(0, 2_000).Select(i => outbox.TryAppend($"id-{i}", "x"u8).Durable).ToList();
        Assert.All(appends, append => Assert.False(append.IsCompleted));

        disk.Set();
        await Task.WhenAll(appends);

        Assert.True(folder.Syncs <= 5, $"{folder.Syncs} syncs");
        Assert.Equal(2_000, outbox.State.Waiting);
    }

    [Fact]
    public async Task What_the_disk_refuses_is_not_kept_and_the_next_write_succeeds()
    {
        var folder = new MemoryFolder { Capacity = 2_000 };
        await using var outbox = Open(folder);
        var taken = 0;
        Task last;
        while ((last = outbox.TryAppend($"id-{taken}", new byte[50]).Durable).IsCompletedSuccessfully)
        {
            taken++;
        }

        var refused = await Assert.ThrowsAsync<IOException>(() => last);
        Assert.Contains("the outbox events in 'memory' cannot be written: No space left on device; free its disk",
            refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, outbox.State.DiskFault);
        Assert.Equal(taken, outbox.State.Waiting);

        folder.Capacity = 100_000;
        await outbox.TryAppend("again", new byte[50]).Durable;
        Assert.Null(outbox.State.DiskFault);
        var (pump, got) = Receiver(outbox, folder);
        while (await pump.StepAsync(default))
        {
        }

        Assert.Equal([.. Enumerable.Range(0, taken).Select(i => $"id-{i}"), "again"], got.Select(item => item.Id));
    }

    [Fact]
    public async Task A_full_disk_at_the_turn_of_a_file_loses_nothing()
    {
        var folder = new MemoryFolder();
        await using var outbox = Open(folder,
            new() { Name = "events", SegmentOctets = 1_024, MaxItemOctets = 500,
            MaxOctets = 1 << 20, CommitsInline = true });
        while (outbox.State.Octets < 950)
        {
            Append(outbox, (int)outbox.State.Waiting);
        }

        var before = outbox.State.Waiting;
        folder.Capacity = 0;
        await Assert.ThrowsAsync<IOException>(() => outbox.TryAppend("lost", new byte[200]).Durable);
        await Assert.ThrowsAsync<IOException>(() => outbox.TryAppend("lost too", new byte[200]).Durable);
        var (pump, got) = Receiver(outbox, folder, take: 3);
        folder.Capacity = 1 << 20;
        await outbox.TryAppend("next", new byte[200]).Durable;
        while (await pump.StepAsync(default))
        {
        }

        Assert.Equal([.. Enumerable.Range(0, (int)before).Select(i => $"id-{i}"), "next"], got.Select(item => item.Id));
    }

    [Fact]
    public async Task Octets_that_the_disk_gives_back_wrong_cost_the_items_they_are_of_and_are_counted()
    {
        var folder = new MemoryFolder();
        var options = new OutboxOptions { Name = "events", SegmentOctets = 2_048, MaxItemOctets = 500,
            MaxOctets = 1 << 20, CommitsInline = true };
        await using (var outbox = Open(folder, options))
        {
            Enumerable.Range(0, 200).ToList().ForEach(i => Append(outbox, i));
        }

        var first = folder.Names()[0];
        using (var file = folder.OpenFile(first))
        {
            file.Write(1_000, [0xFF, 0xFF, 0xFF, 0xFF]);
        }

        await using var again = Open(folder, options);
        var (pump, got) = Receiver(again, folder);
        while (await pump.StepAsync(default))
        {
        }

        Assert.InRange(again.State.Damaged, 1, 2);
        Assert.Equal(200, got.Count + again.State.Damaged);
        Assert.Equal(0, again.State.Waiting);
        Assert.Equal("id-199", got[^1].Id);
        Assert.Contains(first + ".bad", folder.Names());
        Assert.Single(_logged.Of(13202));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(100)]
    public async Task Damage_inside_the_file_that_grows_is_told_kept_and_costs_nothing_that_is_whole(long at)
    {
        var folder = new MemoryFolder();
        await using (var outbox = Open(folder))
        {
            Enumerable.Range(0, 10).ToList().ForEach(i => Append(outbox, i));
        }

        var name = Assert.Single(folder.Names(), one => one.EndsWith(".open", StringComparison.Ordinal));
        using (var file = folder.OpenFile(name))
        {
            file.Write(at, [0xDE, 0xAD, 0xBE, 0xEF]);
        }

        var lost = at == 0 ? 0 : 1; // the file's head is no item
        await using var again = Open(folder);
        Assert.Equal((10 - lost, lost, 0), (again.State.Waiting, again.State.Damaged, again.State.TornOctets));
        Assert.Equal(lost, _logged.Of(13202).Count);
        Append(again, 10);
        var (pump, got) = Receiver(again, folder, take: 3);
        while (await pump.StepAsync(default))
        {
        }

        Assert.Equal(11 - lost, got.Count);
        Assert.Equal(got.OrderBy(item => int.Parse(item.Id[3..], CultureInfo.InvariantCulture)), got);
        Assert.Equal("id-10", got[^1].Id);
        Assert.Equal(lost == 1, folder.Names().Contains(name + ".bad"));
        Append(again, 11);
        Assert.Equal(1, again.State.Waiting);
    }

    [Fact]
    public async Task Damage_in_what_was_acknowledged_holds_up_nothing()
    {
        var folder = new MemoryFolder();
        await using (var outbox = Open(folder))
        {
            Enumerable.Range(0, 10).ToList().ForEach(i => Append(outbox, i));
            await Receiver(outbox, folder, take: 5).Pump.StepAsync(default);
        }

        using (var file = folder.OpenFile("000000000001.open"))
        {
            file.Write(40, [0xDE, 0xAD, 0xBE, 0xEF]);
        }

        await using var again = Open(folder);
        var (pump, got) = Receiver(again, folder);
        while (await pump.StepAsync(default))
        {
        }

        Assert.Equal(Enumerable.Range(5, 5).Select(i => $"id-{i}"), got.Select(item => item.Id));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_with_a_sentence()
    {
        Assert.Throws<InvalidDataException>(() => Open(
            new MemoryFolder(), new() { Name = "events", MaxOctets = 1_000 }));
        Assert.Throws<InvalidDataException>(() => Open(
            new MemoryFolder(), new() { Name = "events", SegmentOctets = 10 }));
        Assert.Empty(new OutboxOptions { Name = "events" }.Validate());
    }

    internal static string Text(int i) => string.Create(CultureInfo.InvariantCulture, $"item {i}");

    private static void Append(Outbox outbox, int i)
    {
        var append = outbox.TryAppend($"id-{i}", Encoding.UTF8.GetBytes(Text(i)));
        Assert.Equal(AppendOutcome.Taken, append.Outcome);
        Assert.True(append.Durable.IsCompletedSuccessfully);
    }

    private Outbox Open(MemoryFolder folder, OutboxOptions? options = null) =>
        Outbox.Open(folder, options ?? new() { Name = "events", CommitsInline = true }, _clock, _logged);

    private (OutboxPump Pump, List<OutboxItem> Got) Receiver(
        Outbox outbox, MemoryFolder folder, int take = int.MaxValue)
    {
        List<OutboxItem> got = [];
        return (new OutboxPump(outbox, folder, Take, _clock, _logged), got);

        Task<Delivered> Take(IReadOnlyList<OutboxItem> batch, CancellationToken cancel)
        {
            var taken = batch.Take(take).ToList();
            got.AddRange(taken);
            return Task.FromResult(new Delivered(taken.Count));
        }
    }
}
