// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Auditing;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Lists verified through the API.</summary>
public sealed class ListVerificationTests
{
    [Fact]
    public async Task A_round_is_on_record_and_the_next_is_refused_until_a_minute_is_over()
    {
        await using var api = await ApiFixture.OpenAsync();
        var first = await api.SendAsync("auditor", "POST", "lists/verifications");
        Assert.Equal((200, """{"lists":[]}"""), (first.Status, first.Text));

        var again = await api.SendAsync("auditor", "POST", "lists/verifications");
        Assert.Equal((429, "too-many-requests"), (again.Status, again.Code));
        Assert.Contains("ask again in a minute", again.Detail, StringComparison.Ordinal);
        var entry = Assert.Single(api.Cases.Audit.EntriesOf(AuditActions.VerifyLists));
        Assert.Equal((ApiFixture.Me, "auditor", "allow"), (entry.Actor, entry.Role, entry.Outcome));

        api.Cases.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await api.SendAsync("auditor", "POST", "lists/verifications")).Status);
    }

    /// <summary>By the digest that the record has of it, whole; a file that somebody changed since is not passed off as
    /// it.</summary>
    [Fact]
    public async Task A_difference_is_shown_as_it_was_kept_or_not_at_all()
    {
        await using var api = await ApiFixture.OpenAsync();
        var options = new FeedOptions { Path = "/lists/theirs", Name = "theirs" };
        var kept = api.Differences.Take("theirs", new(
            FeedReader.Parse("203.0.113.9:4443\n192.0.2.0/24\n", options, api.Cases.Clock), new string('d', 64),
            api.Cases.Clock.GetUtcNow())).Digest;

        var shown = await api.SendAsync("auditor", "GET", "lists/differences/" + kept);
        Assert.Equal(200, shown.Status);
        var text = shown.Json.GetProperty("text").GetString()!;
        Assert.Equal(kept, ListDifferences.DigestOf(text));
        Assert.EndsWith("+ 192.0.2.0/24 c2\n+ 203.0.113.9:4443 c2\n", text, StringComparison.Ordinal);

        foreach (var other in new[] { kept[..63], kept.ToUpperInvariant(), "..%2F" + kept, kept + ".txt" })
        {
            Assert.Equal(404, (await api.SendAsync("auditor", "GET", "lists/differences/" + other)).Status);
        }

        var path = Path.Combine(api.Folder, kept + ".txt");
        await File.WriteAllTextAsync(path, text.Replace("203.0.113.9", "203.0.113.8", StringComparison.Ordinal));
        var changed = await api.SendAsync("auditor", "GET", "lists/differences/" + kept);
        Assert.Equal((404, "unknown"), (changed.Status, changed.Code));
        Assert.Contains($"{kept}.txt was changed since", changed.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.8", changed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_that_nobody_kept_is_told_as_unknown_and_not_as_empty()
    {
        await using var api = await ApiFixture.OpenAsync();
        var none = await api.SendAsync("auditor", "GET", "lists/differences/" + new string('0', 64));
        Assert.Equal((404, "unknown"), (none.Status, none.Code));
        Assert.Contains("each is kept 400 days", none.Detail, StringComparison.Ordinal);
    }
}
