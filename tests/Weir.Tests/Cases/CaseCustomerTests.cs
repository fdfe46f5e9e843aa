// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Customers;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>What a customer may do about an own case.</summary>
public sealed class CaseCustomerTests
{
    [Fact]
    public async Task Words_of_an_appeal_stay_with_the_case_through_a_restart_and_are_never_in_the_audit()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var id = place.Desk.Files.Single().Id;
        await place.Desk.AppealOfCustomerAsync(CustomerActs.Appeal(id, "it was Mallory's camera"), default);
        await place.Desk.AppealOfCustomerAsync(CustomerActs.Appeal(id, new string('x', CustomerAct.MaxWords)), default);
        await place.RestartAsync();

        var comments = place.Desk.Find(id)!.Comments;
        Assert.Equal(
            ["it was Mallory's camera", new string('x', CustomerAct.MaxWords)], comments.Select(c => c.Text));
        Assert.All(comments, c => Assert.Equal("customer", c.By));
        Assert.Equal(2, place.Audit.EntriesOf(AuditActions.Appeal).Count());
        Assert.All(place.Audit.Entries, e => Assert.DoesNotContain("Mallory", e.ToString(), StringComparison.Ordinal));
    }
}
