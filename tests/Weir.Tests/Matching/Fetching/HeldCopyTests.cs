// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Desk.Lists.Fetching;

namespace Weir.Tests.Matching.Fetching;

/// <summary>A fetched copy that differs too much from the one in force waits for people.</summary>
public sealed class HeldCopyTests
{
    private static readonly string[] Fields = ["203.0.113.", "198.51.100."];

    private static string ListOf(int entries) => string.Concat(
        Enumerable.Range(0, entries).Select(i => $"{Fields[i / 256 % 2]}{i % 256}:{8_000 + (i / 512)}\n"));

    private static Task<FetchResult> FetchAsync(ListSource source) =>
        new ListFetcher(TimeProvider.System).FetchAsync(source, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(0, 5_000, false)] // nobody knows what was there
    [InlineData(19, 1, false)] // too few to judge
    [InlineData(100, 50, false)]
    [InlineData(100, 49, true)]
    [InlineData(100, 1_100, false)]
    [InlineData(100, 1_101, true)]
    [InlineData(1_000, 5_000, false)]
    [InlineData(1_000, 5_001, true)]
    [InlineData(int.MaxValue, int.MaxValue, false)]
    public void More_than_half_gone_or_more_than_five_times_as_many_is_doubtful(int before, int after, bool isHeld) =>
        Assert.Equal(isHeld, HeldCopy.Doubt(before, after) is not null);

    [Fact]
    public async Task A_doubtful_copy_is_held_and_the_one_in_force_stays_until_it_is_released()
    {
        await using var server = await FeedServer.StartAsync();
        var source = server.Source();
        var whole = server.Body = ListOf(100);
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync(source)).Outcome);

        server.Body = ListOf(10);
        var result = await FetchAsync(source);
        Assert.Equal((FetchOutcome.Held, 10), (result.Outcome, result.Entries));
        Assert.Contains("10 entries where 100 are in force: more than half are gone", result.Reason, StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllText(source.Path));
        Assert.Equal(FetchOutcome.Held, (await FetchAsync(source)).Outcome);

        var held = HeldCopy.Read(source)!;
        held.Release(source, TimeProvider.System.GetUtcNow());
        Assert.Equal(server.Body, File.ReadAllText(source.Path));
        Assert.Null(HeldCopy.Read(source));
        Assert.Equal(FetchOutcome.Unchanged, (await FetchAsync(source)).Outcome);
    }

    [Fact]
    public async Task What_the_publisher_takes_back_or_mends_is_held_no_longer()
    {
        await using var server = await FeedServer.StartAsync();
        var source = server.Source();
        var whole = server.Body = ListOf(100);
        await FetchAsync(source);
        server.Body = ListOf(10);
        await FetchAsync(source);
        server.Body = whole;
        Assert.Equal(FetchOutcome.Unchanged, (await FetchAsync(source)).Outcome);
        Assert.Null(HeldCopy.Read(source));

        server.Body = ListOf(10);
        await FetchAsync(source);
        server.Body = ListOf(101);
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync(source)).Outcome);
        Assert.Null(HeldCopy.Read(source));
    }

    [Fact]
    public async Task A_dropped_copy_is_not_offered_again_and_another_one_is()
    {
        await using var server = await FeedServer.StartAsync();
        var source = server.Source();
        var whole = server.Body = ListOf(100);
        await FetchAsync(source);
        server.Body = ListOf(10);
        await FetchAsync(source);
        HeldCopy.Read(source)!.Drop(source, new Actor("ana", Role.Analyst));

        var again = await FetchAsync(source);
        Assert.Equal(FetchOutcome.Held, again.Outcome);
        Assert.Contains("was dropped by ana", again.Reason, StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllText(source.Path));

        server.Body = ListOf(11);
        Assert.Contains("is held for people", (await FetchAsync(source)).Reason, StringComparison.Ordinal);
        Assert.Null(HeldCopy.Read(source)!.DroppedBy);
    }
}
