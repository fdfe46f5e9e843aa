// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;
using Weir.Tests.Support;

namespace Weir.Tests.Notifying;

public sealed class NoticeDispatcherTests
{
    [Fact]
    public async Task A_new_case_is_told_once_after_its_delay_with_the_scopes_facts()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        await place.PassAsync(TimeSpan.FromMinutes(9));
        Assert.Empty(place.Pipe.Sent);

        await place.PassAsync(TimeSpan.FromMinutes(2));
        await place.PassAsync(TimeSpan.FromMinutes(2));

        var notice = Assert.Single(place.Pipe.Sent);
        Assert.Equal((id, scope, NoticeStep.Found), (notice.Case, notice.Scope, notice.Step));
        Assert.Empty(notice.Done);
        var row = Assert.Single(place.Desk.ForCase(id));
        Assert.Equal((NoticeState.Told, "weir", "250 2.0.0"), (row.State, row.By, row.Proof!.Reply));
        Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.Notify), e =>
            e.Outcome == AuditActions.Allow && e.Case == id.ToString());
        Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.Notified), e =>
            e.Case == id.ToString() && e.Reason == "found by mail");
    }

    [Fact]
    public async Task One_blip_an_old_case_a_closed_one_or_a_policy_without_it_is_not_told_by_itself()
    {
        await using var place = await NoticeFixture.OpenAsync();
        place.Options = place.Options with { MinDuration = TimeSpan.FromMinutes(1) };
        await place.StartAsync();
        _ = await place.FloodAsync(subject: 1, lengthMs: 10_000);
        var (closed, _) = await place.FloodAsync(subject: 2);
        Assert.Null((await place.Cases.Desk.CloseAsync(
            CaseHandlerFixture.Ana, closed, CaseClosureReason.Fixed, "done", default)).Refused);
        await place.PassAsync(TimeSpan.FromMinutes(11));
        Assert.Empty(place.Desk.All);

        _ = await place.FloodAsync(subject: 3);
        place.Policy = place.Policy with { Automatic = AutomaticActions.BlockDedicated };
        await place.StartAsync();
        await place.PassAsync(TimeSpan.FromMinutes(11));
        Assert.Empty(place.Desk.All);

        place.Policy = place.Policy with { Automatic = AutomaticActions.Notify };
        await place.StartAsync();
        await place.PassAsync(TimeSpan.FromHours(25));
        Assert.Empty(place.Desk.All);
    }

    /// <summary>The ladder asks too: it orders the first notice when the case opens, and three seconds of evidence mail
    /// nobody.</summary>
    [Fact]
    public async Task The_first_notice_is_due_by_age_and_span_of_evidence_alone()
    {
        await using var place = await NoticeFixture.OpenAsync();
        place.Options = place.Options with { MinDuration = TimeSpan.FromMinutes(1) };
        await place.StartAsync();
        var (blip, _) = await place.FloodAsync(subject: 1, lengthMs: 3_000);
        var (flood, scope) = await place.FloodAsync(subject: 2, lengthMs: 60_000);
        Assert.Null(place.Desk.IsFoundDue(flood));

        place.Cases.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(place.Desk.IsFoundDue(blip));
        Assert.True(place.Desk.IsFoundDue(flood));
        Assert.Null(await place.PlanAsync(flood, scope, NoticeStep.Found));
        Assert.False(place.Desk.IsFoundDue(flood));

        place.Cases.Clock.Advance(TimeSpan.FromHours(25));
        Assert.False(place.Desk.IsFoundDue(blip));
    }

    [Fact]
    public async Task Each_step_goes_once_whoever_asks_again_and_a_person_is_told_so()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found, CaseHandlerFixture.Ana));
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found, CaseHandlerFixture.Olaf));
        await place.RoundAsync();
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        var again = await place.PlanAsync(id, scope, NoticeStep.Found, CaseHandlerFixture.Ana);
        await place.RoundAsync();

        Assert.Equal(DenyCode.ActionNotAllowed, again!.Code);
        Assert.Contains("once for each case and step", again.Why, StringComparison.Ordinal);
        Assert.Single(place.Pipe.Sent);
        Assert.Equal("ana", Assert.Single(place.Desk.All).By);
    }

    [Fact]
    public async Task Who_may_not_what_is_of_another_case_and_what_does_not_exist_is_refused_and_audited()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (one, scope) = await place.FloodAsync(subject: 1);
        var (other, _) = await place.FloodAsync(subject: 2);

        Assert.Equal(
            DenyCode.RoleMayNot, (await place.PlanAsync(one, scope, NoticeStep.Found, CaseHandlerFixture.Petra))!.Code);
        Assert.Equal(
            DenyCode.RoleMayNot, (await place.PlanAsync(one, scope, NoticeStep.Found, CaseHandlerFixture.Adam))!.Code);
        Assert.Equal(
            DenyCode.OutOfScope, (await place.PlanAsync(other, scope, NoticeStep.Found, CaseHandlerFixture.Ana))!.Code);
        Assert.Equal(
            DenyCode.Unknown,
            (await place.PlanAsync(one, new ScopeId(1), NoticeStep.Found, CaseHandlerFixture.Ana))!.Code);
        place.HasPipe = false;
        await place.StartAsync();
        Assert.Equal(
            DenyCode.VaultDown, (await place.PlanAsync(one, scope, NoticeStep.Found, CaseHandlerFixture.Ana))!.Code);
        await place.PassAsync(TimeSpan.FromMinutes(11));

        Assert.Empty(place.Desk.All);
        Assert.Equal(5, place.Cases.Audit.EntriesOf(AuditActions.Notify).Count(e => e.Outcome != AuditActions.Allow));
    }

    [Fact]
    public async Task Nothing_is_planned_that_could_not_be_audited()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        place.Cases.Audit.Breaks = e => e.Act == AuditActions.Notify;

        await Assert.ThrowsAsync<AuditException>(() => place.PlanAsync(id, scope, NoticeStep.Found));

        Assert.Empty(place.Desk.All);
    }

    [Fact]
    public async Task A_vault_that_is_down_lets_notices_wait_and_they_go_when_it_is_back_after_a_restart_too()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        place.Pipe.Fails = new VaultDownException("away");
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        await place.RoundAsync();
        await place.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("away", place.Desk.Fault);
        Assert.Equal(1, place.Pipe.Asked);

        await place.StartAsync();
        await place.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(NoticeState.Waiting, Assert.Single(place.Desk.ForCase(id)).State);
        place.Pipe.Fails = null;
        await place.PassAsync(TimeSpan.FromMinutes(15));

        Assert.Equal("", place.Desk.Fault);
        Assert.Single(place.Pipe.Sent);
        Assert.Equal(NoticeState.Told, Assert.Single(place.Desk.ForCase(id)).State);
    }

    [Fact]
    public async Task What_was_delivered_before_a_crash_is_told_as_before_and_not_sent_again()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        place.Pipe.FailsAfter = new VaultDownException("killed");
        await place.RoundAsync();
        place.Pipe.FailsAfter = null;
        await place.StartAsync();

        await place.RoundAsync();

        Assert.Single(place.Pipe.Sent);
        var row = Assert.Single(place.Desk.ForCase(id));
        Assert.Equal((NoticeState.Told, NoticeOutcome.Before), (row.State, row.Proof!.Outcome));
    }

    [Fact]
    public async Task Steps_that_wait_together_go_out_as_one_and_the_latest_says_all()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        var until = place.Cases.Clock.GetUtcNow().AddDays(14);
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        place.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await place.PlanAsync(
            id, scope, NoticeStep.EndpointBlocked, null, new ActionTaken(ActionKind.ClosedForLine, "203.0.113.9:7703/udp", until)));
        place.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await place.PlanAsync(
            id, scope, NoticeStep.LeakyGarden, null, new ActionTaken(ActionKind.ClosedForLine, "203.0.113.9:7703/udp", until),
            new ActionTaken(ActionKind.LeakyGarden, "", until)));

        await place.RoundAsync();
        await place.PassAsync(TimeSpan.FromHours(1));

        var notice = Assert.Single(place.Pipe.Sent);
        Assert.Equal(NoticeStep.LeakyGarden, notice.Step);
        Assert.Equal([new ActionTaken(ActionKind.ClosedForLine, "203.0.113.9:7703/udp", until), new ActionTaken(ActionKind.LeakyGarden, "", until)], notice.Done);
        Assert.All(place.Desk.ForCase(id), row => Assert.Equal(NoticeState.Told, row.State));
        Assert.Equal(
            [NoticeStep.LeakyGarden, NoticeStep.LeakyGarden, null], place.Desk.ForCase(id).Select(row => row.ToldWith));
    }

    [Fact]
    public async Task A_restriction_is_told_with_what_makes_it_or_not_at_all_and_not_when_it_is_over()
    {
        await using var place = await NoticeFixture.OpenAsync();
        place.Policy = place.Policy with { Automatic = AutomaticActions.None };
        await place.StartAsync();
        var (id, scope) = await place.FloodAsync();
        foreach (var step in new[]
        {
            NoticeStep.EndpointBlocked,
            NoticeStep.LeakyGarden,
            NoticeStep.StrictGarden,
            NoticeStep.Released,
            NoticeStep.Clean
        })
        {
            Assert.Equal(
                DenyCode.ActionNotAllowed, (await place.PlanAsync(id, scope, step, CaseHandlerFixture.Ana))!.Code);
        }

        var now = place.Cases.Clock.GetUtcNow();
        place.Pipe.Fails = new VaultDownException("away");
        Assert.Null(await place.PlanAsync(
            id, scope, NoticeStep.EndpointBlocked, null, new ActionTaken(ActionKind.ClosedForLine, "203.0.113.9:7703/udp", now.AddHours(1))));
        await place.PassAsync(TimeSpan.FromSeconds(1));
        place.Pipe.Fails = null;
        await place.PassAsync(TimeSpan.FromHours(2));
        Assert.Empty(place.Pipe.Sent);
        Assert.Equal((NoticeState.Dropped, "the block is over"), (
            place.Desk.ForCase(id)[0].State, place.Desk.ForCase(id)[0].Fault));

        // Whoever was told of no restriction is not told that one ended.
        now = place.Cases.Clock.GetUtcNow();
        var (other, itsScope) = await place.FloodAsync(subject: 2);
        Assert.Null(await place.PlanAsync(
            other, itsScope, NoticeStep.Released, null, new ActionTaken(ActionKind.Released, "", now)));
        await place.RoundAsync();
        Assert.Empty(place.Pipe.Sent);
        Assert.Equal(
            (NoticeState.Dropped, "no restriction was told"),
            (place.Desk.ForCase(other)[0].State, place.Desk.ForCase(other)[0].Fault));

        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.LeakyGarden, null, new ActionTaken(ActionKind.LeakyGarden, "", now)));
        place.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Released, null, new ActionTaken(ActionKind.Released, "", now)));
        await place.RoundAsync();
        Assert.Equal([new ActionTaken(ActionKind.Released, "", now)], Assert.Single(place.Pipe.Sent).Done);
    }

    [Theory]
    [InlineData(NoticeOutcome.NoContact, NoticeState.NoContact)]
    [InlineData(NoticeOutcome.Refused, NoticeState.Refused)]
    public async Task What_cannot_reach_the_customer_is_told_and_a_person_may_have_it_tried_again(
        NoticeOutcome outcome, NoticeState state)
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        place.Pipe.Outcome = outcome;
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        await place.RoundAsync();
        Assert.Equal((state, "no"), (place.Desk.ForCase(id)[0].State, place.Desk.ForCase(id)[0].Fault));
        Assert.Empty(place.Cases.Audit.EntriesOf(AuditActions.Notified));
        Assert.Equal(
            (id, NoticeStep.Found, state, "no"), place.Untold.Select(r => (r.Case, r.Step, r.State, r.Fault)).Single());

        place.Pipe.Outcome = NoticeOutcome.Delivered;
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        await place.PassAsync(TimeSpan.FromHours(1));
        Assert.Empty(place.Pipe.Sent);
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found, CaseHandlerFixture.Olaf));
        await place.RoundAsync();

        Assert.Single(place.Pipe.Sent);
        Assert.Equal(NoticeState.Told, Assert.Single(place.Desk.ForCase(id)).State);
    }

    [Fact]
    public async Task Later_is_tried_again_ever_more_seldom_until_it_is_given_up()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        place.Pipe.Outcome = NoticeOutcome.Later;
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        for (var second = 0; second < 3_600; second += 5)
        {
            await place.PassAsync(TimeSpan.FromSeconds(5));
        }

        Assert.InRange(place.Pipe.Asked, 6, 10);
        await place.StartAsync();
        Assert.Equal(place.Pipe.Asked, place.Desk.ForCase(id)[0].Attempts);
        await place.PassAsync(TimeSpan.FromDays(7));
        Assert.Equal(NoticeState.GivenUp, place.Desk.ForCase(id)[0].State);
        Assert.Equal(NoticeState.GivenUp, Assert.Single(place.Untold).State);
        Assert.Contains("no", place.Desk.ForCase(id)[0].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_refuses_the_case_ends_it_and_the_others_go_on()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (one, first) = await place.FloodAsync(subject: 1);
        place.Pipe.Fails = new VaultRefusedException(DenyCode.Unknown, "no key here");
        Assert.Null(await place.PlanAsync(one, first, NoticeStep.Found));
        await place.RoundAsync();
        place.Pipe.Fails = null;
        var (other, second) = await place.FloodAsync(subject: 2);
        Assert.Null(await place.PlanAsync(other, second, NoticeStep.Found));
        await place.RoundAsync();

        Assert.Equal(
            (NoticeState.Refused, "no key here"), (place.Desk.ForCase(one)[0].State, place.Desk.ForCase(one)[0].Fault));
        Assert.Equal(NoticeState.Told, place.Desk.ForCase(other)[0].State);
    }

    [Fact]
    public async Task What_turned_out_a_false_alarm_is_not_told_but_the_end_of_its_restriction_is()
    {
        await using var place = await NoticeFixture.OpenAsync();
        var (id, scope) = await place.FloodAsync();
        var until = place.Cases.Clock.GetUtcNow().AddDays(3);
        Assert.Null(await place.PlanAsync(
            id, scope, NoticeStep.EndpointBlocked, null, new ActionTaken(ActionKind.ClosedForLine, "203.0.113.9:7703/udp", until)));
        await place.RoundAsync();
        Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        Assert.Null(await place.PlanAsync(
            id, scope, NoticeStep.Released, null, new ActionTaken(ActionKind.Released, "", place.Cases.Clock.GetUtcNow())));
        Assert.Null((await place.Cases.Desk.CloseAsync(
            CaseHandlerFixture.Ana, id, CaseClosureReason.FalsePositive, "a mistake", default)).Refused);

        await place.RoundAsync();

        Assert.Equal([NoticeStep.EndpointBlocked, NoticeStep.Released], place.Pipe.Sent.Select(sent => sent.Step));
        Assert.Equal(
            [NoticeState.Dropped, NoticeState.Told, NoticeState.Told], place.Desk.ForCase(id).OrderBy(r => r.Step).Select(r => r.State));
    }

    [Fact]
    public async Task A_storm_of_cases_is_paced()
    {
        await using var place = await NoticeFixture.OpenAsync();
        place.Options = place.Options with { MaxPerMinute = 10 };
        await place.StartAsync();
        for (uint subject = 1; subject <= 25; subject++)
        {
            var (id, scope) = await place.FloodAsync(subject);
            Assert.Null(await place.PlanAsync(id, scope, NoticeStep.Found));
        }

        await place.RoundAsync();
        await place.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(10, place.Pipe.Sent.Count);
        await place.PassAsync(TimeSpan.FromSeconds(31));
        Assert.Equal(20, place.Pipe.Sent.Count);
        await place.PassAsync(TimeSpan.FromSeconds(61));
        Assert.Equal(25, place.Pipe.Sent.Count);
        Assert.Equal(25, place.Pipe.Sent.Select(n => n.Case).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Under_any_order_of_plans_rounds_failures_and_restarts_a_step_reaches_the_customer_at_most_once_and_in_the_end_all_do(int seed)
    {
        await using var place = await NoticeFixture.OpenAsync();
        var chance = new Random(seed);
        var cases = new[] { await place.FloodAsync(1), await place.FloodAsync(2), await place.FloodAsync(3) };
        var steps = Enum.GetValues<NoticeStep>();
        for (var i = 0; i < 150; i++)
        {
            var (id, scope) = cases[chance.Next(cases.Length)];
            switch (chance.Next(8))
            {
                case <= 2:
                    Assert.Null(
                        await place.PlanAsync(id, scope, steps[chance.Next(steps.Length)], null, new ActionTaken(ActionKind.Released, "", place.Cases.Clock.GetUtcNow())));
                    break;
                case 3:
                    place.Pipe.Fails = new VaultDownException("away");
                    break;
                case 4:
                    place.Pipe.FailsAfter = new VaultDownException("killed");
                    break;
                case 5:
                    await place.StartAsync();
                    break;
                default:
                    (place.Pipe.Fails, place.Pipe.FailsAfter) =
                        chance.Next(2) == 0 ? (null, null) : (place.Pipe.Fails, place.Pipe.FailsAfter);
                    await place.PassAsync(TimeSpan.FromSeconds(chance.Next(120)));
                    break;
            }
        }

        (place.Pipe.Fails, place.Pipe.FailsAfter) = (null, null);
        await place.StartAsync();
        await place.PassAsync(TimeSpan.FromHours(1));
        await place.PassAsync(TimeSpan.FromHours(1));

        Assert.Equal(place.Pipe.Sent.Count, place.Pipe.Sent.Select(n => (n.Case, n.Step)).Distinct().Count());
        Assert.NotEmpty(place.Pipe.Sent);
        Assert.All(place.Desk.All, row => Assert.True(
            row.State == NoticeState.Told || row is { State: NoticeState.Dropped, Step: NoticeStep.Released }));
        Assert.All(place.Desk.All.Where(row => row.State == NoticeState.Told), row =>
            Assert.Contains(place.Pipe.Sent, n => n.Case == row.Case && n.Step == (row.ToldWith ?? row.Step)));
    }
}
