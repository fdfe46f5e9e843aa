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
}
