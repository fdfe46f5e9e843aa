// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>What events do to case files, and what a stop in between does not.</summary>
public sealed class CaseHandlerEventTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public async Task An_event_that_nobody_signed_opens_nothing_and_is_recorded()
    {
        await using var place = await OpenAsync();

        var honest = place.Keys.Sign(Flood(1, 7));
        _ = Envelope.TryCreate(
            honest.Type, 1, honest.Key, honest.Payload.ToArray(), new byte[Envelope.SignatureOctets], out var forged);

        var receipt = await place.Desk.HandleAsync(
            [forged!, new TestKeys().Sign(Flood(2, 7)), EventDocument.Sign(Flood(3, 7), place.Keys.Vault)], default);

        Assert.Empty(place.Desk.Files);
        Assert.Equal(3, place.Audit.EntriesOf(AuditActions.OpenScope).Count(e => e.Outcome == "not-authenticated"));
        Assert.Equal(3, place.Desk.Refused);
        Assert.Equal(
            new Dictionary<string, int> { ["bad-signature"] = 1, ["unknown-key"] = 1, ["wrong-role"] = 1 },
            receipt.Refused);
    }

    [Fact]
    public async Task Fresh_evidence_slides_the_end_and_never_the_scope()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        var opened = Assert.Single(place.Scopes).Scope;

        await place.HandleAsync(Flood(1, 7, until: Start + 600_000, phase: EventPhase.Grown));

        var slid = Assert.Single(place.Scopes);
        Assert.Equal(opened, slid.Scope);
        Assert.Equal(Start + 600_000 + 900_000, slid.UntilMs);
        Assert.Single(place.Audit.EntriesOf(AuditActions.RenewScope));
        Assert.Equal(slid.UntilMs, place.Shards.Watched[opened.Id].UntilMs);
    }

    [Fact]
    public async Task At_the_cap_a_scope_ends_and_an_event_that_lasts_opens_the_next()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        place.Clock.Advance(TimeSpan.FromHours(73));

        await place.HandleAsync(Flood(1, 7, until: Start + (73 * Hour), phase: EventPhase.Grown));

        var scopes = place.Scopes.ToList();
        Assert.Equal([ScopeState.Ended, ScopeState.Open], scopes.Select(s => s.State));
        Assert.Equal(scopes[0].Scope.Id, scopes[1].Renews);
        Assert.True(scopes[1].Scope.FromMs >= scopes[0].Scope.ExpiresMs);
        Assert.Equal(scopes[0].Scope.Class, scopes[1].Scope.Class);
    }

    [Fact]
    public async Task Another_class_is_another_scope_in_the_same_file()
    {
        await using var place = await OpenAsync();

        await place.HandleAsync(Flood(1, 7), Event(2, 7, RuleId.Spam, Class(Direction.Out, Tcp, [25])));

        Assert.Single(place.Desk.Files);
        Assert.Equal([Purpose.DdosSource, Purpose.SpamSource], place.Scopes.Select(s => s.Scope.Purpose).Order());
    }

    [Fact]
    public async Task The_sixth_scope_waits_with_its_evidence_sealed_until_it_is_reviewed()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync([.. Enumerable.Range(1, 6)
            .Select(i => Event((ulong)i, 7, RuleId.Scan, Class(Direction.Out, Tcp, [(ushort)(i * 100)])))]);
        var waits = Assert.Single(place.Scopes, s => s.State == ScopeState.Sealed);
        Assert.Single(place.Audit.EntriesOf(AuditActions.SealScope));
        var read = new Request.ReadFlows(Purpose.ScanSource, waits.Scope.Id, null, null);

        Assert.Equal(
            DenyCode.TooManyScopes,
            Assert.IsType<Decision.Deny>(await place.Desk.Engine.DecideAsync(Ana, read, default)).Code);
        Assert.Equal(
            DenyCode.RoleMayNot, (await place.Desk.ReviewScopeAsync(Ana, waits.Scope.Id, default)).Refused!.Code);
        Assert.Null((await place.Desk.ReviewScopeAsync(Petra, waits.Scope.Id, default)).Refused);
        Assert.IsType<Decision.Allow>(await place.Desk.Engine.DecideAsync(Ana, read, default));
    }

    [Fact]
    public async Task A_hopping_attack_ends_in_the_victims_address_and_never_in_more_than_eight_ports()
    {
        await using var place = await OpenAsync();
        for (var i = 1; i <= 12; i++)
        {
            await place.HandleAsync(Flood((ulong)i, 7, (ushort)(7_000 + i)));
        }

        var open = place.Scopes.Where(s => s.State == ScopeState.Open).Select(s => s.Scope.Class.Predicate).ToList();
        Assert.Equal(4, open.Count);
        Assert.Single(open, c => c.RemotePorts.IsEmpty && c.Remotes.Length == 1 && c.Protocol == Udp);
        Assert.All(place.Scopes, s => Assert.True(s.Scope.Class.Predicate.RemotePorts.Length <= 8));
    }

    [Fact]
    public async Task A_scope_has_the_number_its_grounds_give_at_both_ends_and_what_opens_again_has_another()
    {
        await using var place = await OpenAsync();
        var own = ProvisionalScope.From(Flood(1, 7), place.Keys.Sign(Flood(1, 7)), place.Policy.ScopeLimits)!.Id;
        await place.HandleAsync(Flood(1, 7));
        Assert.Equal(own, Assert.Single(place.Scopes).Scope.Id);

        await place.Desk.CloseAsync(Ana, Assert.Single(place.Desk.Files).Id, CaseClosureReason.Untouched, "", default);
        await place.HandleAsync(Flood(1, 7, until: Start + 600_000, phase: EventPhase.Grown));
        var floods = place.Scopes.Where(scope => scope.Scope.Purpose == Purpose.DdosSource).ToList();
        Assert.Equal(2, floods.Select(scope => scope.Scope.Id).Distinct().Count());
        Assert.Single(floods, scope => scope.Scope.Id == own);
    }

    [Fact]
    public async Task What_is_told_after_its_scope_has_ended_lets_it_go_on()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        place.Clock.Advance(TimeSpan.FromMinutes(40));
        await place.Desk.RunOnceAsync(CancellationToken.None);
        Assert.Equal(ScopeState.Ended, Assert.Single(place.Scopes).State);

        await place.HandleAsync(Flood(1, 7, until: Start + 600_000, phase: EventPhase.Grown));
        var scope = Assert.Single(place.Scopes);
        Assert.Equal((ScopeState.Open, Start + 600_000 + 900_000), (scope.State, scope.UntilMs));
        Assert.Equal(scope.UntilMs, place.Shards.Watched[scope.Scope.Id].UntilMs);
    }

    /// <summary>How late the desk hears of an attack, and what it has ended meanwhile, changes no class.</summary>
    [Fact]
    public async Task A_hopping_attack_opens_the_same_scopes_whether_it_is_told_at_once_or_an_hour_late()
    {
        const long Apart = 330_000;
        await using var live = await OpenAsync();
        await using var late = await OpenAsync();
        await late.HandleAsync(HopAt(1));
        late.Clock.Advance(TimeSpan.FromHours(2));
        await late.Desk.RunOnceAsync(CancellationToken.None);
        for (var i = 1; i <= 12; i++)
        {
            await live.HandleAsync(HopAt(i));
            live.Clock.Advance(TimeSpan.FromMilliseconds(Apart));
            await live.Desk.RunOnceAsync(CancellationToken.None);
            await late.HandleAsync(HopAt(i));
        }

        Assert.Equal(
            live.Scopes.Select(scope => (scope.Scope.Id, scope.Scope.Class.ToString(), scope.UntilMs)),
            late.Scopes.Select(scope => (scope.Scope.Id, scope.Scope.Class.ToString(), scope.UntilMs)));
        Assert.Contains(live.Scopes, scope => scope.Scope.Class.Predicate.RemotePorts.IsEmpty);

        static QualityEvent HopAt(int i) => Flood(
            (ulong)i, 7, (ushort)(7_000 + i), Start + (i * Apart), Start + (i * Apart) + 40_000, EventPhase.Closed);
    }

    [Fact]
    public async Task An_audit_that_fails_lets_nothing_happen()
    {
        await using var place = await OpenAsync();
        place.Audit.Breaks = e => e.Act == AuditActions.OpenScope;

        await Assert.ThrowsAsync<AuditException>(() => place.HandleAsync(Flood(1, 7)));

        Assert.Empty(place.Desk.Files);
        Assert.Empty(place.Shards.Watched);
        place.Audit.Breaks = _ => false;
        await place.RestartAsync();
        var scope = Assert.Single(place.Scopes);
        Assert.Contains(scope.Scope.Id, place.Shards.Watched.Keys);
        await place.RestartAsync();
        Assert.Equal(scope.Scope, Assert.Single(place.Scopes).Scope);
    }

    [Fact]
    public async Task Ten_thousand_scopes_go_through_the_inbox()
    {
        await using var place = await OpenAsync();
        var running = place.Desk.RunAsync(CancellationToken.None);
        foreach (var some in Enumerable.Range(1, 10_000).Chunk(EventBatch.Max))
        {
            var receipt = await place.Desk.ReceiveAsync(
                [.. some.Select(i => place.Keys.Sign(Flood((ulong)i, (uint)i)))], default);
            Assert.Equal((EventBatch.Max, 0, 0), (receipt.Taken, receipt.Known, receipt.Refused.Count));
        }

        place.Desk.Complete();
        await running;
        Assert.Equal(10_000, place.Scopes.Count());
        Assert.Equal(10_000, place.Shards.Watched.Count);
        Assert.Equal(10_000, place.Audit.EntriesOf(AuditActions.OpenScope).Count());
    }

    [Fact]
    public async Task A_scope_ends_by_the_clock_that_does_not_jump()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Flood(1, 7));
        place.Clock.Advance(TimeSpan.FromMinutes(24));
        await place.Desk.RunOnceAsync(CancellationToken.None);
        Assert.Equal(ScopeState.Open, Assert.Single(place.Scopes).State);

        place.Clock.Advance(TimeSpan.FromMinutes(2));
        await place.Desk.RunOnceAsync(CancellationToken.None);
        Assert.Equal(ScopeState.Ended, Assert.Single(place.Scopes).State);
        Assert.Empty(place.Shards.Watched);
    }
}
