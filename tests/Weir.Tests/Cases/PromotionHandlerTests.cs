// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Desk.Lists.Feeds;
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

    public Task PutAsync(Promotion promotion, CancellationToken cancel)
    {
        _all = [.. _all.Where(p => p.Endpoint != promotion.Endpoint), promotion];
        return Task.CompletedTask;
    }

    public Task MarkAsync(Promotion promotion, LookBackState state, CancellationToken cancel) => Task.CompletedTask;

    public Task<bool> RemoveAsync(Endpoint endpoint, CancellationToken cancel) => IsBroken
        ? throw new IOException("no space left")
        : Task.FromResult(_all.RemoveAll(p => p.Endpoint == endpoint) > 0);
}
