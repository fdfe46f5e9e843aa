// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.StoreClient;

namespace Weir.Tests.StoreProcess;

/// <summary>Looking back: a promotion of two, for what a comparison here found, gives events that the store signed;
/// anything else gives a code.</summary>
public sealed class LookBackGateTests
{
    private static readonly DateTimeOffset Given = StoreHouse.Now.AddMinutes(-30);

    [Fact]
    public async Task A_promotion_of_two_gives_events_that_verify()
    {
        await using var house = await FoundAsync();
        var found = await new StoreLookBack(house.Requests).SearchAsync(
            Leave(), ComparedData.FromMs, ComparedData.UntilMs, default);
        var number = house.LastNumber();

        Assert.False(found.IsCut);
        Assert.Equal(30, found.Events.Count);
        var subjects = new HashSet<object>();
        foreach (var envelope in found.Events)
        {
            var verified = house.Ring.Verify(envelope, EventDocument.Type);
            Assert.True(verified.IsBelieved);
            Assert.Equal("store", verified.Signer.Role);
            Assert.True(EventDocument.TryRead(envelope, out var quality));
            Assert.Equal((EventOrigin.Digests, RuleId.CncContact), (quality.Origin, quality.Rule));
            Assert.Contains(ComparedData.Shared.Address, quality.Class!.Predicate.Remotes);
            Assert.True(subjects.Add(quality.Subject));
        }

        // Again the same events, by their own octets: whoever has them knows them.
        var again = await new StoreLookBack(house.Requests).SearchAsync(
            Leave(), ComparedData.FromMs, ComparedData.UntilMs, default);
        Assert.Equal(found.Events, again.Events);

        var entry = (await house.ChainAsync()).First(e => e.Request == number);
        Assert.Equal(
            (AuditActions.LookBack, AuditActions.Allow, 30L), (entry.Act, entry.Outcome, entry.Rows));
        Assert.DoesNotContain(ComparedData.Shared.Address.ToString(), entry.Reason);
    }

    [Fact]
    public async Task One_person_twice_one_role_twice_and_what_was_not_found_are_refused()
    {
        await using var house = await FoundAsync();
        var right = Leave();
        (string Code, PromotionLeave Leave)[] wrong =
        [
            (StoreCodes.SecondPersonNeeded, right with { GivenBy = "ana" }),
            (StoreCodes.SecondPersonNeeded, right with { GivenBy = " ANA " }),
            (StoreCodes.SecondPersonNeeded, right with { GivenRole = "analyst" }),
            (StoreCodes.SecondPersonNeeded, right with { GivenRole = "privacy-officer" }),
            (StoreCodes.SecondPersonNeeded, right with { GivenBy = "" }),
            ("malformed", right with { GivenRole = "root" }),
            ("malformed", right with { Endpoint = "192.0.2.80:0/tcp" }),
            (StoreCodes.PromotionOver, right with { GivenAt = Given.AddDays(-8), AskedAt = Given.AddDays(-8) }),
            (StoreCodes.PromotionOver, right with { GivenAt = StoreHouse.Now.AddHours(2) }),
            (StoreCodes.PromotionOver, right with { AskedAt = Given.AddMinutes(1) }),
            (StoreCodes.NotFoundHere, right with { Endpoint = "198.18.0.1:443/tcp" }),
            (StoreCodes.NotFoundHere, right with { Endpoint = ComparedData.Control.ToString() }),
        ];
        foreach (var (code, leave) in wrong)
        {
            Assert.Equal(code, await CodeAsync(house, leave, ComparedData.FromMs, ComparedData.UntilMs));
        }

        Assert.Equal(StoreCodes.TooFarBack, await CodeAsync(
            house, right, ComparedData.FromMs - (7 * 86_400_000L), ComparedData.UntilMs));
        Assert.Equal(StoreCodes.TooFarBack, await CodeAsync(
            house, right, ComparedData.FromMs, ComparedData.UntilMs + (4 * 86_400_000L)));
        var begin = Epochs.BeginOf(Epochs.At(ComparedData.FromMs)).ToUnixTimeMilliseconds();
        Assert.Equal(StoreCodes.WindowOverEpochs, await CodeAsync(house, right, begin - 1, begin + 1_000));

        var chain = await house.ChainAsync();
        Assert.Equal(
            wrong.Length + 3, chain.Count(e => e.Act == AuditActions.LookBack && e.Outcome != AuditActions.Allow));
        Assert.DoesNotContain(chain, e => e.Act == AuditActions.LookBack && e.Outcome == AuditActions.Allow);
    }

    private static async Task<StoreHouse> FoundAsync()
    {
        var house = await StoreHouse.OpenAsync();
        await ComparedData.FillAsync(house);
        _ = await new StoreComparisons(house.Requests).RunAsync(
            ComparisonGateTests.Ask(), StoreComparisons.AllowedBy(ComparedData.Lists()), default);
        await house.StartAgainAsync();
        return house;
    }

    private static async Task<string> CodeAsync(StoreHouse house, PromotionLeave leave, long fromMs, long untilMs) =>
        (await Assert.ThrowsAsync<PeerRefusedException>(() => new StoreLookBack(house.Requests).SearchAsync(
            leave, fromMs, untilMs, default))).Code;

    private static PromotionLeave Leave() => StoreLookBack.LeaveOf(new Approval(
        new StoredApproval
        {
            Number = 17,
            Deed = Permission.Promote,
            Target = ComparedData.Shared.ToString(),
            AskedBy = "ana",
            AskedRole = Role.Analyst,
            Reason = "beacons",
            AskedAt = Given.AddHours(-1),
            GivenBy = "olaf",
            GivenRole = Role.Operator,
            GivenAt = Given,
        },
        DateTimeOffset.MaxValue));
}
