// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Tests.Cases;

/// <summary>A customer's consent at the desk (rules.md R20).</summary>
public sealed class CaseHandlerConsentTests
{
    private const string Asker = "ana";

    [Fact]
    public async Task A_consent_opens_one_scope_to_read_and_to_count_of_its_class_for_its_time()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();

        var taken = await place.Desk.TakeConsentAsync(
            CaseHandlerFixture.Ana, place.Consents.Sign(FakeConsentGateway.Create()), default);

        Assert.Null(taken.Refused);
        var scope = Assert.Single(place.Scopes);
        Assert.Equal((Purpose.CustomerDiagnosis, ScopeActions.Read | ScopeActions.Count, ScopeState.Open), (
            scope.Scope.Purpose, scope.Scope.Actions, scope.State));
        Assert.Equal((place.Consents.Subject, "out tcp rport=25 raddr=any"), (
            scope.Scope.Subject, scope.Scope.Class.ToString()));
        Assert.Equal(
            (CaseHandlerFixture.Start, CaseHandlerFixture.Start + 7_200_000, CaseHandlerFixture.Start + 7_200_000),
            (scope.Scope.FromMs, scope.UntilMs, scope.Scope.ExpiresMs));
        Assert.Contains(place.Audit.EntriesOf(AuditActions.Consent), e =>
            e is { Actor: Asker, Outcome: AuditActions.Allow, Purpose: "customer-diagnosis" });
        Assert.Contains(place.Audit.EntriesOf(AuditActions.OpenScope), e =>
            e is { Rule: "consent/1", Outcome: AuditActions.Allow });

        async Task<Decision> Ask(Request request) =>
            await place.Desk.Engine.DecideAsync(CaseHandlerFixture.Ana, request, default);
        _ = Assert.IsType<Decision.Allow>(
            await Ask(new Request.ReadFlows(Purpose.CustomerDiagnosis, scope.Scope.Id, null, null)));
        _ = Assert.IsType<Decision.Allow>(await Ask(new Request.CountFlows(Purpose.CustomerDiagnosis, scope.Scope.Id)));
        Denied(DenyCode.OutOfScope, await Ask(new Request.ReadFlows(
            Purpose.CustomerDiagnosis, scope.Scope.Id, null,
            CaseHandlerFixture.Asked(Direction.Out, CaseHandlerFixture.Tcp, [443]))));
        foreach (var action in new[] { ScopeActions.Notify, ScopeActions.Block })
        {
            Denied(DenyCode.ActionNotAllowed, await Ask(new Request.ActOnScope(
                Purpose.CustomerDiagnosis, scope.Scope.Id, action, scope.Scope.Class.Predicate,
                CaseHandlerFixture.Olaf)));
        }

        Denied(DenyCode.ActionNotAllowed, await Ask(
            new Request.Disclose(scope.Scope.Id, "the customer is on the telephone now")));
    }

    [Fact]
    public async Task Only_an_analyst_brings_one_and_it_is_not_used_up_by_who_may_not()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        var token = place.Consents.Sign(FakeConsentGateway.Create());

        foreach (var actor in new[]
        {
            CaseHandlerFixture.Olaf,
            CaseHandlerFixture.Petra,
            CaseHandlerFixture.Aud,
            CaseHandlerFixture.Adam,
            Actor.Weir
        })
        {
            Assert.Equal(DenyCode.RoleMayNot, (await place.Desk.TakeConsentAsync(actor, token, default)).Refused?.Code);
        }

        Assert.Empty(place.Scopes);
        Assert.Null((await place.Desk.TakeConsentAsync(CaseHandlerFixture.Ana, token, default)).Refused);
    }

    [Trait("Attack", "42")]
    [Fact]
    public async Task Forged_expired_replayed_and_too_wide_ones_open_nothing_and_each_has_its_code_and_its_entry()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        var good = place.Consents.Sign(FakeConsentGateway.Create());
        var consents = place.Consents;
        ushort[] nine = [.. Enumerable.Range(1, 9).Select(port => (ushort)port)];
        string[] addresses = [.. Enumerable.Range(1, 9).Select(i => $"192.0.2.{i}")];

        await RefusedAsync(DenyCode.NotAuthenticated, new FakeConsentGateway().Sign(FakeConsentGateway.Create()));
        await RefusedAsync(DenyCode.NotAuthenticated, good.Replace("/25/", "/26/", StringComparison.Ordinal));
        await RefusedAsync(DenyCode.NotAuthenticated, "");
        await RefusedAsync(
            DenyCode.Expired, consents.Sign(FakeConsentGateway.Create(CaseHandlerFixture.Start - 7_200_000)));
        await RefusedAsync(DenyCode.TooWide, consents.Sign(FakeConsentGateway.Create(minutes: 121)));
        await RefusedAsync(DenyCode.TooWide, consents.Sign(FakeConsentGateway.Create(minutes: 0)));
        await RefusedAsync(DenyCode.TooWide, consents.Sign(
            FakeConsentGateway.Create(named: CaseHandlerFixture.Asked(Direction.Out, CaseHandlerFixture.Tcp, []))));
        await RefusedAsync(
            DenyCode.TooWide,
            consents.Sign(FakeConsentGateway.Create(named: CaseHandlerFixture.Asked(Direction.Out, 0, [25]))));
        await RefusedAsync(DenyCode.TooWide, consents.Sign(
            FakeConsentGateway.Create(named: CaseHandlerFixture.Asked(Direction.Out, CaseHandlerFixture.Tcp, nine))));
        await RefusedAsync(DenyCode.TooWide, consents.Sign(FakeConsentGateway.Create(
            named: CaseHandlerFixture.Asked(Direction.Out, CaseHandlerFixture.Tcp, [25], addresses))));
        consents.IsDown = true;
        await RefusedAsync(DenyCode.VaultDown, good);
        consents.IsDown = false;
        Assert.Empty(place.Scopes);
        Assert.Empty(consents.Used);
        Assert.Null((await place.Desk.TakeConsentAsync(CaseHandlerFixture.Ana, good, default)).Refused);
        await RefusedAsync(DenyCode.Expired, good);
        _ = Assert.Single(place.Scopes);

        async Task RefusedAsync(DenyCode code, string token)
        {
            var before = place.Audit.Entries.Count;
            Assert.Equal(
                code, (await place.Desk.TakeConsentAsync(CaseHandlerFixture.Ana, token, default)).Refused?.Code);
            Assert.Contains(place.Audit.Entries.Skip(before), e =>
                e.Act == AuditActions.Consent && e.Outcome == DenyCodes.ToName(code));
        }
    }

    [Fact]
    public async Task A_policy_that_does_not_name_the_purpose_or_has_fewer_hours_opens_nothing_and_uses_nothing_up()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        var token = place.Consents.Sign(FakeConsentGateway.Create());

        place.Policy = PolicyProfile.UsProvider with { Purposes = [Purpose.DdosSource] };
        await place.RestartAsync();
        Assert.NotNull((await place.Desk.TakeConsentAsync(CaseHandlerFixture.Ana, token, default)).Refused);
        place.Policy = PolicyProfile.UsProvider with { DiagnosisHours = 1 };
        await place.RestartAsync();
        Assert.Equal(
            DenyCode.TooWide,
            (await place.Desk.TakeConsentAsync(CaseHandlerFixture.Ana, token, default)).Refused?.Code);

        Assert.Empty(place.Scopes);
        Assert.Empty(place.Consents.Used);
    }

    [Fact]
    public async Task Withdrawn_it_ends_and_what_it_held_is_gone_also_after_a_restart()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        var consent = FakeConsentGateway.Create();
        _ = await place.Desk.TakeConsentAsync(CaseHandlerFixture.Ana, place.Consents.Sign(consent), default);
        var scope = Assert.Single(place.Scopes).Scope.Id;
        await place.Desk.RunOnceAsync(default);
        place.Evidence.Rows.Add(new EvidenceRow
        {
            Scope = scope,
            StartMs = CaseHandlerFixture.Start + 1,
            Remote = new(CaseHandlerFixture.Address("192.0.2.7"), 25, CaseHandlerFixture.Tcp),
            PacketsOut = 1,
            SamplingInterval = 1
        });
        Assert.Contains(scope, place.Shards.Watched.Keys);
        await place.RestartAsync();

        _ = place.Consents.Withdrawn.Add(consent.Id);
        await place.Desk.RunOnceAsync(default);

        Assert.Equal(ScopeState.Erased, Assert.Single(place.Scopes).State);
        Assert.Empty(place.Evidence.Rows);
        Assert.DoesNotContain(scope, place.Shards.Watched.Keys);
        Assert.Contains(place.Audit.EntriesOf(AuditActions.WithdrawConsent), e => e.Scope == scope.ToString());
        Denied(DenyCode.Expired, await place.Desk.Engine.DecideAsync(
            CaseHandlerFixture.Ana, new Request.ReadFlows(Purpose.CustomerDiagnosis, scope, null, null), default));
        var entries = place.Audit.Entries.Count;
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(entries, place.Audit.Entries.Count);
    }

    private static void Denied(DenyCode code, Decision decision) =>
        Assert.Equal(code, Assert.IsType<Decision.Deny>(decision).Code);
}
