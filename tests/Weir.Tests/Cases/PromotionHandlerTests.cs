// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>Who may put what on our own list, and what is refused with which code.</summary>
public sealed class PromotionHandlerTests
{
    private static readonly Endpoint Found = new(IpKey.Parse("192.0.2.80"), 8443, Protocols.Tcp);
    private static readonly Endpoint Shared = Found with { Port = 443 };
    private static readonly Endpoint Hidden = Found with { Port = 9000 };
    private static readonly Endpoint Child = Found with { Port = 6667 };
    private static readonly Endpoint Grandchild = Found with { Port = 6668 };
    private static readonly Endpoint Allowed = Found with { Port = 8080 };

    [Fact]
    public async Task An_analyst_and_an_operator_promote_what_a_run_reported_and_one_takes_it_back()
    {
        await using var place = await OpenAsync();
        var list = new InMemoryPromotedList();
        var desk = DeskOf(place, list);

        var asked = await desk.RequestAsync(Ana, Found, "", "beacons", default);
        Assert.Null(asked.Refused);
        Assert.Empty(list.All);
        var given = await desk.ApproveAsync(Olaf, asked.Asked!.Number, default);

        var entry = Assert.Single(list.All);
        Assert.Equal(given.Done, entry);
        Assert.Equal((Found, "run", "ana", "olaf", "beacons", asked.Asked.Number), (
            entry.Endpoint, entry.Run, entry.AskedBy, entry.GivenBy, entry.Reason, entry.Approval));
        Assert.Equal(TimeSpan.FromDays(90), entry.ExpiresAt - entry.At);
        Assert.Equal([AuditActions.AskPromotion, AuditActions.ApprovePromotion], place.Audit.Entries
            .Where(e => e is { Outcome: AuditActions.Allow, PredicateDigest.Length: > 0 }
                && e.Reason.StartsWith("a-", StringComparison.Ordinal))
            .Select(e => e.Act));
        Assert.Equal(
            DenyCode.ActionNotAllowed, (await desk.RequestAsync(Olaf, Found, "", "again", default)).Refused!.Code);

        Assert.Equal(DenyCode.RoleMayNot, (await desk.DemoteAsync(Petra, Found, "no", default))!.Code);
        Assert.Null(await desk.DemoteAsync(Olaf, Found, "a vendor", default));
        Assert.Empty(list.All);
        Assert.Equal(DenyCode.Unknown, (await desk.DemoteAsync(Olaf, Found, "a vendor", default))!.Code);
        Assert.Contains(place.Audit.EntriesOf(AuditActions.Demote), e =>
            e is { Outcome: AuditActions.Allow, Actor: "olaf", Reason: "a vendor" });
    }

    [Fact]
    public async Task What_was_taken_off_comes_back_by_a_comparison_of_later_days_alone()
    {
        await using var place = await OpenAsync();
        var now = place.Clock.GetUtcNow();
        var list = new InMemoryPromotedList { TakenOffAt = now };
        var candidates = new Seen(now.AddHours(-1));
        var desk = new PromotionHandler(new PromotionDependencies
        {
            Desk = place.Desk, Candidates = candidates, Promoted = list, Lists = new CurrentWatchlist(Watchlist.Empty),
            Lifetime = TimeSpan.FromDays(90), Time = place.Clock,
        });
        var asked = await desk.RequestAsync(Ana, Found, "", "beacons", default);
        Assert.NotNull((await desk.ApproveAsync(Olaf, asked.Asked!.Number, default)).Done);
        Assert.Null(await desk.DemoteAsync(Olaf, Found, "a vendor", default));

        var again = await desk.RequestAsync(Ana, Found, "", "beacons", default);
        Assert.Equal(DenyCode.ActionNotAllowed, again.Refused!.Code);
        Assert.Contains("It was taken off on", again.Refused.Why, StringComparison.Ordinal);
        candidates.Until = now.AddHours(1);
        Assert.Null((await desk.RequestAsync(Ana, Found, "", "it is back", default)).Refused);
    }

    [Fact]
    public async Task What_was_promoted_and_taken_off_counts_within_its_day()
    {
        await using var place = await OpenAsync();
        var now = place.Clock.GetUtcNow();
        RejectedEndpoint[] rejected =
            [.. Enumerable.Range(0, PromotionBrake.MostADay).Select(i => new RejectedEndpoint(
                Found with { Port = (ushort)(100 + i) }, now.AddHours(-2), now.AddHours(-1)))];
        var candidate = new Seen(now).Find(Found)!;

        Assert.Contains("within 24 hours", PromotionBrake.Check(candidate, [], rejected, now), StringComparison.Ordinal);
        Assert.Null(PromotionBrake.Check(candidate, [], rejected[1..], now));
        Assert.Null(PromotionBrake.Check(candidate, [], rejected, now.AddDays(1)));
    }

    private sealed class Seen(DateTimeOffset until) : ICandidates
    {
        public DateTimeOffset Until { get; set; } = until;

        public Candidate? Withheld(string number) => null;

        public Candidate? Find(Endpoint endpoint) =>
            new(endpoint, "run", Candidate.IsOne, "1e-9", "1e-6", "5.4", "5.1", "") { SeenUntil = Until };
    }

    [Fact]
    public async Task One_person_twice_a_wrong_role_and_a_number_of_something_else_are_refused()
    {
        await using var place = await OpenAsync();
        var list = new InMemoryPromotedList();
        var desk = DeskOf(place, list);
        var number = (await desk.RequestAsync(Ana, Found, "", "beacons", default)).Asked!.Number;
        var review = (await place.Desk.RequestAsync(
            Ana, Permission.ReviewCandidate, new(Target: "run.1"), "", default)).Asked!.Number;

        Assert.Equal(DenyCode.SecondPersonNeeded, (await desk.ApproveAsync(Ana, number, default)).Refused!.Code);
        Assert.Equal(
            DenyCode.SecondPersonNeeded,
            (await desk.ApproveAsync(new Actor("anna", Role.Analyst), number, default)).Refused!.Code);
        Assert.Equal(DenyCode.RoleMayNot, (await desk.ApproveAsync(Petra, number, default)).Refused!.Code);
        Assert.Equal(DenyCode.Unknown, (await desk.ApproveAsync(Olaf, review, default)).Refused!.Code);
        Assert.Equal(DenyCode.Unknown, (await desk.ApproveAsync(Olaf, 12, default)).Refused!.Code);
        Assert.All([Petra, Aud, Adam], who => Assert.Equal(
            DenyCode.RoleMayNot,
            desk.RequestAsync(who, Found, "", "beacons", default).GetAwaiter().GetResult().Refused!.Code));
        Assert.Equal(DenyCode.ActionNotAllowed, (await desk.RequestAsync(Ana, Found, "", "  ", default)).Refused!.Code);
        Assert.Empty(list.All);

        // Nor is a promotion given by reviewing it, for which other pairs of roles may.
        Assert.Equal(DenyCode.Unknown, (await place.Desk.ApproveAsync(
            Petra, number, a => new Request.ReviewCandidate(a.Target, new Actor(a.AskedBy, a.AskedRole)),
            TimeSpan.FromMinutes(15), default)).Refused!.Code);
        Assert.NotNull((await desk.ApproveAsync(Olaf, number, default)).Done);
        Assert.Equal(DenyCode.ActionNotAllowed, (await desk.ApproveAsync(Olaf, number, default)).Refused!.Code);
        Assert.Single(list.All);
    }

    [Fact]
    public async Task Only_a_candidate_is_promoted_and_a_withheld_one_only_after_its_review()
    {
        await using var place = await OpenAsync();
        var desk = DeskOf(place, new InMemoryPromotedList());

        Assert.Equal(
            DenyCode.ActionNotAllowed,
            (await desk.RequestAsync(Ana, Shared, "", "significant", default)).Refused!.Code);
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            (await desk.RequestAsync(Ana, Allowed, "", "significant", default)).Refused!.Code);
        var none = (await desk.RequestAsync(Ana, Found with { Port = 1 }, "", "curious", default)).Refused!;
        var hidden = (await desk.RequestAsync(Ana, Hidden, "", "curious", default)).Refused!;
        // a withheld one is told from none by nobody
        Assert.Equal((DenyCode.Unknown, none.Why), (hidden.Code, hidden.Why));
        Assert.Equal(DenyCode.Unknown, (await desk.RequestAsync(Ana, null, "run.1", "curious", default)).Refused!.Code);

        var review = (await place.Desk.RequestAsync(
            Ana, Permission.ReviewCandidate, new(Target: "run.1"), "", default)).Asked!.Number;
        Assert.Equal(
            DenyCode.Unknown,
            (await desk.RequestAsync(Ana, null, "run.1", "asked is not given", default)).Refused!.Code);
        Assert.Null((await place.Desk.ApproveAsync(
            Petra, review, a => new Request.ReviewCandidate(a.Target, new Actor(a.AskedBy, a.AskedRole)),
            TimeSpan.FromMinutes(15), default)).Refused);
        Assert.Equal(
            Hidden.ToString(), (await desk.RequestAsync(Ana, null, "run.1", "reviewed", default)).Asked!.Target);
        Assert.NotNull((await desk.RequestAsync(Ana, Hidden, "", "reviewed", default)).Asked);
    }

    [Fact]
    public async Task What_rests_on_a_promoted_endpoint_falls_with_it_in_one_step_and_on_record()
    {
        await using var place = await OpenAsync();
        var list = new InMemoryPromotedList();
        var desk = DeskOf(place, list);
        foreach (var endpoint in new[] { Found, Child })
        {
            var asked = await desk.RequestAsync(Ana, endpoint, "", "beacons", default);
            Assert.NotNull((await desk.ApproveAsync(Olaf, asked.Asked!.Number, default)).Done);
        }

        Assert.Equal([1, 2], list.All.Select(p => p.Hops));
        var third = (await desk.RequestAsync(Ana, Grandchild, "", "beacons", default)).Refused!;
        Assert.Equal(DenyCode.ActionNotAllowed, third.Code);
        Assert.Contains("2 steps from a list of others are the limit", third.Why, StringComparison.Ordinal);

        Assert.Null(await desk.DemoteAsync(Olaf, Found, "a vendor", default));
        Assert.Empty(list.All);
        Assert.Contains(place.Audit.EntriesOf(AuditActions.Demote), e => e.Outcome == AuditActions.Allow
            && e.Reason == $"it rests on {Found}, which is taken off: a vendor");
    }

    [Fact]
    public void The_brake_counts_steps_days_and_what_falls()
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        Promotion[] all = [Entry(Found, 1), Entry(Child, 2, Found), Entry(Hidden, 2, Shared, Child), Entry(Allowed, 1)];
        var candidates = new FakeCandidates();

        Assert.Equal(1, PromotionBrake.HopsOf(candidates.Find(Found)!, all));
        Assert.Equal(2, PromotionBrake.HopsOf(candidates.Find(Child)!, all));
        Assert.Equal(3, PromotionBrake.HopsOf(candidates.Find(Grandchild)!, all));
        Assert.Equal(3, PromotionBrake.HopsOf(candidates.Find(Child)!, [])); // its ancestor is gone: nobody knows how far
        Assert.Equal([Child, Hidden], PromotionBrake.FallWith(Found, all));
        Assert.Empty(PromotionBrake.FallWith(Allowed, all));

        Promotion[] day = [.. Enumerable.Range(1, PromotionBrake.MostADay).Select(i =>
            Entry(Found with { Port = (ushort)i }, 1) with { At = now.AddHours(-i) })];
        Assert.Contains("within 24 hours", PromotionBrake.Check(candidates.Find(Found)!, day, [], now), StringComparison.Ordinal);
        Assert.Null(PromotionBrake.Check(candidates.Find(Found)!, day, [], now.AddHours(5)));
    }

    private static Promotion Entry(Endpoint endpoint, int hops, params Endpoint[] ancestors) => new()
    {
        Endpoint = endpoint, Run = "run", P = "", Q = "", Ic = "", Ic025 = "", Approval = 1, AskedBy = "ana",
        GivenBy = "olaf", Reason = "", At = default, ExpiresAt = DateTimeOffset.MaxValue, Hops = hops, RestsOn = ancestors,
    };

    private static PromotionHandler DeskOf(CaseHandlerFixture place, InMemoryPromotedList list)
    {
        var allow = FeedReader.Parse(
            $"{Allowed.Address}:{Allowed.Port}\n", new FeedOptions { Path = "allow.txt", Role = ListRole.Allow },
            place.Clock);
        return new(new()
        {
            Desk = place.Desk,
            Candidates = new FakeCandidates(),
            Promoted = list,
            Lists = new(Watchlist.From([allow], place.Clock.GetUtcNow())),
            Lifetime = TimeSpan.FromDays(90),
            Time = place.Clock,
        });
    }

    private sealed class FakeCandidates : ICandidates
    {
        public Candidate? Withheld(string number) => number == "run.1" ? Create(Hidden, withheldAs: "run.1") : null;

        public Candidate? Find(Endpoint endpoint) =>
            endpoint == Found || endpoint == Allowed ? Create(endpoint)
            : endpoint == Shared ? Create(endpoint, "shared")
            : endpoint == Hidden ? Withheld("run.1")
            : endpoint == Child ? Create(Child) with { RestsOn = [Found] }
            : endpoint == Grandchild ? Create(Grandchild) with { RestsOn = [Child] }
            : null;

        private static Candidate Create(Endpoint endpoint, string status = Candidate.IsOne, string withheldAs = "") =>
            new(endpoint, "run", status, "1e-9", "1e-6", "5.4", "5.1", withheldAs);
    }
}

/// <summary>Our own list in memory.</summary>
internal sealed class InMemoryPromotedList : IPromotedList
{
    private List<Promotion> _all = [];

    /// <summary>Its file cannot be written.</summary>
    public bool IsBroken { get; set; }

    public IReadOnlyList<Promotion> All => _all;

    public IReadOnlyList<RejectedEndpoint> Rejected { get; private set; } = [];

    public DateTimeOffset TakenOffAt { get; set; } = DateTimeOffset.MinValue;

    public Task PutAsync(Promotion promotion, CancellationToken cancel)
    {
        _all = [.. _all.Where(p => p.Endpoint != promotion.Endpoint), promotion];
        return Task.CompletedTask;
    }

    public Task MarkAsync(Promotion promotion, LookBackState state, CancellationToken cancel) => Task.CompletedTask;

    public Task RenewAsync(IReadOnlyCollection<Promotion> renewed, CancellationToken cancel)
    {
        _all = [.. _all.Select(p => renewed.FirstOrDefault(one => one.Endpoint == p.Endpoint) ?? p)];
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(IReadOnlyCollection<Endpoint> endpoints, CancellationToken cancel) => IsBroken
        ? throw new IOException("no space left")
        : Task.FromResult(TakeOff(endpoints));

    private bool TakeOff(IReadOnlyCollection<Endpoint> endpoints)
    {
        Rejected = [.. Rejected, .. _all.Where(p => endpoints.Contains(p.Endpoint))
            .Select(p => new RejectedEndpoint(p.Endpoint, p.At, TakenOffAt))];
        return _all.RemoveAll(p => endpoints.Contains(p.Endpoint)) > 0;
    }
}
