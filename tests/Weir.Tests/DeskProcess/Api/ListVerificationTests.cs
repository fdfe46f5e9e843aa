// SPDX-License-Identifier: Apache-2.0
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

    [Fact]
    public async Task A_difference_that_nobody_kept_is_told_as_unknown_and_not_as_empty()
    {
        await using var api = await ApiFixture.OpenAsync();
        var none = await api.SendAsync("auditor", "GET", "lists/differences/" + new string('0', 64));
        Assert.Equal((404, "unknown"), (none.Status, none.Code));
        Assert.Contains("each is kept 400 days", none.Detail, StringComparison.Ordinal);
    }
}
