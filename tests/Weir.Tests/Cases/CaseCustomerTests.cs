// SPDX-License-Identifier: Apache-2.0
using Weir.Auditing;
using Weir.Cases;
using Weir.Deciding;
using Weir.Detecting;
using Weir.Flows;
using static Weir.Tests.Cases.DeskPlace;

namespace Weir.Tests.Cases;

/// <summary>What a customer may do about an own case.</summary>
public sealed class CaseCustomerTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Fixed_begins_one_check_for_each_class_that_counts_and_leaves_the_case_as_it_was()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7), Event(2, 7, RuleNames.Spam, Class(Direction.Out, Tcp, [25])));
        var file = place.Desk.Files.Single();

        Assert.True(await place.Desk.CheckForCustomerAsync(file.Id, Hour, default));
        Assert.False(await place.Desk.CheckForCustomerAsync(file.Id, Hour, default));

        var checks = place.Desk.Find(file.Id)!.Scopes.Where(s => s.Scope.Purpose == Purpose.RemediationCheck).ToList();
        Assert.Equal(2, checks.Count);
        Assert.All(checks, c => Assert.Equal(ScopeActions.Count, c.Scope.Actions));
        Assert.All(checks, c => Assert.Equal(Hour.TotalMilliseconds, c.Scope.ExpiresMs - c.Scope.FromMs));
        Assert.Equal(CaseState.Open, place.Desk.Find(file.Id)!.State);
        Assert.Equal(file.Scopes.Length, place.Desk.Find(file.Id)!.Scopes.Count(s => s.State == ScopeState.Open && s.Scope.Purpose != Purpose.RemediationCheck));
        Assert.Equal("customer", Assert.Single(place.Audit.Of(Acts.EditCase)).Actor);
    }

    [Fact]
    public async Task A_check_is_never_longer_than_the_policy_s_and_after_it_another_may_begin()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var id = place.Desk.Files.Single().Id;

        Assert.True(await place.Desk.CheckForCustomerAsync(id, TimeSpan.FromDays(365), default));
        var check = place.Desk.Find(id)!.Scopes.Single(s => s.Scope.Purpose == Purpose.RemediationCheck).Scope;
        Assert.Equal(TimeSpan.FromDays(PolicyProfile.UsProvider.RemediationDays).TotalMilliseconds, check.ExpiresMs - check.FromMs);

        place.Clock.Advance(TimeSpan.FromDays(15));
        await place.Desk.KeepAsync(default);
        Assert.Equal(Acts.Clean, Assert.Single(place.Audit.Of(Acts.EndRemediation)).Reason);
        Assert.True(await place.Desk.CheckForCustomerAsync(id, Hour, default));
    }

    [Fact]
    public async Task Who_is_attacked_has_nothing_to_fix()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Event(1, 7, RuleNames.FloodIn, Class(Direction.In, Udp, [123])));
        Assert.False(await place.Desk.CheckForCustomerAsync(place.Desk.Files.Single().Id, Hour, default));
        Assert.False(await place.Desk.CheckForCustomerAsync(new CaseId(1), Hour, default));
    }

    [Fact]
    public async Task Words_of_an_appeal_stay_with_the_case_through_a_restart_and_are_never_in_the_audit()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var id = place.Desk.Files.Single().Id;
        await place.Desk.AppealOfCustomerAsync(id, "it was Mallory's camera", default);
        await place.Desk.AppealOfCustomerAsync(id, new string('x', 9_000), default);
        await place.RestartAsync();

        var comments = place.Desk.Find(id)!.Comments;
        Assert.Equal(["it was Mallory's camera", new string('x', CaseDesk.MostText)], comments.Select(c => c.Text));
        Assert.All(comments, c => Assert.Equal("customer", c.By));
        Assert.Equal(2, place.Audit.Of(Acts.Appeal).Count());
        Assert.All(place.Audit.Entries, e => Assert.DoesNotContain("Mallory", e.ToString(), StringComparison.Ordinal));
    }
}
