// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Customers;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Customers;
using Weir.Desk.Escalations;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;
using Weir.Tests.Escalating;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess.Customers;

/// <summary>What customers did, as it comes from the vault, and as somebody else would have it.</summary>
public sealed class CustomerActHandlerTests : IDisposable
{
    private readonly SigningKey _vault = SigningKey.Create();
    private readonly SigningKey _collector = SigningKey.Create();

    public void Dispose()
    {
        _vault.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public async Task Fixed_begins_a_check_once_however_often_it_is_told()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var desk = Handler(place);
        var act = CustomerActs.Fixed(place.File.Id, place.Cases.Clock.GetUtcNow());

        Assert.Equal(act.Id, await desk.HandleAsync(CustomerActDocument.Sign(act, _vault), default));
        Assert.Equal(act.Id, await desk.HandleAsync(CustomerActDocument.Sign(act, _vault), default));
        Assert.NotNull(await desk.HandleAsync(
            CustomerActDocument.Sign(CustomerActs.Fixed(place.File.Id, place.Cases.Clock.GetUtcNow()), _vault), default));

        Assert.Single(place.File.Scopes, scope => scope.Scope.Purpose == Purpose.RemediationCheck);
        Assert.Equal(EscalationState.Checking, place.Ladder.State);
        var entry = Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.EditCase), e => e.Actor == "customer");
        Assert.Equal(act.Id, entry.Request);
    }

    [Fact]
    public async Task An_appeal_is_kept_with_the_case_once_and_its_words_are_in_no_audit()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var desk = Handler(place);
        var act = CustomerActs.Appeal(place.File.Id, "it was Mallory's camera", place.Cases.Clock.GetUtcNow());

        Assert.Equal(act.Id, await desk.HandleAsync(CustomerActDocument.Sign(act, _vault), default));
        Assert.Equal(act.Id, await desk.HandleAsync(CustomerActDocument.Sign(act, _vault), default));

        var comment = Assert.Single(place.File.Comments);
        Assert.Equal((act.At, "customer", act.Words), (comment.At, comment.By, comment.Text));
        Assert.NotNull(place.Ladder.ReviewSince);
        Assert.All(
            place.Cases.Audit.Entries, e => Assert.DoesNotContain("Mallory", e.ToString(), StringComparison.Ordinal));
        Assert.Equal(
            act.Id, Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.Appeal)).Request);
    }

    [Fact]
    public async Task A_consent_opens_a_look_at_its_class_once_however_often_it_is_told()
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var desk = Handler(place);
        place.Cases.Consents.Subject = place.File.Subject;
        var consent = FakeConsentGateway.Create(place.Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var act = Consented(place, place.Cases.Consents.Sign(consent)) with { Id = CustomerAct.IdOf(consent.Id) };

        Assert.Equal(act.Id, await desk.HandleAsync(CustomerActDocument.Sign(act, _vault), default));
        Assert.Equal(act.Id, await desk.HandleAsync(CustomerActDocument.Sign(act, _vault), default));

        var look = Assert.Single(place.File.Scopes, scope => scope.Scope.Purpose == Purpose.CustomerDiagnosis);
        Assert.Equal(consent.Class.ToString(), look.Scope.Class.Predicate.ToString());
        var entry = Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.Consent));
        Assert.Equal(
            ("customer", act.Id, AuditActions.Allow, place.File.Id.ToString()),
            (entry.Actor, entry.Request, entry.Outcome, entry.Case));
    }

    [Theory]
    [InlineData("forged", "not-authenticated")]
    [InlineData("used", "expired")]
    public async Task A_consent_that_does_not_hold_opens_nothing_is_on_record_and_does_not_come_again(
        string how, string code)
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var consent = FakeConsentGateway.Create(place.Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var token = place.Cases.Consents.Sign(consent);
        if (how == "used")
        {
            _ = await place.Cases.Consents.RedeemAsync(token, default);
        }

        var act = Consented(place, how == "used" ? token : new FakeConsentGateway().Sign(consent));

        Assert.Equal(act.Id, await Handler(place).HandleAsync(CustomerActDocument.Sign(act, _vault), default));

        Assert.DoesNotContain(place.File.Scopes, scope => scope.Scope.Purpose == Purpose.CustomerDiagnosis);
        Assert.Contains(place.Cases.Audit.EntriesOf(AuditActions.Consent), entry =>
            entry.Outcome == code && entry.Actor == "customer" && entry.Request == act.Id);
    }

    [Trait("Attack", "43")]
    [Theory]
    [InlineData("fixed", "own", "unknown-key")]
    [InlineData("appeal", "own", "unknown-key")]
    [InlineData("fixed", "collector", "wrong-role")]
    [InlineData("appeal", "collector", "wrong-role")]
    [InlineData("fixed", "moved", "bad-signature")]
    [InlineData("appeal", "event", "unknown-type")]
    [InlineData("fixed", "empty", "malformed")]
    public async Task What_the_vault_did_not_sign_no_customer_did(string kind, string how, string code)
    {
        await using var place = await EscalationFixture.OpenAsync();
        await place.ToldAsync();
        var desk = Handler(place);
        using var own = SigningKey.Create();
        var act = kind == "fixed"
            ? CustomerActs.Fixed(place.File.Id, place.Cases.Clock.GetUtcNow())
            : CustomerActs.Appeal(place.File.Id, "let me out", place.Cases.Clock.GetUtcNow());
        var before = place.Ladder;

        var forged = how switch
        {
            "own" => CustomerActDocument.Sign(act, own),
            "collector" => CustomerActDocument.Sign(act, _collector),
            "moved" => Moved(act),
            "event" => _vault.Sign("event", 1, CustomerActDocument.Sign(act, _vault).Payload.ToArray()),
            _ => _vault.Sign(CustomerActDocument.Type, CustomerActDocument.Version, "{}"u8.ToArray()),
        };
        Assert.Null(await desk.HandleAsync(forged, default));

        // It comes again, and stands in the record once.
        Assert.Null(await desk.HandleAsync(forged, default));

        Assert.Equal(before, place.Ladder);
        Assert.Empty(place.File.Comments);
        Assert.DoesNotContain(place.File.Scopes, scope => scope.Scope.Purpose == Purpose.RemediationCheck);
        Assert.Equal(code, Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.RefuseAct)).Outcome);
        Assert.Equal((code, 1L), desk.Counts.Select(one => (one.Key, one.Value)).Single());
    }

    [Fact]
    public async Task An_act_of_a_case_that_is_gone_is_taken_and_does_nothing()
    {
        await using var place = await EscalationFixture.OpenAsync();
        var act = CustomerActs.Fixed(new CaseId(1), place.Cases.Clock.GetUtcNow());

        Assert.Equal(act.Id, await Handler(place).HandleAsync(CustomerActDocument.Sign(act, _vault), default));
        Assert.DoesNotContain(place.Cases.Audit.Entries, e => e.Actor == "customer");
    }

    private static CustomerAct Consented(EscalationFixture place, string token) => new(
        CustomerAct.NewId(), CustomerActKind.Consent, place.File.Id, place.Cases.Clock.GetUtcNow(), token);

    /// <summary>The vault's signature over another case's act.</summary>
    private Envelope Moved(CustomerAct act)
    {
        var signed = CustomerActDocument.Sign(act with { Case = new CaseId(1) }, _vault);
        var other = CustomerActDocument.Sign(act, _vault);
        Assert.Equal(EnvelopeFault.None, Envelope.TryCreate(
            signed.Type, signed.Version, signed.Key, other.Payload.ToArray(), signed.Signature.ToArray(), out var moved));
        return moved!;
    }

    private CustomerActHandler Handler(EscalationFixture place) => new(
        new(
            new PublicKeyRing(
                [CustomerActDocument.Kind],
                [(new("vault", "vault"), _vault.Public), (new("collector", "collector"), _collector.Public)]),
            place.Cases.Desk, place.Desk, place.Cases.Audit, null),
        NullLogger<CustomerActHandler>.Instance);
}
