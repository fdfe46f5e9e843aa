// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Desk.Lists.Fetching;
using Weir.Tests.Support;

namespace Weir.Tests.Matching.Fetching;

public sealed class FetchScheduleTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 29, 6, 0, 0, TimeSpan.Zero);
    private static readonly FetchResult _good = new(FetchOutcome.Unchanged, 0, 0, "");
    private static readonly FetchResult _bad = new(FetchOutcome.Failed, 0, 0, "no");

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void A_period_is_a_tenth_more_or_less_and_failures_are_tried_again_sooner(double random)
    {
        var hour = TimeSpan.FromHours(1);
        Assert.InRange(FetchSchedule.Next(_good, 0, hour, _now, random) - _now, 0.9 * hour, 1.1 * hour);
        Assert.InRange(
            FetchSchedule.Next(_bad, 1, hour, _now, random) - _now, TimeSpan.FromSeconds(54), TimeSpan.FromSeconds(66));
        Assert.InRange(
            FetchSchedule.Next(_bad, 3, hour, _now, random) - _now, TimeSpan.FromSeconds(216), TimeSpan.FromSeconds(264));
        Assert.InRange(FetchSchedule.Next(_bad, 1_000, hour, _now, random) - _now, 0.9 * hour, 1.1 * hour);
    }

    [Fact]
    public void A_publisher_that_asks_for_rest_gets_it_a_day_at_most()
    {
        var hour = TimeSpan.FromHours(1);
        var busy = _bad with { RetryAfter = TimeSpan.FromHours(3) };
        Assert.Equal(_now.AddHours(3), FetchSchedule.Next(busy, 1, hour, _now, 0.5));
        Assert.Equal(
            _now.AddDays(1), FetchSchedule.Next(busy with { RetryAfter = TimeSpan.FromDays(300) }, 1, hour, _now, 0.5));
    }

    [Fact]
    public void After_a_start_what_was_fetched_lately_waits_and_the_rest_is_fetched_at_once()
    {
        var hour = TimeSpan.FromHours(1);
        Assert.Equal(_now, FetchSchedule.First(null, hour, _now, 0.5));
        Assert.Equal(_now, FetchSchedule.First(_now.AddHours(-2), hour, _now, 0.5));
        Assert.Equal(_now.AddMinutes(20), FetchSchedule.First(_now.AddMinutes(-40), hour, _now, 0.5));
        Assert.Equal(_now, FetchSchedule.First(_now.AddYears(2), hour, _now, 0.5));
    }

    [Fact]
    public async Task Lists_are_fetched_when_they_are_due_and_read_when_they_changed()
    {
        await using var server = await FeedServer.StartAsync();
        var time = new FakeTimeProvider(_now);
        var read = 0;
        using var fetching = new ListFetching(
            new ListFetcher(time), () => Interlocked.Increment(ref read), time, NullLogger<ListFetching>.Instance);
        fetching.Follow([server.Source() with { Period = TimeSpan.FromHours(1) }]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = fetching.RunAsync(stop.Token);

        async Task UntilAsync(FetchOutcome outcome, int asked) => await Until.IsSoAsync(
            () => Task.FromResult(server.Asked.Count == asked && fetching.States[0].Last?.Outcome == outcome),
            $"{outcome} after {asked}", TimeSpan.FromMilliseconds(20), () => fetching.States[0].ToString());

        await UntilAsync(FetchOutcome.Replaced, 1);
        Assert.Equal(1, Volatile.Read(ref read));
        Assert.InRange(fetching.States[0].NextAt, _now.AddMinutes(54), _now.AddMinutes(66));

        time.Advance(TimeSpan.FromMinutes(67));
        await UntilAsync(FetchOutcome.Unchanged, 2);
        server.Body = "<html>";
        var asked = await fetching.FetchNowAsync(["ours"], stop.Token);
        Assert.Equal(FetchOutcome.Failed, asked.Single().Result.Outcome);
        Assert.Equal(time.GetUtcNow(), fetching.States[0].CheckedAt);
        server.Body = "203.0.113.99\n";
        time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(FetchOutcome.Replaced, 4);
        Assert.Equal(2, Volatile.Read(ref read));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
