// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Lists;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;

namespace Weir.Tests.Matching;

/// <summary>What each load of a list changed, kept beside the chain that names it.</summary>
public sealed class ListDifferencesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-differences").FullName;
    private readonly FakeTimeProvider _time = new(new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly BreakableAuditLog _audit = new();
    private ListDifferences _kept;
    private ListRecord _record;

    public ListDifferencesTests()
    {
        _kept = new(_folder, _time);
        _record = new([], _kept);
    }

    public void Dispose()
    {
        _record.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Restart()
    {
        _record.Dispose();
        _kept = new(_folder, _time);
        _record = new([], _kept);
    }

    private static (long Added, long Removed) CountsOf(AuditEntry load) => (load.Added ?? -1, load.Removed ?? -1);

    private static string DigestOf(string text) => ListDigest.Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Has a list come in force; its entry on the chain.</summary>
    private async Task<AuditEntry> LoadAsync(string text, string name = "theirs")
    {
        Take(text, name);
        await _record.WriteAsync(_audit, TestContext.Current.CancellationToken);
        return _audit.EntriesOf(AuditActions.ListInForce).Last();
    }

    private void Take(string text, string name = "theirs")
    {
        var options = new FeedOptions { Path = "/lists/" + name, Name = name, Domains = true };
        _record.Take(options, new(
            FeedReader.Parse(text, options, _time), DigestOf(text), _time.GetUtcNow()));
    }

    [Fact]
    public async Task Each_load_names_what_it_added_and_removed_under_a_digest_on_the_chain()
    {
        const string First = "203.0.113.9:4443\n192.0.2.0/24\n203.0.113.9:4443\n";
        const string Second = "192.0.2.0/24\n198.51.100.7\n198.51.100.8\n";
        var one = await LoadAsync(First);
        Assert.Equal((2, 0), CountsOf(one));
        Assert.Equal(
            $"weir-list-difference/1\nlist: theirs\nfrom: nothing\nto: {DigestOf(First)}\n"
                + "+ 192.0.2.0/24 c2\n+ 203.0.113.9:4443 c2\n",
            _kept.Find(one.Difference));
        Assert.Equal(DigestOf(_kept.Find(one.Difference)!), one.Difference);

        // Another list beside it is compared with itself alone.
        Assert.Equal((1, 0), CountsOf(await LoadAsync("192.0.2.1\n", "ours")));
        var two = await LoadAsync(Second);
        Assert.Equal((2, 1), CountsOf(two));
        Assert.Equal(
            $"weir-list-difference/1\nlist: theirs\nfrom: {DigestOf(First)}\nto: {DigestOf(Second)}\n"
                + "+ 198.51.100.7 c2\n+ 198.51.100.8 c2\n- 203.0.113.9:4443 c2\n",
            _kept.Find(two.Difference));
    }

    /// <summary>The four lines above are four, whatever somebody calls a list.</summary>
    [Fact]
    public async Task Names_of_hosts_are_entries_too_and_a_lists_own_name_is_one_line()
    {
        const string Text = "*.bad.example\nevil.example\n203.0.113.9\n";
        var load = await LoadAsync(Text, "the\n+ irs");
        Assert.Equal(
            $"weir-list-difference/1\nlist: the + irs\nfrom: nothing\nto: {DigestOf(Text)}\n"
                + "+ *.bad.example c2\n+ 203.0.113.9 c2\n+ evil.example c2\n",
            _kept.Find(load.Difference));
        Assert.Equal((0, 1), CountsOf(await LoadAsync("evil.example\n203.0.113.9\n", "the\n+ irs")));
    }

    [Fact]
    public async Task What_changed_while_nothing_ran_is_a_difference_to_what_the_chain_had()
    {
        _ = await LoadAsync("192.0.2.1\n192.0.2.2\n");
        Restart();
        var same = await LoadAsync("192.0.2.1\n192.0.2.2\n");
        Assert.Equal(((0, 0), ""), (CountsOf(same), same.Difference));
        Restart();
        var edited = await LoadAsync("192.0.2.1\n192.0.2.3\n");
        Assert.EndsWith("- 192.0.2.2 c2\n+ 192.0.2.3 c2\n", _kept.Find(edited.Difference), StringComparison.Ordinal);
    }

    /// <summary>A kill, or a disk that refuses, before the chain has it.</summary>
    [Fact]
    public async Task What_the_chain_does_not_have_is_compared_anew()
    {
        _ = await LoadAsync("192.0.2.1\n");
        _audit.Breaks = _ => true;
        _ = await Assert.ThrowsAsync<AuditException>(() => LoadAsync("192.0.2.2\n"));
        _audit.Breaks = _ => false;
        Restart();
        var after = await LoadAsync("192.0.2.2\n");
        Assert.Equal((1, 1), CountsOf(after));
    }

    [Fact]
    public async Task Differences_are_kept_400_days()
    {
        var first = await LoadAsync("192.0.2.1\n");
        _time.Advance(ListDifferences.Kept);
        var second = await LoadAsync("192.0.2.2\n");
        Assert.NotNull(_kept.Find(first.Difference));
        _time.Advance(TimeSpan.FromDays(1));
        _ = await LoadAsync("192.0.2.3\n");
        Assert.Null(_kept.Find(first.Difference));
        Assert.NotNull(_kept.Find(second.Difference));
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;
        File.WriteAllText(Path.Combine(inner, second.Difference + ".txt"), "not a difference");
        Assert.Null(_kept.Find("inner/" + second.Difference));
    }

    /// <summary>Whoever publishes much and often fills no disk; what the load of now changed is kept, whatever lies
    /// there.</summary>
    [Fact]
    public async Task Differences_have_a_bound_in_octets_too_and_the_latest_stays()
    {
        var first = await LoadAsync("192.0.2.1\n");
        var large = Path.Combine(_folder, "large.txt");
        using (var file = File.Create(large))
        {
            file.SetLength(ListDifferences.MostOctets);
        }

        File.SetLastWriteTimeUtc(large, _time.GetUtcNow().UtcDateTime + TimeSpan.FromDays(1));
        var second = await LoadAsync("192.0.2.2\n");
        Assert.Null(_kept.Find(first.Difference));
        Assert.NotNull(_kept.Find(second.Difference));
    }
}
