// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Overview;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>The first page's figures while many look.</summary>
public sealed class NowViewTests
{
    [Fact]
    public async Task While_one_counts_the_others_are_given_what_stands_and_who_heard_of_news_awaits_it()
    {
        await using var api = await ApiFixture.OpenAsync();
        await api.Cases.HandleAsync(
            Event(1, 1, RuleId.CncContact, Class(Direction.Both, Tcp, [8443], "203.0.113.9")));
        var parts = api.Parts(new([]));
        var (change, counts) = (0L, 0);
        using var mayEnd = new ManualResetEventSlim(initialState: true);
        string FamilyOf(Endpoint endpoint)
        {
            _ = Interlocked.Increment(ref counts);
            mayEnd.Wait();
            return $"family of {endpoint}";
        }

        var now = new NowView(parts.Cases, parts.Blocks.Blocks, parts.ListSet, parts.Health, FamilyOf)
        {
            Changes = () => Volatile.Read(ref change),
        };
        var at = api.Cases.Clock.GetUtcNow();
        Task<NowResponse> ReadAsync() => Task.Run(() => now.ReadAsync(
            new ExporterView(parts.Collectors), parts.Rates, new Actor("ana", Role.Analyst), at, "lab"));

        var first = await ReadAsync();
        Assert.Same(first, await ReadAsync());
        at += TimeSpan.FromSeconds(3);
        mayEnd.Reset();
        var counting = ReadAsync();
        await Until.IsSoAsync(() => Volatile.Read(ref counts) == 2);
        Assert.Same(first, await ReadAsync());

        // Whoever was told that it changed is not given what stood before.
        Volatile.Write(ref change, 1);
        var told = ReadAsync();
        await Until.IsSoAsync(() => Volatile.Read(ref counts) == 3);
        var other = ReadAsync();
        Assert.False(told.IsCompleted);
        mayEnd.Set();
        Assert.Equal(at, (await told).At);
        Assert.Same(await told, await other);
        Assert.Equal(at, (await counting).At);
        Assert.Same(await told, await ReadAsync());
        Assert.Equal(3, counts);
    }

    [Fact]
    public async Task A_count_that_failed_is_counted_anew()
    {
        await using var api = await ApiFixture.OpenAsync();
        await api.Cases.HandleAsync(
            Event(1, 1, RuleId.CncContact, Class(Direction.Both, Tcp, [8443], "203.0.113.9")));
        var parts = api.Parts(new([]));
        var fails = true;
        var now = new NowView(
            parts.Cases, parts.Blocks.Blocks, parts.ListSet, parts.Health,
            _ => fails ? throw new IOException("no list can be read") : "");
        Task<NowResponse> ReadAsync() => now.ReadAsync(
            new ExporterView(parts.Collectors), parts.Rates, new Actor("ana", Role.Analyst),
            api.Cases.Clock.GetUtcNow(), "lab");

        _ = await Assert.ThrowsAsync<IOException>(ReadAsync);
        fails = false;
        Assert.Equal(1, (await ReadAsync()).Cases!.Open);
    }
}
