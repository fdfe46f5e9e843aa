// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>Past contacts with a promoted endpoint become events by the machine's hand, once, after the record, and of
/// nothing else.</summary>
public sealed class LookBackTests
{
    private const long HourMs = 3_600_000;

    private static readonly Endpoint Server = new(IpKey.Parse("192.0.2.80"), 8443, Protocols.Tcp);

    [Fact]
    public async Task Each_subject_gets_one_scope_of_that_endpoint_and_a_second_search_opens_none()
    {
        await using var place = await OpenAsync();
        var (leave, contacts) = (await LeaveAsync(place), new FakePromotedContacts(Met(1), Met(2), Met(3)));
        var lookBack = Create(place, contacts);

        Assert.True(await lookBack.RunAsync(leave, default));
        Assert.Equal(3, place.Scopes.Count());
        Assert.All(place.Scopes, s =>
        {
            Assert.Equal("both tcp rport=8443 raddr=192.0.2.80", s.Scope.Class.ToString());
            Assert.Equal(
                (Purpose.CncContact, "cnc-contact/1", true), (s.Scope.Purpose, s.Scope.Trigger, s.IsFromDigests));
            Assert.Contains("listed by promoted", Assert.IsType<MeasuredTrigger>(s.Facts).Detail, StringComparison.Ordinal);
        });
        contacts.Met = [.. contacts.Met, Met(4)];
        Assert.True(await lookBack.RunAsync(leave, default));
        Assert.Equal(4, place.Scopes.Count());
        Assert.Equal(
            [3L, 4L], place.Audit.EntriesOf(AuditActions.LookBack).Where(e => e.Rule.Length > 0).Select(e => e.Rows));
        Assert.DoesNotContain(place.Audit.EntriesOf(AuditActions.LookBack), e =>
            e.Subject.Length > 0 || e.Reason.Contains("192.0.2.80", StringComparison.Ordinal));

        // The same contact seen live slides the scope that is there; one after it opens the next in the same file.
        await place.HandleAsync(CncContactEvents.From([Met(1) with { LastMs = Start - HourMs + 60_000 }])[0]);
        Assert.Equal(4, place.Scopes.Count());
        await place.HandleAsync(CncContactEvents.From(
            [Met(1) with { FirstMs = Start + HourMs, LastMs = Start + HourMs + 1_000, Contacts = 1 }])[0]);
        Assert.Equal((5, 4), (place.Scopes.Count(), place.Desk.Files.Count()));
    }

    [Fact]
    public async Task Who_has_a_scope_about_it_already_is_left_alone()
    {
        await using var place = await OpenAsync();
        var leave = await LeaveAsync(place);
        await place.HandleAsync(CncContactEvents.From([Met(1)])[0]);

        await Create(place, new FakePromotedContacts(Met(1), Met(2))).RunAsync(leave, default);

        Assert.Equal([Subject(1), Subject(2)], place.Scopes.Select(s => s.Scope.Subject).Order());
    }

    [Fact]
    public async Task Nothing_opens_that_is_not_recorded_first()
    {
        await using var place = await OpenAsync();
        var leave = await LeaveAsync(place);
        place.Audit.Breaks = e => e is { Act: AuditActions.LookBack, Rule.Length: > 0 };

        await Assert.ThrowsAsync<AuditException>(
            () => Create(place, new FakePromotedContacts(Met(1))).RunAsync(leave, default));

        Assert.Empty(place.Scopes);
    }

    [Fact]
    public async Task Without_the_leave_of_a_promotion_nothing_is_searched()
    {
        await using var place = await OpenAsync();
        var (leave, contacts) = (await LeaveAsync(place), new FakePromotedContacts(Met(1)));
        var lookBack = Create(place, contacts);

        await Assert.ThrowsAsync<ArgumentException>(
            () => lookBack.RunAsync(new Approval(leave.Given with { Deed = Permission.Block }, leave.EndsAt), default));
        await Assert.ThrowsAsync<ArgumentException>(
            () => lookBack.RunAsync(new Approval(leave.Given with { Target = "run.1" }, leave.EndsAt), default));
        place.Clock.Advance(LookBack.ValidFor);
        await Assert.ThrowsAsync<ArgumentException>(() => lookBack.RunAsync(leave, default));
        Assert.Null(place.Desk.Promotion(leave.Given.Number, LookBack.ValidFor));
        Assert.Empty(contacts.Asked);
    }

    [Fact]
    public async Task A_restart_has_the_leave_again_and_knows_that_the_evidence_of_past_scopes_is_not_there()
    {
        await using var place = await OpenAsync();
        var leave = await LeaveAsync(place);
        await Create(place, new FakePromotedContacts(Met(1))).RunAsync(leave, default);
        place.Clock.Advance(TimeSpan.FromHours(1));
        await place.Desk.RunOnceAsync(default);
        await place.RestartAsync();

        var scope = Assert.Single(place.Scopes);
        Assert.Equal(ScopeState.Ended, scope.State);
        Assert.Equal(scope.UntilMs, place.Desk.WholeSince(scope.Scope.Id));
        Assert.Equal(leave, place.Desk.Promotion(leave.Given.Number, LookBack.ValidFor));
    }

    [Fact]
    public async Task The_days_are_cut_where_names_change_and_epochs_without_names_are_left_out()
    {
        await using var place = await OpenAsync();
        var leave = await LeaveAsync(place);
        var epoch = Epochs.At(Start);
        var begin = Epochs.BeginOf(epoch).ToUnixTimeMilliseconds();
        foreach (var (valid, spans) in new[] { ((uint[])[epoch - 1, epoch], 2), ([epoch], 1), ([], 0) })
        {
            var contacts = new FakePromotedContacts();
            await Create(place, contacts, valid.Contains).RunAsync(leave, default);
            Assert.Equal(spans, contacts.Asked.Count);
            Assert.All(contacts.Asked, span => Assert.Equal(Epochs.At(span.From), Epochs.At(span.Until - 1)));
            Assert.True(spans < 1 || contacts.Asked[^1] == (begin, Start));
            Assert.True(spans < 2 || contacts.Asked[0].From == Start - (7 * 24 * HourMs));
        }
    }

    [Property(MaxTest = 30)]
    public void However_often_it_is_searched_a_subject_has_one_scope_for_one_contact(byte[] subjects, byte[] again)
    {
        using var done = Task.Run(async () =>
        {
            await using var place = await OpenAsync();
            var leave = await LeaveAsync(place);
            foreach (var round in new[] { subjects, again, subjects })
            {
                await Create(place, new FakePromotedContacts([.. round.Distinct().Select(s => Met(s))])).RunAsync(
                    leave, default);
            }

            Assert.Equal(subjects.Concat(again).Distinct().Count(), place.Scopes.Count());
            Assert.Equal(place.Scopes.Count(), place.Scopes.Select(s => s.Scope.Subject).Distinct().Count());
        });
        done.GetAwaiter().GetResult();
    }

    private static Sighting Met(uint subject) =>
        new(Subject(subject), Server, PromotedList.Name, ContactKind.Exchange, Start - (5 * HourMs), Start - HourMs, 3,
            Source: new(IpKey.Parse("192.0.2.1")));

    private static LookBack Create(
        CaseHandlerFixture place, FakePromotedContacts contacts, Func<uint, bool>? hasNames = null) =>
        new(new()
        {
            Desk = place.Desk,
            Store = new InProcessLookBack(new(contacts, place.Keys.Store, hasNames, LookBack.Longest, place.Clock)),
            Audit = place.Audit,
            Time = place.Clock,
        });

    private static async Task<Approval> LeaveAsync(CaseHandlerFixture place)
    {
        var asked = await place.Desk.RequestAsync(
            Ana, Permission.Promote, new(Target: Server.ToString()), "beacons", default);
        var given = await place.Desk.ApproveAsync(
            Olaf, asked.Asked!.Number, a => new Request.Promote(Server, new Actor(a.AskedBy, a.AskedRole)),
            LookBack.ValidFor, default);
        return given.Approval!;
    }

    private sealed class FakePromotedContacts(params Sighting[] met) : IPromotedContacts
    {
        public Sighting[] Met { get; set; } = met;

        public List<(long From, long Until)> Asked { get; } = [];

        public Task<ContactSearchResult> WhoMetAsync(
            Approval promotion, long fromMs, long untilMs, int most, CancellationToken cancel)
        {
            Asked.Add((fromMs, untilMs));
            return Task.FromResult(new ContactSearchResult(Met, false));
        }
    }
}
