// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;

namespace Weir.Tests.Matching;

public sealed class ListRefresherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-lists").FullName;
    private readonly FakeTimeProvider _time = new(new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly CurrentWatchlist _holder = new();
    private DateTime _written = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ListRefresher Refresher(params string[] names) => new(
        [.. names.Select(name => new FeedOptions { Path = Path.Combine(_folder, name) })], _holder,
        TimeSpan.FromMinutes(1), _time, NullLogger<ListRefresher>.Instance);

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, _written += TimeSpan.FromSeconds(10));
    }

    private bool Lists(string address) => _holder.Current.TryFind(WatchlistTests.At(address, 443), 1, out _);

    [Fact]
    public void A_changed_file_is_put_in_force_and_an_unchanged_one_is_left()
    {
        Write("a.txt", "192.0.2.1\n");
        var refresher = Refresher("a.txt");
        Assert.Empty(refresher.Refresh());
        Assert.True(Lists("192.0.2.1"));
        var before = _holder.Current;

        refresher.Refresh();
        Assert.Same(before, _holder.Current);

        Write("a.txt", "192.0.2.2\n");
        refresher.Refresh();
        Assert.False(Lists("192.0.2.1"));
        Assert.True(Lists("192.0.2.2"));
    }

    [Fact]
    public void A_list_that_fails_keeps_its_last_good_copy_and_shows_its_age()
    {
        Write("a.txt", "192.0.2.1\n");
        Write("b.txt", "192.0.2.2\n");
        var refresher = Refresher("a.txt", "b.txt");
        refresher.Refresh();

        _time.Advance(TimeSpan.FromHours(3));
        Write("a.txt", "<html>503</html>\n");
        Write("b.txt", "192.0.2.3\n");
        var faults = refresher.Refresh();

        Assert.Contains("holds nothing that can be read as a list", Assert.Single(faults).Message);
        Assert.True(Lists("192.0.2.1"));
        Assert.True(Lists("192.0.2.3"));
        Assert.Equal(TimeSpan.FromHours(3), _time.GetUtcNow() - refresher.States[0].Good!.ReadAt);
        Assert.NotNull(refresher.States[0].Fault);
        Assert.Null(refresher.States[1].Fault);

        Write("a.txt", "192.0.2.4\n");
        Assert.Empty(refresher.Refresh());
        Assert.True(Lists("192.0.2.4"));
        Assert.Null(refresher.States[0].Fault);
    }

    [Fact]
    public void A_list_that_vanishes_stays_and_one_that_never_was_leaves_the_others_in_force()
    {
        Write("a.txt", "192.0.2.1\n");
        var refresher = Refresher("a.txt", "never.txt");

        Assert.Contains("is not there", Assert.Single(refresher.Refresh()).Message);
        File.Delete(Path.Combine(_folder, "a.txt"));
        Assert.Equal(2, refresher.Refresh().Count);
        Assert.True(Lists("192.0.2.1"));
        Assert.Null(refresher.States[1].Good);
    }

    [Fact]
    public void A_list_that_lies_elsewhere_keeps_its_last_good_copy_until_it_is_read_there()
    {
        Write("a.txt", "192.0.2.1\n");
        var named = new FeedOptions { Path = Path.Combine(_folder, "a.txt"), Name = "ours" };
        var refresher = Refresher();
        Assert.Empty(refresher.Follow([named], []));
        var there = named with { Path = Path.Combine(_folder, "b.txt") };

        Assert.Contains("is not there", Assert.Single(refresher.Follow([there], [])).Message);
        Assert.True(Lists("192.0.2.1"));
        Assert.NotNull(refresher.States[0].Good);
        Assert.NotNull(refresher.States[0].Fault);

        Write("b.txt", "192.0.2.2\n");
        Assert.Empty(refresher.Refresh());
        Assert.False(Lists("192.0.2.1"));
        Assert.True(Lists("192.0.2.2"));

        // The same columns, read from the configuration again, are the same.
        var columns = new Dictionary<string, string> { ["address"] = "dst" };
        Write("c.csv", "dst,n\n192.0.2.3,1\n");
        var table = there with { Path = Path.Combine(_folder, "c.csv"), Columns = columns };
        Assert.Empty(refresher.Follow([table], []));
        File.Delete(table.Path);
        Assert.Single(refresher.Follow([table with { Columns = new Dictionary<string, string>(columns) }], []));
        Assert.True(Lists("192.0.2.3"));
        Assert.Empty(refresher.Follow([there], []));

        // What is to be read otherwise, and another list, keep nothing.
        Assert.Single(refresher.Follow([named with { Path = "/nowhere", Role = ListRole.Allow }], []));
        Assert.False(Lists("192.0.2.2"));
        Assert.Empty(refresher.Follow([there], []));
        Assert.Single(refresher.Follow([there with { Path = "/nowhere", Name = "another" }], []));
        Assert.False(Lists("192.0.2.2"));
    }

    [Theory]
    [InlineData(true, "a last good copy stays in force: it is not there")]
    [InlineData(false, "nothing is matched by a list that was never read: it is not there")]
    public void Health_says_of_a_copy_that_it_is_in_force_only_where_there_is_one(bool hasCopy, string says)
    {
        var list = new ListStatus
        {
            Name = "ours", Role = ListRole.C2, Entries = 0, Refused = 0, Fault = "it is not there", IsTooOld = false,
            HasCopy = hasCopy,
        };
        Assert.Equal(says, ListHealth.Of([list], [], _time.GetUtcNow()).Reason);
        Assert.Equal(says, ListHealth.Of([], [("it is not there", hasCopy)], _time.GetUtcNow()).Reason);
    }

    [Fact]
    public void An_allow_list_that_comes_later_applies_to_what_was_found_before()
    {
        Write("a.txt", "192.0.2.1\n");
        Write("allow.json", """{"name":"n","type":"cidr","list":["198.51.100.0/24"]}""");
        var refresher = Refresher("a.txt", "allow.json");
        refresher.Refresh();
        var found = WatchlistTests.At("192.0.2.1", 443);
        Assert.False(_holder.Current.IsAllowed(found));

        Write("allow.json", """{"name":"n","type":"cidr","list":["192.0.2.0/24"]}""");
        refresher.Refresh();

        Assert.True(_holder.Current.IsAllowed(found));
        Assert.False(Lists("192.0.2.1"));
    }

    [Fact]
    public async Task Running_reads_at_once_and_ends_when_cancelled()
    {
        Write("a.txt", "192.0.2.1\n");
        using var cancel = new CancellationTokenSource();
        var running = new ListRefresher(
            [new FeedOptions { Path = Path.Combine(_folder, "a.txt") }], _holder, TimeSpan.FromHours(1),
            TimeProvider.System, NullLogger<ListRefresher>.Instance).RunAsync(cancel.Token);
        Assert.True(Lists("192.0.2.1"));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void What_is_always_in_force_stays_when_files_change()
    {
        Write("a.txt", "192.0.2.1\n");
        Write("b.txt", "192.0.2.7\n");
        var always = FeedReader.Read(new FeedOptions { Path = Path.Combine(_folder, "b.txt") }, _time);
        var refresher = new ListRefresher(
            [new FeedOptions { Path = Path.Combine(_folder, "a.txt") }], _holder, TimeSpan.FromMinutes(1), _time,
            NullLogger<ListRefresher>.Instance, [always]);

        Assert.Empty(refresher.Refresh());
        Assert.True(Lists("192.0.2.1"));
        Assert.True(Lists("192.0.2.7"));
        Write("a.txt", "192.0.2.2\n");
        Assert.Empty(refresher.Refresh());

        Assert.False(Lists("192.0.2.1"));
        Assert.True(Lists("192.0.2.7"));
    }
}
