// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;

namespace Weir.Tests.Hosting.Outboxes;

/// <summary>What was handled is not handled again, over restarts, for as long as it is kept.</summary>
public sealed class SeenIdsTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Something_is_handled_once_also_after_a_restart()
    {
        var folder = new MemoryFolder();
        var handled = 0;
        using (var seen = Open(folder))
        {
            Assert.True(await seen.OnceAsync("event-1", Handle));
            Assert.False(await seen.OnceAsync("event-1", Handle));
            Assert.True(await seen.OnceAsync("event-2", Handle));
        }

        using var again = Open(folder.AfterPowerLoss(new Random(1)));
        Assert.False(await again.OnceAsync("event-1", Handle));
        Assert.True(again.Contains("event-2"));
        Assert.False(again.Contains("event-3"));
        Assert.Equal(2, handled);

        Task Handle()
        {
            handled++;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Of_two_at_once_the_second_waits_for_the_first()
    {
        using var seen = Open(new MemoryFolder());
        var gate = new TaskCompletionSource();
        var first = seen.OnceAsync("event-1", () => gate.Task);
        var second = seen.OnceAsync("event-1", () => Task.CompletedTask);
        Assert.False(second.IsCompleted);

        gate.SetResult();

        Assert.True(await first);
        Assert.False(await second);
    }

    [Fact]
    public async Task What_could_not_be_handled_is_not_remembered()
    {
        using var seen = Open(new MemoryFolder());

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => seen.OnceAsync("event-1", () => throw new InvalidOperationException("later")));
        Assert.True(await seen.OnceAsync("event-1", () => Task.CompletedTask));
    }

    [Fact]
    public void Ids_are_kept_their_time_and_not_much_longer_and_their_files_go()
    {
        var folder = new MemoryFolder();
        using var seen = Open(folder, new() { Retention = TimeSpan.FromHours(8) });
        for (var hour = 0; hour < 48; hour++)
        {
            seen.Add([$"at-{hour}", $"at-{hour}", $"too-{hour}"]);
            Assert.True(seen.Contains($"at-{Math.Max(0, hour - 8)}"));
            Assert.True(hour < 11 || !seen.Contains($"at-{hour - 11}"));
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.InRange(folder.Names().Count, 8, 11);
        using var again = Open(folder.AfterKill(), new() { Retention = TimeSpan.FromHours(8) });
        Assert.Equal(seen.Count, again.Count);
        _clock.Advance(TimeSpan.FromDays(2));
        again.Forget();
        Assert.Equal(0, again.Count);
    }

    [Fact]
    public void Too_many_ids_push_out_the_oldest_and_are_counted()
    {
        var folder = new MemoryFolder();
        using var seen = Open(folder, new() { Retention = TimeSpan.FromHours(8), MaxIds = 100 });
        for (var hour = 0; hour < 6; hour++)
        {
            seen.Add(Enumerable.Range(0, 30).Select(i => $"{hour}-{i}"));
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(90, seen.Count);
        Assert.Equal(90, seen.ForgottenEarly);
        Assert.False(seen.Contains("0-0"));
        Assert.True(seen.Contains("5-29"));
    }

    [Fact]
    public void A_file_torn_at_any_octet_keeps_every_whole_id()
    {
        var folder = new MemoryFolder();
        using (var seen = Open(folder))
        {
            seen.Add(["a", "b", "c"]);
        }

        var name = folder.Names()[0];
        for (var cut = 0; cut <= 60; cut++)
        {
            var torn = folder.AfterKill();
            using (var file = torn.OpenFile(name))
            {
                file.Cut(cut);
            }

            using (var again = Open(torn))
            {
                Assert.Equal(cut / 20, again.Count);
                again.Add(["d"]);
            }

            using var third = Open(torn.AfterKill());
            Assert.Equal((cut / 20) + 1, third.Count);
        }
    }

    [Fact]
    public void A_disk_that_refuses_remembers_nothing()
    {
        var folder = new MemoryFolder { Capacity = 30 };
        using var seen = Open(folder);
        seen.Add(["a"]);

        Assert.Throws<IOException>(() => seen.Add(["b"]));
        Assert.False(seen.Contains("b"));
        folder.Capacity = 1_000;
        seen.Add(["b"]);
        using var again = Open(folder.AfterKill());
        Assert.Equal(2, again.Count);
    }

    private SeenIds Open(MemoryFolder folder, SeenIdsOptions? options = null) =>
        SeenIds.Open(folder, options ?? new(), _clock);
}
