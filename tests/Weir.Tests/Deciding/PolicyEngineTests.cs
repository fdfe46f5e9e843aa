// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;
using Weir.Tests.Support;

namespace Weir.Tests.Deciding;

/// <summary>An answer is on the record before anybody holds it; refusals are counted (rules.md R13).</summary>
public sealed class PolicyEngineTests
{
    private static readonly Actor Anna = new("anna", Role.Analyst);
    private static readonly Request.ReadFlows Read = new(Purpose.DdosSource, FakeScopes.Open, null, null);

    private readonly BreakableAuditLog _audit = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly Refusals _refusals = new();
    private readonly PolicyEngine _engine;

    public PolicyEngineTests() => _engine = new(
        new FakeScopes(), _audit, _refusals, _refusals, PolicyProfile.UsProvider, _time);

    [Fact]
    public async Task A_grant_stands_in_the_audit_with_what_it_is_about()
    {
        Assert.IsType<Decision.Allow>(await _engine.DecideAsync(Anna, Read, default));

        var entry = Assert.Single(_audit.Entries);
        Assert.Equal(
            ("anna", "analyst", AuditActions.ReadEvidence, AuditActions.Allow, "ddos-source", "flood-out/3"),
            (entry.Actor, entry.Role, entry.Act, entry.Outcome, entry.Purpose, entry.Rule));
        Assert.Equal(
            (FakeScopes.Everybodys.ToString(), FakeScopes.Open.ToString(), FakeScopes.Subject.ToString()),
            (entry.Case, entry.Scope, entry.Subject));
        Assert.Equal(64, entry.PredicateDigest.Length);
        Assert.Empty(_refusals.All);
    }

    [Fact]
    public async Task What_was_found_for_a_subject_is_recorded_with_its_scope()
    {
        var asked = Read with { Scope = null, Subject = FakeScopes.Subject };
        var granted = Assert.IsType<Decision.Allow>(await _engine.DecideAsync(Anna, asked, default));

        var entry = Assert.Single(_audit.Entries);
        Assert.Equal(AuditActions.Look, entry.Act);
        Assert.Equal(granted.Filter!.Scope.ToString(), entry.Scope);
    }

    /// <summary>What somebody looked for may name an endpoint: the record holds its digest.</summary>
    [Fact]
    public async Task What_was_asked_is_digested_and_not_kept()
    {
        var wish = new Request.ListClients(new(Weir.Wire.IpKey.Parse("203.0.113.9"), 443, 6));
        _ = await _engine.DecideAsync(Anna, wish, default);

        var entry = Assert.Single(_audit.Entries);
        Assert.Equal("population-plane-only", entry.Outcome);
        Assert.DoesNotContain("203.0.113.9", entry.ToString(), StringComparison.Ordinal);
        Assert.Equal(64, entry.PredicateDigest.Length);
    }

    [Fact]
    public async Task Nothing_is_granted_or_refused_that_cannot_be_recorded()
    {
        _audit.Breaks = _ => true;

        await Assert.ThrowsAsync<AuditException>(() => _engine.DecideAsync(Anna, Read, default));
        await Assert.ThrowsAsync<AuditException>(
            () => _engine.RefuseAsync(Anna, Read, DenyCode.Unknown, "no", default));
        Assert.Empty(_refusals.All);
    }

    [Fact]
    public async Task Every_third_refusal_within_a_day_rings_the_officers_bell()
    {
        for (var i = 1; i <= 7; i++)
        {
            _ = await _engine.DecideAsync(Anna, new Request.LookUpSubject(), default);
        }

        Assert.Equal([("anna", "analyst", 3), ("anna", "analyst", 6)], _refusals.Rung);
        Assert.Equal(2, _audit.EntriesOf(AuditActions.TellOfficer).Count());
        Assert.All(_audit.EntriesOf(AuditActions.TellOfficer), entry =>
        {
            Assert.Equal((Actor.Weir.Name, ""), (entry.Actor, entry.Subject));
            Assert.EndsWith("in 24 hours, last no-trigger", entry.Reason, StringComparison.Ordinal);
        });
        Assert.All(_refusals.All, refusal => Assert.Equal(
            (_time.GetUtcNow(), "anna", AuditActions.Look, DenyCode.NoTrigger),
            (refusal.At, refusal.Actor, refusal.Act, refusal.Code)));

        _time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMilliseconds(1));
        _ = await _engine.DecideAsync(Anna, new Request.LookUpSubject(), default);
        _ = await _engine.DecideAsync(Anna, new Request.LookUpSubject(), default);
        Assert.Equal(2, _refusals.Rung.Count);
    }

    /// <summary>Ten seconds of refusals of somebody who has a role are fewer than fifty entries (rules.md R25), and as
    /// many rows; each is counted for the transparency report, and the officer learns how many.</summary>
    [Trait("Attack", "32")]
    [Fact]
    public async Task Thousands_of_refusals_of_a_person_are_a_few_entries_and_all_are_counted()
    {
        var together = new RepeatedRefusals(_audit, _time);
        var engine = new PolicyEngine(
            new FakeScopes(), _audit, _refusals, _refusals, PolicyProfile.UsProvider, _time) { Repeated = together };
        for (var i = 0; i < 5_000; i++)
        {
            var request = i % 2 == 0 ? (Request)new Request.LookUpSubject() : Read with { Scope = new ScopeId((ulong)i + 1_000) };
            Assert.IsType<Decision.Deny>(i % 3 == 0
                ? await engine.RefuseAsync(Anna, request, DenyCode.RoleMayNot, "no", default)
                : await engine.DecideAsync(Anna, request, default));
        }

        Assert.InRange(_audit.Entries.Count, RepeatedRefusals.EachOfPerson, 49);
        Assert.InRange(_refusals.All.Count, RepeatedRefusals.EachOfPerson, 49);
        Assert.InRange(_refusals.All.Sum(one => one.Times), 2_500, 5_000);
        Assert.True(_refusals.Rung[^1].Refusals > 2_500, $"{_refusals.Rung[^1]}");
        _time.Advance(RepeatedRefusals.Together);
        await together.TellAsync(default);
        Assert.Equal(
            5_000 - RepeatedRefusals.EachOfPerson, _audit.Entries.Where(e => e.Actor == "anna").Sum(e => e.Rows));

        // What is granted stands there each time, and so does what the machine itself is refused.
        var before = _audit.Entries.Count;
        for (var i = 0; i < 20; i++)
        {
            Assert.IsType<Decision.Allow>(await engine.DecideAsync(Anna, Read, default));
            _ = await engine.DecideAsync(Actor.Weir, new Request.LookUpSubject(), default);
        }

        Assert.Equal(40, _audit.Entries.Count - before);
    }

    [Fact]
    public async Task Who_counts_for_the_bell()
    {
        for (var i = 0; i < 3; i++)
        {
            _ = await _engine.DecideAsync(Actor.Weir, new Request.LookUpSubject(), default);
            _ = await _engine.RefuseAsync(Anna, Read, DenyCode.VaultDown, "the vault is away", default);
        }

        Assert.Empty(_refusals.All);
        Assert.Equal(6, _audit.Entries.Count);

        var refused = Assert.IsType<Decision.Deny>(
            await _engine.RefuseAsync(Anna, Read, DenyCode.SecondPersonNeeded, "the same person", default));
        Assert.Equal((DenyCode.SecondPersonNeeded, "the same person"), (refused.Code, refused.Why));
        Assert.Equal("second-person-needed", _audit.Entries[^1].Outcome);
        Assert.Single(_refusals.All);
    }

    [Fact]
    public async Task A_second_person_and_a_reason_stand_in_the_record()
    {
        var reason = new string('r', 20);
        _ = await _engine.DecideAsync(
            new("otto", Role.Operator), new Request.BlockEndpoint("x", null, Anna), default);
        _ = await _engine.DecideAsync(Anna, new Request.Disclose(FakeScopes.Open, reason), default);
        _ = await _engine.DecideAsync(
            new("otto", Role.Operator), new Request.Restrict(FakeScopes.Everybodys, true, "floods", Anna), default);

        Assert.Equal(
            [
                (AuditActions.ApproveBlock, "second person anna"), (AuditActions.AskDisclosure, reason),
                (AuditActions.ApproveGarden, "second person anna: floods"),
            ],
            _audit.Entries.Select(entry => (entry.Act, entry.Reason)));
    }

    private sealed class Refusals : IRefusalLog, IPrivacyOfficerNotifier
    {
        public List<PolicyRefusal> All { get; } = [];

        public List<(string Actor, string Role, int Refusals)> Rung { get; } = [];

        public Task<int> AddAsync(PolicyRefusal refusal, DateTimeOffset since, CancellationToken cancel)
        {
            All.Add(refusal);
            return Task.FromResult(All.Where(one => one.Actor == refusal.Actor && one.At >= since).Sum(one => one.Times));
        }

        public void Notify(string actor, string role, int refusals) => Rung.Add((actor, role, refusals));
    }
}
