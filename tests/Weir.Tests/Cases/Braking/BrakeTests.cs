// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Protocol;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Braking;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases.Braking;

/// <summary>The brake on lists (rules.md R21): an edit of a list that would make 131 cases is held, shown, released by
/// two and dropped by two.</summary>
public sealed class BrakeTests
{
    private const int Bound = 20;
    private const int Readers = 131;
    private const string Newspaper = "203.0.113.0/24";
    private const string Reason = "a newspaper, listed by mistake";

    private static readonly Prefix Network = Prefix.Parse(Newspaper);

    [Trait("Attack", "24")]
    [Fact]
    public async Task An_edit_that_would_make_131_cases_is_held_whole_and_shown()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Readers);

        Assert.Equal(Bound, place.Desk.Files.Count());
        var held = Assert.Single(place.Desk.Networks);
        Assert.Equal(
            (HeldName.Of(Network), HeldNetworkState.Held, Readers, Bound, (long)(Readers - Bound)),
            (held.Name, held.State, held.Lines, held.Bound, held.Events));
        var told = Assert.Single(place.Audit.EntriesOf(AuditActions.HoldNetwork));
        Assert.Contains($"{Newspaper}: more than {Bound} lines met it in a day", told.Reason, StringComparison.Ordinal);

        // What was opened before the bound was reached is of no use meanwhile, and further visits open nothing.
        Assert.All(place.Scopes, scope => Assert.False(scope.MayAct));
        Assert.Equal(DenyCode.EntryHeld, await LookAsync(place));
        await ReadAsync(place, Readers, round: 2);
        Assert.Equal((Bound, 1), (place.Desk.Files.Count(), place.Audit.EntriesOf(AuditActions.HoldNetwork).Count()));
    }

    /// <summary>One of each address of a newspaper is listed: each by itself is met by few.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task A_network_that_is_listed_address_by_address_is_one_network()
    {
        await using var place = await BrakedAsync();
        for (var i = 1U; i <= Readers; i++)
        {
            await place.HandleAsync(Visit(i, $"203.0.113.{i}"));
        }

        Assert.Equal((Bound, Readers), (place.Desk.Files.Count(), Assert.Single(place.Desk.Networks).Lines));
    }

    [Fact]
    public async Task Two_people_in_different_roles_make_cases_of_it_and_one_does_not()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Readers);
        var keeper = new Keeper();
        using var people = new HeldNetworkHandler(place.Desk, [keeper], NullLogger<HeldNetworkHandler>.Instance);

        Assert.Equal(
            DenyCode.RoleMayNot, (await people.RequestAsync(Aud, Newspaper, true, Reason, default)).Refused!.Code);
        Assert.Equal(
            DenyCode.Unknown, (await people.RequestAsync(Ana, "203.0.114.0/24", true, Reason, default)).Refused!.Code);
        var asked = (await people.RequestAsync(Ana, Newspaper, true, Reason, default)).Asked!.Number;
        Assert.Equal(DenyCode.SecondPersonNeeded, (await people.ApproveAsync(Ana, asked, default)).Refused!.Code);
        Assert.Equal(Bound, place.Desk.Files.Count());

        var step = await people.ApproveAsync(Petra, asked, default);
        Assert.Equal((HeldNetworkState.Released, 0L, true), (step.Row!.State, step.Row.Events, step.Row.IsTold));
        Assert.Equal((Newspaper, true), Assert.Single(keeper.Told));
        Assert.Equal(Readers, place.Desk.Files.Count());
        Assert.All(place.Scopes, scope => Assert.True(scope.MayAct));
        Assert.Null(await LookAsync(place));

        // And what comes is no news, over a restart too; until thirty days are over.
        await place.RestartAsync();
        await ReadAsync(place, Readers + 50);
        Assert.Equal(Readers + 50, place.Desk.Files.Count());
        place.Clock.Advance(TimeSpan.FromDays(30));
        await place.Desk.RunOnceAsync(default);
        Assert.Empty(place.Desk.Networks);
    }

    [Fact]
    public async Task Two_people_drop_it_and_nothing_comes_of_it_any_more()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Readers);
        using var people = new HeldNetworkHandler(place.Desk, [new Keeper()], NullLogger<HeldNetworkHandler>.Instance);
        var asked = (await people.RequestAsync(Olaf, Newspaper, false, Reason, default)).Asked!.Number;
        Assert.Equal(
            HeldNetworkState.Dropped, (await people.ApproveAsync(Ana, asked, default)).Row!.State);

        await ReadAsync(place, Readers, round: 2);
        Assert.Equal(Bound, place.Desk.Files.Count());
        Assert.Equal(DenyCode.EntryHeld, await LookAsync(place));
        await place.RestartAsync();
        Assert.Equal(DenyCode.EntryHeld, await LookAsync(place));
        await ReadAsync(place, Readers, round: 3);
        Assert.Equal(Bound, place.Desk.Files.Count());
        Assert.Equal(
            [("ask-held", "olaf"), ("drop-held", "ana")],
            place.Audit.Entries.Where(one => one.Act.EndsWith("-held", StringComparison.Ordinal)
                && one.Outcome == "allow" && one.Reason.StartsWith("a-", StringComparison.Ordinal)).Select(one => (one.Act, one.Actor)));
    }

    /// <summary>Forged visitors: of a stream that is not corroborated, as many as one likes.</summary>
    [Trait("Attack", "50")]
    [Fact]
    public async Task Forged_visitors_hold_no_true_cnc()
    {
        await using var place = await BrakedAsync();
        for (var i = 1_000U; i < 1_500; i++)
        {
            await place.HandleAsync(Visit(i, "203.0.113.9") with { Doubt = EvidenceDoubt.NewStream });
        }

        await place.HandleAsync(Visit(1, "203.0.113.9"));
        Assert.Empty(place.Desk.Networks);
        Assert.True(Assert.Single(place.Scopes, scope => scope.Scope.Subject == Subject(1)).MayAct);
    }

    [Fact]
    public async Task Other_rules_and_networks_within_the_bound_are_left_alone()
    {
        await using var place = await BrakedAsync();
        for (var i = 1U; i <= 30; i++)
        {
            await place.HandleAsync(Flood(i, i));
            await place.HandleAsync(Visit(100 + i, i <= Bound ? "192.0.2.7" : "198.51.100.7"));
        }

        Assert.Empty(place.Desk.Networks);
        Assert.Equal(60, place.Desk.Files.Count());
    }

    [Fact]
    public async Task A_restart_begins_no_day_anew_and_forgets_nothing_that_is_held()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Bound);
        await place.RestartAsync();
        Assert.Equal(Bound, place.Desk.Files.Count());

        await ReadAsync(place, Bound + 1);
        Assert.Equal((Bound, 1L), (place.Desk.Files.Count(), Assert.Single(place.Desk.Networks).Events));
        await place.RestartAsync();
        Assert.Equal(1L, Assert.Single(place.Desk.Networks).Events);
        Assert.All(place.Scopes, scope => Assert.False(scope.MayAct));
    }

    /// <summary>Those beyond the bound are counted nowhere but in what is shown.</summary>
    [Fact]
    public async Task A_restart_makes_what_is_held_look_no_smaller()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Readers);
        await place.RestartAsync();
        await ReadAsync(place, Bound + 1, round: 2);
        Assert.Equal(Readers, Assert.Single(place.Desk.Networks).Lines);
    }

    [Fact]
    public async Task What_could_not_be_put_on_record_is_begun_anew()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Bound);
        place.Audit.Breaks = entry => entry.Act is AuditActions.HoldNetwork or AuditActions.DropHeld;
        _ = await Assert.ThrowsAsync<AuditException>(() => ReadAsync(place, Bound + 1, round: 2));
        Assert.Empty(place.Desk.Networks);

        place.Audit.Breaks = _ => false;
        await ReadAsync(place, Bound + 1, round: 3);
        Assert.Single(place.Audit.EntriesOf(AuditActions.HoldNetwork));
        Assert.All(place.Scopes, scope => Assert.False(scope.MayAct));

        var held = Assert.Single(place.Desk.Networks);
        place.Clock.Advance(CaseHandler.LongestHeld + TimeSpan.FromMinutes(1));
        place.Audit.Breaks = entry => entry.Act == AuditActions.DropHeld;
        _ = await Assert.ThrowsAsync<AuditException>(() => place.Desk.RunOnceAsync(default));
        Assert.Equal(held, Assert.Single(place.Desk.Networks));
    }

    /// <summary>Who gave leave hangs up between that and what comes of it; more visits came meanwhile.</summary>
    [Fact]
    public async Task What_two_people_gave_is_decided_though_the_second_hangs_up()
    {
        await using var place = await BrakedAsync();
        using var hangsUp = new CancellationTokenSource();
        place.WithRecords = records => new GivenRecords(records, hangsUp);
        await place.RestartAsync();
        await ReadAsync(place, Readers);
        using var people = new HeldNetworkHandler(place.Desk, [new Keeper()], NullLogger<HeldNetworkHandler>.Instance);
        var asked = (await people.RequestAsync(Ana, Newspaper, true, Reason, default)).Asked!.Number;

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => people.ApproveAsync(Olaf, asked, hangsUp.Token));
        Assert.Equal(HeldNetworkState.Released, Assert.Single(place.Desk.Networks).State);
        await people.RunOnceAsync(default);
        Assert.Equal(Readers, place.Desk.Files.Count());
    }

    [Fact]
    public async Task What_was_decided_waits_for_vault_and_store_and_is_taken_back_where_they_do_not_believe_it()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Readers);
        var keeper = new Keeper { Fault = new VaultDownException("it is away") };
        using var people = new HeldNetworkHandler(place.Desk, [keeper], NullLogger<HeldNetworkHandler>.Instance);
        var asked = (await people.RequestAsync(Ana, Newspaper, true, Reason, default)).Asked!.Number;

        Assert.False((await people.ApproveAsync(Olaf, asked, default)).Row!.IsTold);
        Assert.Equal(Bound, place.Desk.Files.Count());
        await ReadAsync(place, Readers + 1);
        await place.RestartAsync();
        Assert.Equal((Bound, DenyCode.EntryHeld), (place.Desk.Files.Count(), await LookAsync(place)));

        using var again = new HeldNetworkHandler(place.Desk, [keeper], NullLogger<HeldNetworkHandler>.Instance);
        keeper.Fault = new VaultRefusedException(DenyCode.SecondPersonNeeded, "nobody signed it")
        {
            Word = "approval-stale",
        };
        await again.RunOnceAsync(default);
        Assert.Equal(HeldNetworkState.Held, Assert.Single(place.Desk.Networks).State);
        Assert.Contains(place.Audit.EntriesOf(AuditActions.HoldNetwork), one => one.Outcome == "approval-stale");

        keeper.Fault = null;
        asked = (await again.RequestAsync(Ana, Newspaper, true, Reason, default)).Asked!.Number;
        Assert.True((await again.ApproveAsync(Olaf, asked, default)).Row!.IsTold);
        Assert.Equal(Readers + 1, place.Desk.Files.Count());
    }

    /// <summary>More visits come while vault and store are asked: who carries it out, or takes it back, goes by how it
    /// stands then.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_came_while_a_decision_was_told_is_not_lost(bool isBelieved)
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Readers);
        var keeper = new Keeper
        {
            Meanwhile = () => ReadAsync(place, 10, round: 7),
            Fault = isBelieved ? null : new VaultRefusedException(DenyCode.SecondPersonNeeded, "nobody signed it"),
        };
        using var people = new HeldNetworkHandler(place.Desk, [keeper], NullLogger<HeldNetworkHandler>.Instance);
        var asked = (await people.RequestAsync(Ana, Newspaper, false, Reason, default)).Asked!.Number;
        _ = await people.ApproveAsync(Olaf, asked, default);

        var row = Assert.Single(place.Desk.Networks);
        const int waited = Readers - Bound + 10;
        Assert.Equal(
            isBelieved ? (HeldNetworkState.Dropped, 0, waited) : (HeldNetworkState.Held, waited, 0),
            (row.State, (int)row.Events, (int)row.Lost));
    }

    /// <summary>The audit or the records fail, and the desk starts anew, at each point between a leave and what comes of
    /// it: both are there, or neither, and who tries again gets it done once.</summary>
    [Fact]
    public async Task A_leave_and_what_follows_are_both_there_or_neither_wherever_it_is_cut()
    {
        for (var cut = 0; cut < 12; cut++)
        {
            await using var place = await BrakedAsync();
            var records = new CutRecords();
            place.WithRecords = inner => records.Before(inner);
            await place.RestartAsync();
            await ReadAsync(place, Readers);
            var asked = await AskAsync(place);

            records.Left = cut / 2;
            var entries = cut / 2;
            place.Audit.Breaks = entry => cut % 2 == 1 && entry.Act != AuditActions.HoldNetwork && entries-- == 0;
            var isCut = !await TryGiveAsync(place, asked);
            records.Left = int.MaxValue;
            place.Audit.Breaks = _ => false;

            // In memory as on disk: what is used up is decided.
            var given = place.Desk.FindAsked(asked)!.GivenAt is not null;
            Assert.Equal(given, place.Desk.Networks.Single().State == HeldNetworkState.Released);
            await place.RestartAsync();
            Assert.Equal(given, place.Desk.FindAsked(asked)!.GivenAt is not null);
            Assert.True(isCut || given, $"cut {cut}");
            if (!given)
            {
                Assert.True(await TryGiveAsync(place, asked), $"cut {cut}");
            }

            using var people = new HeldNetworkHandler(place.Desk, [new Keeper()], NullLogger<HeldNetworkHandler>.Instance);
            await people.RunOnceAsync(default);
            Assert.Equal((Readers, 0L), (place.Desk.Files.Count(), place.Desk.Networks.Single().Events));
            Assert.Contains(place.Audit.Entries, one => one.Act == AuditActions.ReleaseHeld && one.Actor == "olaf"
                && one.Reason.Contains("asked by ana", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_leave_that_could_not_be_put_on_record_is_not_used_up()
    {
        await using var place = await OpenAsync();
        var asked = (await place.Desk.RequestAsync(Ana, Permission.Promote, new(Target: "192.0.2.7:443/tcp"), Reason, default))
            .Asked!.Number;
        place.Audit.Breaks = entry => entry.Act == AuditActions.ApprovePromotion && entry.Actor == "olaf"
            && entry.Reason.Contains("asked by", StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<AuditException>(GiveAsync);
        Assert.Empty(place.Desk.GetApprovals(Permission.Promote));
        Assert.Single(place.Desk.Asked);

        place.Audit.Breaks = _ => false;
        Assert.NotNull((await GiveAsync()).Approval);

        Task<ApprovalResult> GiveAsync() => place.Desk.ApproveAsync(
            Olaf, asked,
            first => new Request.Promote(
                Endpoint.TryParse(first.Target, out var endpoint) ? endpoint : default,
                new Actor(first.AskedBy, first.AskedRole)),
            TimeSpan.FromHours(1), default);
    }

    [Fact]
    public async Task What_nobody_looks_at_for_a_fortnight_goes()
    {
        await using var place = await BrakedAsync();
        await ReadAsync(place, Readers);
        place.Clock.Advance(CaseHandler.LongestHeld - TimeSpan.FromMinutes(1));
        await place.Desk.RunOnceAsync(default);
        Assert.Single(place.Desk.Networks);

        place.Clock.Advance(TimeSpan.FromMinutes(2));
        await place.Desk.RunOnceAsync(default);
        Assert.Empty(place.Desk.Networks);
        Assert.Equal(Readers - Bound, place.Desk.FallenEvents);
        await place.RestartAsync();
        Assert.Empty(place.Desk.Networks);
    }

    private static async Task<CaseHandlerFixture> BrakedAsync()
    {
        var place = await OpenAsync();
        place.Brake = new(Bound, int.MaxValue, TimeSpan.Zero);
        await place.RestartAsync();
        return place;
    }

    private static Task<EventReceipt> ReadAsync(CaseHandlerFixture place, int readers, uint round = 1) => place.HandleAsync(
        [.. Enumerable.Range(1, readers).Select(i => Visit((uint)i, "203.0.113.9", round))]);

    private static QualityEvent Visit(uint line, string address, uint round = 1) => Event(
        (round * 100_000) + line, line, RuleId.CncContact, Class(Direction.Both, Tcp, [443], address),
        Start + (round * 60_000), Start + ((round + 1) * 60_000)) with
    {
        Sources = 1, Detail = "listed by our-c2",
    };

    private static async Task<ulong> AskAsync(CaseHandlerFixture place)
    {
        using var people = new HeldNetworkHandler(place.Desk, [new Keeper()], NullLogger<HeldNetworkHandler>.Instance);
        return (await people.RequestAsync(Ana, Newspaper, true, Reason, default)).Asked!.Number;
    }

    /// <summary>Whether the second person's step came to its end.</summary>
    private static async Task<bool> TryGiveAsync(CaseHandlerFixture place, ulong asked)
    {
        using var people = new HeldNetworkHandler(place.Desk, [new Keeper()], NullLogger<HeldNetworkHandler>.Instance);
        try
        {
            return (await people.ApproveAsync(Olaf, asked, default)).Refused is null;
        }
        catch (Exception cut) when (cut is AuditException or IOException)
        {
            return false;
        }
    }

    private static async Task<DenyCode?> LookAsync(CaseHandlerFixture place) => (await place.Desk.Engine.DecideAsync(
        Ana, new Request.ReadFlows(Purpose.CncContact, place.Scopes.First().Scope.Id, null, null), default)
        as Decision.Deny)?.Code;

    /// <summary>Records whose caller hangs up as soon as they have what two people gave.</summary>
    private sealed class GivenRecords(ICaseRecords inner, CancellationTokenSource hangsUp) : ICaseRecords
    {
        public async Task CommitAsync(CaseChanges changes, CancellationToken cancel)
        {
            await inner.CommitAsync(changes, cancel);
            if (changes.Approvals.Any(one => one.GivenAt is not null))
            {
                await hangsUp.CancelAsync();
            }
        }

        public Task<IReadOnlyList<JournaledEvent>> JournalAsync(
            IReadOnlyCollection<JournaledEvent> events, CancellationToken cancel) => inner.JournalAsync(events, cancel);

        public Task<StoredCases> LoadAsync(DateTimeOffset erasedSince, CancellationToken cancel) =>
            inner.LoadAsync(erasedSince, cancel);

        public Task<IReadOnlyList<JournaledEvent>> LoadHeldAsync(HeldName with, int most, CancellationToken cancel) =>
            inner.LoadHeldAsync(with, most, cancel);

        public Task<int> AddAsync(PolicyRefusal refusal, DateTimeOffset since, CancellationToken cancel) =>
            inner.AddAsync(refusal, since, cancel);
    }

    /// <summary>Records whose disk refuses after so many writes.</summary>
    private sealed class CutRecords
    {
        public int Left { get; set; } = int.MaxValue;

        public ICaseRecords Before(ICaseRecords inner) => new Cut(this, inner);

        private sealed class Cut(CutRecords by, ICaseRecords inner) : ICaseRecords
        {
            public Task CommitAsync(CaseChanges changes, CancellationToken cancel) =>
                by.Left-- > 0 ? inner.CommitAsync(changes, cancel) : throw new IOException("the disk refuses");

            public Task<IReadOnlyList<JournaledEvent>> JournalAsync(
                IReadOnlyCollection<JournaledEvent> events, CancellationToken cancel) =>
                inner.JournalAsync(events, cancel);

            public Task<StoredCases> LoadAsync(DateTimeOffset erasedSince, CancellationToken cancel) =>
                inner.LoadAsync(erasedSince, cancel);

            public Task<IReadOnlyList<JournaledEvent>> LoadHeldAsync(
                HeldName with, int most, CancellationToken cancel) => inner.LoadHeldAsync(with, most, cancel);

            public Task<int> AddAsync(PolicyRefusal refusal, DateTimeOffset since, CancellationToken cancel) =>
                inner.AddAsync(refusal, since, cancel);
        }
    }

    /// <summary>A vault, or a store, that is told.</summary>
    private sealed class Keeper : IBrakeKeeper
    {
        public List<(string Network, bool IsReleased)> Told { get; } = [];

        public Exception? Fault { get; set; }

        /// <summary>What happens while it is told.</summary>
        public Func<Task> Meanwhile { get; init; } = () => Task.CompletedTask;

        public async Task DecideAsync(
            string leave, string network, bool isReleased, SignedApproval? signed, CancellationToken cancel)
        {
            await Meanwhile();
            if (Fault is not null)
            {
                throw Fault;
            }

            Told.Add((network, isReleased));
        }
    }
}
