// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Tests.Blocking;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Escalating;

/// <summary>Gardens, appeals, and the way back: clean or relapsed.</summary>
public sealed class RestrictionTests
{
    private const string Why = "two notices, and it goes on";

    [Fact]
    public async Task One_person_orders_the_leaky_garden_and_lets_the_line_out()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var id = place.File.Id;

        var entered = await place.Desk.GardenAsync(Ana, id, WalledGarden.Leaky, Why, default);
        Assert.Null(entered.Refused);
        Assert.Equal((EscalationLevel.Leaky, WalledGarden.Leaky), (place.Ladder.Rung, place.Ladder.Confirmed));
        Assert.Equal((WalledGarden.Leaky, "ana"), (place.Lines.Orders.Single().Garden, place.Lines.Orders.Single().By));
        await place.RoundAsync();
        Assert.Contains(NoticeStep.LeakyGarden, place.Notices.Steps);

        Assert.Null((await place.Desk.GardenAsync(Olaf, id, WalledGarden.None, "clean machine", default)).Refused);
        await place.RoundAsync(TimeSpan.FromHours(3));
        Assert.Equal((EscalationLevel.Told, EscalationState.Released, WalledGarden.None), (
            place.Ladder.Rung, place.Ladder.State, place.Ladder.Confirmed));
        Assert.Empty(place.Open);
        Assert.Contains(NoticeStep.Released, place.Notices.Steps);
        Assert.Equal(["leaky garden", "out of the garden"], place.Cases.Audit
            .EntriesOf(AuditActions.Garden).Select(e => e.Reason.Split(':')[0]));
    }

    [Fact]
    public async Task Nobody_is_told_that_a_restriction_ended_which_nobody_confirmed()
    {
        await using var place = await EscalationFixture.OpenAsync(
            p => p.Policy = p.Policy with { Automatic = AutomaticActions.Notify });
        place.Lines.SaysNo = true;
        await place.ToldAsync();
        Assert.Null((await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default)).Refused);
        await place.RoundAsync(TimeSpan.FromHours(1));
        Assert.Contains("ordered and not confirmed", place.Ladder.Why, StringComparison.Ordinal);

        Assert.Null((await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.None, "a mistake", default)).Refused);
        await place.RoundAsync(TimeSpan.FromHours(1));

        Assert.Equal([NoticeStep.Found], place.Notices.Steps);
        Assert.Empty(place.Ladder.PendingNotices);
    }

    [Fact]
    public async Task A_garden_and_an_appeal_keep_their_case_from_closing_as_untouched()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        place.Cases.Clock.Advance(TimeSpan.FromDays(12));
        await place.Cases.Desk.RunOnceAsync(default);
        Assert.Null((await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default)).Refused);

        place.Cases.Clock.Advance(TimeSpan.FromDays(13));
        await place.Cases.Desk.RunOnceAsync(default);
        Assert.Equal(CaseState.Open, place.File.State);
        Assert.Null((await place.Desk.AppealAsync(Ana, place.File.Id, "a camera", false, default)).Refused);

        place.Cases.Clock.Advance(TimeSpan.FromDays(13));
        await place.Cases.Desk.RunOnceAsync(default);
        Assert.Equal(CaseState.Open, place.File.State);
    }

    [Fact]
    public async Task The_strict_garden_takes_an_analyst_and_an_operator()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var id = place.File.Id;

        var asked = await place.Desk.GardenAsync(Ana, id, WalledGarden.Strict, Why, default);
        Assert.NotNull(asked.Waits);
        Assert.Empty(place.Lines.Orders);
        var twice = await place.Desk.GardenAsync(Ana, id, WalledGarden.Strict, Why, default);
        Assert.NotNull(twice.Waits);
        Assert.Equal(DenyCode.SecondPersonNeeded, (await place.Desk
            .GardenAsync(new("bea", Role.Analyst), id, WalledGarden.Strict, Why, default)).Refused!.Code);
        Assert.Equal(
            DenyCode.RoleMayNot,
            (await place.Desk.GardenAsync(Petra, id, WalledGarden.Strict, Why, default)).Refused!.Code);
        Assert.Equal(
            DenyCode.RoleMayNot,
            (await place.Desk.GardenAsync(Actor.Weir, id, WalledGarden.Leaky, Why, default)).Refused!.Code);
        Assert.Empty(place.Lines.Orders);

        Assert.Null((await place.Desk.GardenAsync(Olaf, id, WalledGarden.Strict, "", default)).Refused);
        Assert.Equal(
            (WalledGarden.Strict, "ana, olaf"), (place.Lines.Orders.Single().Garden, place.Lines.Orders.Single().By));
        Assert.Equal(EscalationLevel.Strict, place.Ladder.Rung);
        Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.ApproveGarden), e => e.Outcome == AuditActions.Allow
            && e.Actor == "olaf" && e.Reason.Contains("asked by ana", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_is_restricted_who_was_not_told()
    {
        await using var place = await EscalationFixture.OpenAsync(
            p => p.Policy = PolicyProfile.UsProvider with { Automatic = AutomaticActions.None });
        await place.ToldAsync();
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            (await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default)).Refused!.Code);
        Assert.Empty(place.Lines.Orders);
    }

    [Fact]
    public async Task A_garden_that_is_not_confirmed_is_tried_again_over_a_restart_and_nobody_is_told_before()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        place.Lines.IsDown = true;
        Assert.Null((await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default)).Refused);
        Assert.Equal((WalledGarden.Leaky, WalledGarden.None), (place.Ladder.Wanted, place.Ladder.Confirmed));

        await place.RestartAsync();
        (place.Lines.IsDown, place.Lines.SaysNo) = (false, true);
        await place.RoundAsync();
        Assert.Contains("CoA-NAK", place.Ladder.Why, StringComparison.Ordinal);
        Assert.DoesNotContain(NoticeStep.LeakyGarden, place.Notices.Steps);

        place.Lines.SaysNo = false;
        await place.RoundAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(WalledGarden.Leaky, place.Ladder.Confirmed);
        Assert.Contains(NoticeStep.LeakyGarden, place.Notices.Steps);
        Assert.All(place.Lines.Orders, order => Assert.Equal("ana", order.By));
    }

    [Fact]
    public async Task What_cannot_be_audited_is_not_ordered()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        place.Cases.Audit.Breaks = e => e.Act == AuditActions.Garden;
        await Assert.ThrowsAsync<AuditException>(
            () => place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default));
        Assert.Empty(place.Lines.Orders);

        place.Cases.Audit.Breaks = _ => false;
        await place.RoundAsync(TimeSpan.FromMinutes(2));
        Assert.Single(place.Lines.Orders);
    }

    [Fact]
    public async Task An_appeal_of_a_protected_line_ends_what_is_in_force_until_a_person_reviewed_it()
    {
        await using var place = await EscalationFixture.OpenAsync(p => p.Protected.Is = true);
        await place.ToldAsync();
        await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default);

        Assert.Null(
            (await place.Desk.AppealAsync(CustomerActs.Appeal(place.File.Id, "my pacemaker reports by this line"), default)).Refused);

        Assert.Equal((EscalationState.Suspended, WalledGarden.None, WalledGarden.None), (
            place.Ladder.State, place.Lines.Garden, place.Ladder.Confirmed));
        Assert.Empty(place.Open);
        Assert.Single(place.Journal.Entries, e => e.Act == AuditActions.OverturnBlock);
        Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.Appeal));
        Assert.DoesNotContain(
            "pacemaker", string.Concat(place.Cases.Audit.Entries.Select(e => e.Reason)), StringComparison.Ordinal);
        await place.AgainAsync(2);
        await place.RoundAsync(TimeSpan.FromHours(3));
        Assert.Empty(place.Open);

        // The review: right it was. The endpoint is closed again, the garden is a person's to order anew.
        Assert.Null((await place.Desk.UpholdAsync(Olaf, place.File.Id, "no medical device there", default)).Refused);
        await place.RoundAsync(TimeSpan.FromHours(1));
        Assert.Single(place.Open);
        Assert.Equal(WalledGarden.None, place.Lines.Garden);
        Assert.Null(place.Ladder.ReviewSince);
    }

    [Fact]
    public async Task Any_other_appeal_is_put_up_for_review_and_what_is_in_force_stays()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        Assert.Null(
            (await place.Desk.AppealAsync(Ana, place.File.Id, "by telephone", isProtected: false, default)).Refused);
        Assert.Equal((EscalationState.Standing, EscalationLevel.Blocked), (place.Ladder.State, place.Ladder.Rung));
        Assert.NotNull(place.Ladder.ReviewSince);
        Assert.Single(place.Open);
        Assert.Equal(1, place.Desk.Appeals);
        Assert.Null((await place.Desk.GardenAsync(
            Olaf, place.File.Id, WalledGarden.None, "the customer is right", default)).Refused);
        Assert.Empty(place.Open);
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            (await place.Desk.AppealAsync(Ana, place.File.Id, "again", isProtected: false, default)).Refused!.Code);

        // A customer's words are kept even where nothing is in force any more.
        Assert.Null((await place.Desk.AppealAsync(CustomerActs.Appeal(place.File.Id, "again"), default)).Refused);
        Assert.Equal("again", place.File.Comments.Last().Text);
    }

    [Fact]
    public async Task Silent_for_its_time_is_clean_and_everything_is_taken_back()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default);
        Assert.Null((await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default)).Refused);
        Assert.Equal(EscalationState.Checking, place.Ladder.State);
        Assert.Equal(CaseState.Open, place.File.State);

        await place.RoundAsync(TimeSpan.FromDays(6.9));
        Assert.Equal(EscalationState.Checking, place.Ladder.State);
        Assert.Equal(WalledGarden.Leaky, place.Lines.Garden);

        await place.RoundAsync(TimeSpan.FromDays(0.2));
        Assert.Equal((EscalationState.Clean, WalledGarden.None), (place.Ladder.State, place.Lines.Garden));
        Assert.Equal((CaseState.Closed, CaseClosureReason.Fixed), (place.File.State, place.File.Verdict));
        Assert.Empty(place.Open);
        Assert.Equal(NoticeStep.Clean, place.Notices.Steps.Last());

        // Its fourteen days are counted for the report all the same.
        await place.Cases.Desk.RunOnceAsync(default);
        Assert.Empty(place.Cases.Audit.EntriesOf(AuditActions.EndRemediation));
        place.Cases.Clock.Advance(TimeSpan.FromDays(8));
        await place.Cases.Desk.RunOnceAsync(default);
        Assert.Equal(
            AuditActions.Clean, Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.EndRemediation)).Result);
    }

    [Fact]
    public async Task Silence_that_nobody_watched_is_not_clean_the_customer_is_told_nothing_and_the_desk_why()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        var dead = new RemediationDoubt(
            DoubtKind.ExporterSilent, "192.0.2.1", place.Cases.Clock.GetUtcNow(), place.Cases.Clock.GetUtcNow().AddDays(7));
        place.Cases.Judge.Doubts.Add(dead);
        var told = place.Notices.Told.Count;

        await place.RoundAsync(TimeSpan.FromDays(7.1));

        Assert.Equal((EscalationState.Checking, CaseState.Open), (place.Ladder.State, place.File.State));
        Assert.Equal(told, place.Notices.Told.Count);
        Assert.NotNull(place.Ladder.UnknownSince);
        Assert.Contains(dead.ToString(), place.Ladder.Why, StringComparison.Ordinal);
        await place.RoundAsync(TimeSpan.FromHours(2));
        Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.EditCase), entry =>
            entry.Reason.Contains("cannot be told yet", StringComparison.Ordinal));

        // It is asked about no other time than the check's, and known once it is watched.
        Assert.All(place.Cases.Judge.Asked, asked => Assert.Equal(place.Ladder.CheckAt, asked.Since));
        await place.RestartAsync();
        Assert.NotNull(place.Ladder.UnknownSince);
        place.Cases.Judge.Doubts.Clear();
        await place.RoundAsync(TimeSpan.FromHours(2));
        Assert.Equal((EscalationState.Clean, CaseState.Closed), (place.Ladder.State, place.File.State));
        Assert.Null(place.Ladder.UnknownSince);
        Assert.Equal(NoticeStep.Clean, place.Notices.Steps.Last());
    }

    [Fact]
    public async Task Rows_that_are_on_their_way_are_waited_for_and_missed_aloud_when_they_do_not_come()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        place.Cases.Judge.Doubts.Add(new(DoubtKind.TooShort));

        await place.RoundAsync(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(11));
        Assert.Null(place.Ladder.UnknownSince);
        await place.RoundAsync(TimeSpan.FromMinutes(15));
        Assert.NotNull(place.Ladder.UnknownSince);
        Assert.Equal(EscalationState.Checking, place.Ladder.State);
    }

    [Fact]
    public async Task A_check_that_ends_unwatched_says_that_it_is_not_known()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        place.Cases.Judge.Doubts.Add(new(DoubtKind.LineNotActive));

        await place.RoundAsync(TimeSpan.FromDays(15));
        await place.Cases.Desk.RunOnceAsync(default);

        Assert.Equal(
            AuditActions.NotKnown, Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.EndRemediation)).Result);
        Assert.Equal(CaseState.Open, place.File.State);
    }

    /// <summary>The store says so when the check has been over for as long as anything may come of it. Nobody watched
    /// over the restart in between, so the count would have been nought.</summary>
    [Fact]
    public async Task A_check_that_the_store_counts_no_more_is_no_silence()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        place.Cases.Evidence.CountFails = new PeerRefusedException(
            "store", StoreCodes.ScopeOver, 403, "it is not counted");
        var told = place.Notices.Told.Count;

        await place.RoundAsync(TimeSpan.FromDays(7.1));

        Assert.Equal((EscalationState.Checking, CaseState.Open), (place.Ladder.State, place.File.State));
        Assert.Equal(told, place.Notices.Told.Count);
        Assert.NotNull(place.Ladder.UnknownSince);
        Assert.Contains("is not counted any more", place.Ladder.Why, StringComparison.Ordinal);

        // Checked again, and counted, it is known.
        place.Cases.Evidence.CountFails = null;
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        await place.RoundAsync(TimeSpan.FromDays(7.1));
        Assert.Equal((EscalationState.Clean, CaseState.Closed), (place.Ladder.State, place.File.State));
    }

    [Fact]
    public async Task Attempts_within_the_check_are_a_relapse_and_what_is_in_force_stays()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default);
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        await place.RoundAsync(TimeSpan.FromHours(2));
        Attempt(place);

        await place.RoundAsync(TimeSpan.FromHours(2));

        Assert.Equal((EscalationState.Standing, EscalationLevel.Leaky, WalledGarden.Leaky), (
            place.Ladder.State, place.Ladder.Rung, place.Lines.Garden));
        Assert.Contains(NoticeStep.Relapsed, place.Notices.Steps);
        Assert.Single(place.Lines.Orders);
    }

    [Fact]
    public async Task A_case_that_comes_back_after_it_was_clean_is_open_again_and_no_garden_comes_back_with_it()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Desk.GardenAsync(Ana, place.File.Id, WalledGarden.Leaky, Why, default);
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        await place.RoundAsync(TimeSpan.FromDays(7.1));
        Assert.Equal(EscalationState.Clean, place.Ladder.State);

        place.Cases.Clock.Advance(TimeSpan.FromDays(1));
        await place.AgainAsync(2);
        Assert.Equal(CaseState.Open, place.File.State);
        Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.ReopenCase));
        await place.RoundAsync(TimeSpan.FromHours(1));

        Assert.Equal((EscalationState.Standing, EscalationLevel.Blocked), (place.Ladder.State, place.Ladder.Rung));
        Assert.Equal(WalledGarden.None, place.Lines.Garden);
        Assert.Single(place.Open);
        Assert.Contains(NoticeStep.Relapsed, place.Notices.Steps);
    }

    [Fact]
    public async Task A_person_s_fixed_begins_the_check_and_a_false_alarm_ends_all()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        await place.Cases.Desk.CloseAsync(Ana, place.File.Id, CaseClosureReason.Fixed, "", default);
        await place.RoundAsync();
        Assert.Equal(EscalationState.Checking, place.Ladder.State);
        Assert.Single(place.Open);

        await using var wrong = await EscalationFixture.OpenAsync();
        await wrong.ToldAsync();
        await wrong.Cases.Desk.CloseAsync(Ana, wrong.File.Id, CaseClosureReason.FalsePositive, "a relay", default);
        await wrong.RoundAsync();
        Assert.Empty(wrong.Open);
        Assert.Null(wrong.Desk.Find(wrong.File.Id));
    }

    [Fact]
    public async Task Mail_of_a_line_that_spammed_is_no_relapse_and_a_further_run_is()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.Cases.HandleAsync(Event(1, 7, RuleId.Spam, Class(Weir.Contracts.Flows.Direction.Out, Tcp, [25])));
        await place.RoundAsync();
        await place.Desk.FixedAsync(CustomerActs.Fixed(place.File.Id), null, default);
        // Its check names no address, so it records and counts nothing; it asks whether the line is active.
        Assert.Empty(Assert.Single(
            place.File.Scopes, s => s.Scope.Purpose == Weir.Contracts.Scopes.Purpose.RemediationCheck)
            .Scope.Class.Predicate.Remotes);
        await place.RoundAsync(TimeSpan.FromDays(1));
        Assert.Equal(EscalationState.Checking, place.Ladder.State);
        var now = place.Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await place.Cases.HandleAsync(
            Event(2, 7, RuleId.Spam, Class(Weir.Contracts.Flows.Direction.Out, Tcp, [25]), now, now + 600_000));
        await place.RoundAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(EscalationState.Standing, place.Ladder.State);
        Assert.Contains(NoticeStep.Relapsed, place.Notices.Steps);
    }

    /// <summary>The line tries to reach what the case is about, as its flows come in.</summary>
    private static void Attempt(EscalationFixture place)
    {
        var at = place.Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        place.Cases.Evidence.Offer(place.Cases.Shards, new()
        {
            Subject = new(place.File.Subject.Pseudonym),
            Remote = Address("198.51.100.7"),
            RemotePort = 443,
            Protocol = Tcp,
            PacketsOut = 1,
            StartMs = at,
            EndMs = at,
        });
        Assert.NotEmpty(place.Cases.Evidence.Rows);
    }
}
