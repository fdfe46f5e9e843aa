// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>What people do with case files, and what time does.</summary>
public sealed class CaseWorkTests
{
    private const string Reason = "the customer does not answer mail and is to be called";

    private static QualityEvent Contact(ulong number, uint subject) =>
        Event(
            number, subject, RuleId.CncContact, Class(Direction.Both, Tcp, [443], "198.51.100.7"),
            phase: EventPhase.Closed);

    [Fact]
    public async Task A_case_that_is_not_there_or_not_yours_is_unknown_and_recorded()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var id = place.Desk.Files.Single().Id;

        Assert.Equal(DenyCode.Unknown, (await place.Desk.ShowAsync(Ana, new CaseId(1), default)).Refused!.Code);
        Assert.Null((await place.Desk.AssignAsync(Ana, id, "ana", default)).Refused);
        Assert.Equal(DenyCode.Unknown, (await place.Desk.ShowAsync(Olaf, id, default)).Refused!.Code);
        Assert.Null((await place.Desk.ShowAsync(Petra, id, default)).Refused);
        Assert.Equal(2, place.Audit.EntriesOf(AuditActions.ShowCase).Count(e => e.Outcome == "unknown"));
    }

    [Fact]
    public async Task A_false_alarm_is_allowed_and_closes_what_it_opened_before()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Contact(1, 7), Contact(2, 8), Flood(3, 9));
        var first = place.Desk.Files.Single(f => f.Subject == Subject(7));

        await place.Desk.CloseAsync(Ana, first.Id, CaseClosureReason.FalsePositive, "a mail relay", default);

        Assert.Equal("198.51.100.7:443/tcp", Assert.Single(place.Allow.Endpoints).ToString());
        Assert.Equal(CaseClosureReason.FalsePositive, place.Desk.Files.Single(f => f.Subject == Subject(8)).Verdict);
        Assert.Equal(CaseState.Open, place.Desk.Files.Single(f => f.Subject == Subject(9)).State);
    }

    [Fact]
    public async Task What_was_met_before_and_is_judged_after_a_false_alarm_opens_nothing()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Contact(1, 7) with { Phase = EventPhase.Opened });
        await place.Desk.CloseAsync(
            Ana, place.Desk.Files.Single().Id, CaseClosureReason.FalsePositive, "a mail relay", default);

        // The whole window of the contact that was told at once, another line's, and one beside an open case.
        await place.HandleAsync(Flood(3, 9));
        await place.HandleAsync(Contact(1, 7), Contact(2, 8), Contact(4, 9));

        Assert.Equal(2, place.Desk.Files.Count());
        Assert.Single(place.Desk.Files.Single(f => f.Subject == Subject(9)).Scopes);
        Assert.Equal(
            2, place.Audit.EntriesOf(AuditActions.OpenScope).Count(e => e.Outcome == CaseEventPlanner.AllowedEndpoint));
        Assert.Equal(0, place.Desk.Waiting);

        // They are handled: a start does not take them up again, and another endpoint still opens a case.
        await place.RestartAsync();
        Assert.Equal(2, place.Desk.Files.Count());
        await place.HandleAsync(Event(
            5, 8, RuleId.CncContact, Class(Direction.Both, Tcp, [443], "198.51.100.8"), phase: EventPhase.Closed));
        Assert.Equal(CaseState.Open, place.Desk.Files.Single(f => f.Subject == Subject(8)).State);
    }

    [Fact]
    public async Task An_event_that_a_person_found_to_be_none_opens_no_second_case_when_it_goes_on_and_the_next_does()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        await place.Desk.CloseAsync(
            Ana, place.Desk.Files.Single().Id, CaseClosureReason.FalsePositive, "a backup", default);

        await place.HandleAsync(Flood(1, 7, until: Start + 120_000, phase: EventPhase.Closed));
        Assert.Equal(CaseState.Closed, Assert.Single(place.Desk.Files).State);

        await place.HandleAsync(Flood(2, 7, from: Start + 300_000, until: Start + 360_000));
        Assert.Equal(2, place.Desk.Files.Count());
    }

    [Fact]
    public async Task Cases_of_several_endpoints_close_once_the_last_of_them_is_found_to_be_a_false_alarm()
    {
        await using var place = await OpenAsync();
        QualityEvent Of(ulong number, uint subject, string remote) => Event(
            number, subject, RuleId.CncContact, Class(Direction.Both, Tcp, [443], remote), phase: EventPhase.Closed);
        await place.HandleAsync(
            Of(1, 7, "198.51.100.7"), Of(2, 8, "198.51.100.8"), Of(3, 9, "198.51.100.7"), Of(4, 9, "198.51.100.8"));
        foreach (var subject in (uint[])[7, 8])
        {
            Assert.Equal(CaseState.Open, place.Desk.Files.Single(f => f.Subject == Subject(9)).State);
            await place.Desk.CloseAsync(
                Ana, place.Desk.Files.Single(f => f.Subject == Subject(subject)).Id, CaseClosureReason.FalsePositive,
                "a mail relay", default);
        }

        Assert.Equal(CaseClosureReason.FalsePositive, place.Desk.Files.Single(f => f.Subject == Subject(9)).Verdict);
    }

    [Fact]
    public async Task A_fixed_contact_is_checked_for_a_fortnight_by_count_alone()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Contact(1, 7));
        var id = place.Desk.Files.Single().Id;
        place.Clock.Advance(TimeSpan.FromMinutes(1));
        await place.Desk.CloseAsync(Ana, id, CaseClosureReason.Fixed, "", default);
        var check = place.Desk.Find(id)!.Scopes.Single(s => s.Scope.Purpose == Purpose.RemediationCheck);

        Assert.Equal(ScopeActions.Count, check.Scope.Actions);
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            Assert.IsType<Decision.Deny>(await place.Desk.Engine.DecideAsync(
                Ana, new Request.ReadFlows(Purpose.RemediationCheck, check.Scope.Id, null, null), default)).Code);

        place.Clock.Advance(TimeSpan.FromDays(14));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(AuditActions.Clean, Assert.Single(place.Audit.EntriesOf(AuditActions.EndRemediation)).Result);
    }

    [Fact]
    public async Task Disclosure_needs_two_people_and_a_vault_that_answers()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var desk = new DisclosureHandler(place.Desk, place.Vault, place.Audit, PolicyProfile.UsProvider, place.Clock);
        var scope = place.Scopes.Single().Scope;
        Assert.Equal(
            DenyCode.RoleMayNot, (await desk.RequestAsync(Olaf, scope.Case, scope.Id, Reason, default)).Refused!.Code);
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            (await desk.RequestAsync(Ana, scope.Case, scope.Id, "because", default)).Refused!.Code);
        var asked = (await desk.RequestAsync(Ana, scope.Case, scope.Id, Reason, default)).Asked!;

        Assert.Equal(DenyCode.SecondPersonNeeded, (await desk.ApproveAsync(Ana, asked.Number, default)).Refused!.Code);
        Assert.Equal(
            DenyCode.SecondPersonNeeded,
            (await desk.ApproveAsync(new Actor("bob", Role.Analyst), asked.Number, default)).Refused!.Code);
        Assert.Empty(place.Vault.Orders);
        Assert.Equal("line 7", (await desk.ApproveAsync(Petra, asked.Number, default)).Shown!.Line);
        Assert.Equal("line 7", (await desk.ShowAsync(Ana, asked.Number, default)).Shown!.Line);

        // Who gave it asks once more: the same view, on record, and the vault is not asked again.
        Assert.Equal("line 7", (await desk.ApproveAsync(Petra, asked.Number, default)).Shown!.Line);
        _ = Assert.Single(place.Vault.Orders);
        Assert.Equal(2, place.Audit.EntriesOf(AuditActions.Disclose).Count(e => e.Result == AuditActions.Again));
        Assert.Equal(DenyCode.Unknown, (await desk.ApproveAsync(
            new Actor("pia", Role.PrivacyOfficer), asked.Number, default)).Refused!.Code);
        place.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(DenyCode.Unknown, (await desk.ApproveAsync(Petra, asked.Number, default)).Refused!.Code);
        Assert.Equal(DenyCode.Unknown, (await desk.ShowAsync(Ana, asked.Number, default)).Refused!.Code);

        place.Vault.IsDown = true;
        var again = (await desk.RequestAsync(Ana, scope.Case, scope.Id, Reason, default)).Asked!;
        Assert.Equal(DenyCode.VaultDown, (await desk.ApproveAsync(Petra, again.Number, default)).Refused!.Code);
        Assert.Contains(place.Audit.EntriesOf(AuditActions.Disclose), e => e.Outcome == "vault-down");
    }

    [Trait("Attack", "40")]
    [Fact]
    public async Task Thirty_days_after_its_close_a_case_is_erased_and_says_expired()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var scope = place.Scopes.Single().Scope;
        place.Evidence.Rows.Add(new EvidenceRow { Scope = scope.Id, StartMs = Start });
        await place.Desk.CommentAsync(Ana, scope.Case, "called", default);
        await place.Desk.CloseAsync(Ana, scope.Case, CaseClosureReason.Fixed, "", default);
        await place.Desk.RunOnceAsync(default);
        Assert.NotEmpty(place.Evidence.Rows);

        place.Clock.Advance(TimeSpan.FromDays(30));
        await place.Desk.RunOnceAsync(default);

        Assert.Empty(place.Evidence.Rows);
        Assert.Equal([scope.Case], place.Vault.Destroyed);
        await place.RestartAsync();
        Assert.Equal(default, place.Desk.Find(scope.Case)!.Subject);
        Assert.Empty(place.Desk.Find(scope.Case)!.Comments);
        Assert.Equal(DenyCode.Expired, Assert.IsType<Decision.Deny>(await place.Desk.Engine
            .DecideAsync(Ana, new Request.ReadFlows(Purpose.DdosSource, scope.Id, null, null), default)).Code);
    }

    /// <summary>rules.md R27.</summary>
    [Trait("Attack", "41")]
    [Fact]
    public async Task A_case_that_nobody_touches_closes_itself_a_fortnight_after_its_last_event_and_what_was_kept_goes()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var id = place.Desk.Files.Single().Id;
        place.Clock.Advance(TimeSpan.FromDays(13));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(CaseState.Open, place.Desk.Find(id)!.State);

        // Whoever touches it gives it a fortnight more, and a restart forgets none of that.
        Assert.Null((await place.Desk.CommentAsync(Ana, id, "called, no answer", default)).Refused);
        await place.RestartAsync();
        place.Clock.Advance(TimeSpan.FromDays(13));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(CaseState.Open, place.Desk.Find(id)!.State);

        place.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        await place.Desk.RunOnceAsync(default);
        var closed = place.Desk.Find(id)!;
        Assert.Equal((CaseState.Closed, CaseClosureReason.Untouched), (closed.State, closed.Verdict));
        Assert.DoesNotContain(closed.Scopes, scope => scope.State is ScopeState.Open or ScopeState.Sealed);
        Assert.Contains("untouched", Assert.Single(place.Audit.EntriesOf(AuditActions.CloseCase)).Reason);

        place.Clock.Advance(TimeSpan.FromDays(31));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(CaseState.Erased, place.Desk.Find(id)!.State);
        Assert.Contains(id, place.Vault.Destroyed);
    }

    /// <summary>An end is an instant on disk: a desk that was down past it gives the scope no further minute.</summary>
    [Trait("Attack", "41")]
    [Fact]
    public async Task A_scope_whose_end_passed_while_the_desk_was_down_is_over_at_its_start()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        Assert.Equal(ScopeState.Open, place.Scopes.Single().State);

        place.Clock.Advance(TimeSpan.FromHours(3));
        await place.RestartAsync();
        await place.Desk.RunOnceAsync(default);

        Assert.Equal(ScopeState.Ended, place.Scopes.Single().State);
    }

    [Fact]
    public async Task The_records_refuse_to_change_or_forget_a_scope()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        using var other = new SqliteConnection($"Data Source={place.Path};Pooling=False");
        other.Open();
        (string Sql, string Why)[] tries =
        [
            ("UPDATE scopes SET protocol = 6", "a scope never changes"), ("DELETE FROM scopes", "is kept"),
            ("UPDATE scope_marks SET until_ms = 0", "never changes"), ("DELETE FROM scope_marks", "is kept"),
        ];
        foreach (var (sql, why) in tries)
        {
            using var command = other.CreateCommand();
            command.CommandText = sql;
            var refused = Assert.Throws<SqliteException>(() => { _ = command.ExecuteNonQuery(); });
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Three_refusals_in_a_day_tell_the_officer_without_a_subject()
    {
        await using var place = await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            await place.Desk.Engine.DecideAsync(Adam, new Request.LookUpSubject(), default);
        }

        var told = Assert.Single(place.Audit.EntriesOf(AuditActions.TellOfficer));
        Assert.Equal("", told.Subject);
        Assert.Contains("adam", told.Reason, StringComparison.Ordinal);
    }
}
