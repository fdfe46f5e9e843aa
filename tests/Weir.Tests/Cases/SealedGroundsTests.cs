// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Tests.Hosting;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>What the desk makes of grounds that are not corroborated (rules.md R21).</summary>
public sealed class SealedGroundsTests
{
    private const long Minute = 60_000;
    private static readonly Actor Ana = new("ana", Role.Analyst);

    [Fact]
    public async Task A_scope_on_doubtful_grounds_is_recorded_and_sealed_and_says_why()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 1) with { Doubt = EvidenceDoubt.NewStream });

        var scope = Assert.Single(place.Scopes);
        Assert.Equal((ScopeState.Open, EvidenceDoubt.NewStream, false), (scope.State, scope.Doubt, scope.MayAct));
        Assert.Equal(scope.Scope.Id, Assert.Single(place.Desk.Orders.InForce).Id);
        var entry = Assert.Single(place.Audit.EntriesOf(AuditActions.SealScope));
        Assert.Contains("sealed: its grounds were told by a stream", entry.Reason, StringComparison.Ordinal);
        Assert.Equal(DenyCode.NotCorroborated, await ReadAsync(place, scope));
        Assert.Equal(DenyCode.NotCorroborated, await ActAsync(place, scope, ScopeActions.Notify));
        Assert.Equal(DenyCode.NotCorroborated, await ActAsync(place, scope, ScopeActions.Block));
    }

    /// <summary>The refusal of a read, of a review and of the ladder is one sentence, with the time until where it is.
    /// </summary>
    [Fact]
    public async Task What_is_sealed_for_doubt_says_everywhere_that_no_review_opens_it_and_until_when()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 1) with { Doubt = EvidenceDoubt.TwoStreams });
        var scope = Assert.Single(place.Scopes);
        var until = DateTimeOffset.FromUnixTimeMilliseconds(scope.UntilMs);

        var read = (Decision.Deny)await place.Desk.Engine.DecideAsync(
            Ana, new Request.ReadFlows(scope.Scope.Purpose, scope.Scope.Id, null, null), default);
        var review = (await place.Desk.ReviewScopeAsync(Petra, scope.Scope.Id, default)).Refused!;

        Assert.StartsWith(
            FormattableString.Invariant($"Sealed until {until:yyyy-MM-dd HH:mm} UTC: its grounds were told while two"),
            read.Why, StringComparison.Ordinal);
        Assert.Contains("no review opens it", read.Why, StringComparison.Ordinal);
        Assert.Equal(read.Why, review.Why);
    }

    [Fact]
    public async Task What_waits_for_review_says_so_and_one_that_is_open_that_there_is_nothing_to_review()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync([.. Enumerable.Range(1, 6)
            .Select(i => Event((ulong)i, 7, RuleId.Scan, Class(Direction.Out, Tcp, [(ushort)(i * 100)])))]);
        var (waits, open) = (
            Assert.Single(place.Scopes, s => s.State == ScopeState.Sealed),
            place.Scopes.First(s => s.State == ScopeState.Open));

        Assert.Contains("waits for the privacy officer's review", ScopeSeals.Of(waits.Standing)!.Why, StringComparison.Ordinal);
        Assert.Null(ScopeSeals.Of(open.Standing));
        Assert.Contains(
            "nothing to review", (await place.Desk.ReviewScopeAsync(Petra, open.Scope.Id, default)).Refused!.Why,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealed_scope_is_not_counted_as_one_that_may_be_read()
    {
        await using var place = await OpenAsync();
        using var counted = new Counted();
        _ = new CaseMetrics(counted.Meters, () => place.Desk);
        await place.HandleAsync(Flood(1, 1) with { Doubt = EvidenceDoubt.NewStream }, Flood(2, 2));

        Assert.Equal(1, counted["weir.cases.scopes{state=uncorroborated}"]);
        Assert.Equal(1, counted["weir.cases.scopes{state=open}"]);
    }

    /// <summary>The router's stream has earned its standing and the flood lasts: what is corroborated has a scope of its own
    /// in the same case, which may be read; the sealed one stays sealed.</summary>
    [Fact]
    public async Task Corroborated_evidence_of_what_is_sealed_opens_a_scope_of_its_own_in_the_same_case()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 1) with { Doubt = EvidenceDoubt.NewStream });
        await place.HandleAsync(Flood(2, 1, from: Start + (9 * Minute), until: Start + (11 * Minute)));

        var (sealedOne, open) = (
            Assert.Single(place.Scopes, scope => scope.Doubt != EvidenceDoubt.None),
            Assert.Single(place.Scopes, scope => scope.MayAct));
        Assert.Equal(sealedOne.Scope.Case, open.Scope.Case);
        Assert.Equal(Start + (4 * Minute), open.Scope.FromMs);
        Assert.Null(await ReadAsync(place, open));
        Assert.Equal(DenyCode.NotCorroborated, await ReadAsync(place, sealedOne));

        // What is doubtful moves no end of what is not.
        await place.HandleAsync(Flood(3, 1, until: Start + (60 * Minute)) with { Doubt = EvidenceDoubt.NewStream });
        Assert.Equal(open.UntilMs, Assert.Single(place.Scopes, scope => scope.MayAct).UntilMs);
    }

    [Fact]
    public async Task True_evidence_does_not_wait_behind_forged_scopes()
    {
        await using var place = await OpenAsync();
        for (var i = 0; i < 7; i++)
        {
            await place.HandleAsync(Flood((ulong)(10 + i), 1) with
            {
                Class = Class(Direction.Out, Udp, [(ushort)(1_000 + i)], $"203.0.113.{i + 1}"),
                Doubt = EvidenceDoubt.NewStream,
            });
        }

        await place.HandleAsync(Flood(30, 1, port: 1_000));
        await place.HandleAsync(Flood(31, 1) with { Class = Class(Direction.Out, Udp, [1_000], "203.0.113.1") });

        Assert.Equal(2, place.Scopes.Count(scope => scope.MayAct));
        Assert.Equal(7, place.Scopes.Count(scope => scope.Doubt == EvidenceDoubt.NewStream));
        Assert.DoesNotContain(place.Scopes, scope => scope.State == ScopeState.Sealed);
    }

    [Fact]
    public async Task A_class_of_an_open_far_end_without_a_trait_closes_nobody_and_the_trait_outlives_a_restart()
    {
        await using var place = await OpenAsync();
        var scan = new TrafficClass(new() { Direction = Direction.Out, Protocol = 6, RemotePorts = [443] });
        await place.HandleAsync(
            Event(1, 1, RuleId.Scan, scan) with { Class = scan },
            Event(2, 2, RuleId.Scan, new(scan.Predicate with { Trait = FlowTrait.Unanswered })));

        Assert.Equal(
            [false, true],
            place.Scopes.OrderBy(scope => scope.Event).Select(scope => scope.Scope.Actions.HasFlag(ScopeActions.Block)));
        await place.RestartAsync();
        Assert.Equal(
            [FlowTrait.None, FlowTrait.Unanswered],
            place.Scopes.OrderBy(scope => scope.Event).Select(scope => scope.Scope.Class.Predicate.Trait));
    }

    private static async Task<DenyCode?> ReadAsync(CaseHandlerFixture place, CaseScope scope) =>
        CodeOf(await place.Desk.Engine.DecideAsync(
            Ana, new Request.ReadFlows(scope.Scope.Purpose, scope.Scope.Id, null, null), default));

    private static async Task<DenyCode?> ActAsync(CaseHandlerFixture place, CaseScope scope, ScopeActions action) =>
        CodeOf(await place.Desk.Engine.DecideAsync(
            action == ScopeActions.Block ? new Actor("olaf", Role.Operator) : Ana,
            new Request.ActOnScope(
                scope.Scope.Purpose, scope.Scope.Id, action, scope.Scope.Class.Predicate,
                action == ScopeActions.Block ? Ana : null),
            default));

    private static DenyCode? CodeOf(Decision decision) => (decision as Decision.Deny)?.Code;
}
