// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Tests.Vault.Support;
using Weir.Vault.Customers;
using static Weir.Tests.VaultProcess.Customers.CustomerPageFixture;

namespace Weir.Tests.VaultProcess.Customers;

/// <summary>A customer agrees on the own page that traffic is looked at, and takes it back (rules.md R20).</summary>
public sealed class CustomerConsentTests
{
    private const string Agree = "I agree to that</button>";
    private const string TakeBack = "I withdraw my consent</button>";

    [Fact]
    public async Task A_consent_names_the_scopes_own_class_is_on_record_first_and_crosses_as_the_vaults_word()
    {
        await using var place = await OpenAsync();
        Assert.Equal(2, (await place.PageAsync(place.Link(Id))).Split(Agree).Length - 1);

        using (var answer = await AgreeAsync(place, place.Flood.Id))
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Contains(
                "You agreed", await place.PageAsync(place.Link(Id), answer.Headers.Location!.ToString()),
                StringComparison.Ordinal);
        }

        var act = await place.ActAsync();
        var consent = await ReadAsync(place, act);
        Assert.Equal((CustomerActKind.Consent, Id, CustomerAct.IdOf(consent.Id)), (act.Kind, act.Case, act.Id));
        Assert.Equal(place.Flood.Class, consent.Class);
        Assert.Equal(
            (place.House.Clock.GetUtcNow(), TimeSpan.FromHours(2)), (consent.From, consent.Until - consent.From));
        Assert.Equal(place.Flood.Subject, await place.Desk.RedeemAsync(act.Words, default));
        Assert.Equal(1, place.Counts[ResponseKind.Agreed]);
        await place.StopDeskAsync();
        var entry = Assert.Single(
            await place.House.ChainAsync(), e => e is { Act: AuditActions.Consent, Actor: "customer" });
        Assert.Equal((act.Id, Id.ToString(), "customer-diagnosis"), (entry.Request, entry.Case, entry.Purpose));
    }

    [Fact]
    public async Task While_a_look_may_run_none_other_is_agreed_to_and_what_runs_can_be_taken_back_at_once()
    {
        await using var place = await OpenAsync();
        using (await AgreeAsync(place, place.Flood.Id))
        {
            using var again = await AgreeAsync(place, place.Contact.Id);
            Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        }

        var look = await LookAsync(place);
        place.Tells = id => place.Case(id, place.Scope(place.Contact), place.Scope(look));
        var page = await place.PageAsync(place.Link(Id));
        Assert.Contains("The check that you asked for", page, StringComparison.Ordinal);
        Assert.Contains("<dt>From</dt>", page, StringComparison.Ordinal);
        Assert.Contains(TakeBack, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Agree, page, StringComparison.Ordinal);

        using (var answer = await place.PostAsync(place.Link(Id), "take-back"))
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);

            // The desk has not ended it yet, and it is told no more.
            page = await place.PageAsync(place.Link(Id), answer.Headers.Location!.ToString());
            Assert.Contains("Your consent is withdrawn", page, StringComparison.Ordinal);
            Assert.DoesNotContain("The check that you asked for", page, StringComparison.Ordinal);
            Assert.Contains(Agree, page, StringComparison.Ordinal);
        }

        var given = GivenOf(look);
        Assert.Equal([given], await place.Desk.WithdrawnAsync([given], default));
        using (var anew = await AgreeAsync(place, place.Contact.Id))
        {
            Assert.Equal(HttpStatusCode.SeeOther, anew.StatusCode);
        }

        await place.StopDeskAsync();
        var entry = Assert.Single(
            await place.House.ChainAsync(), e => e is { Act: AuditActions.WithdrawConsent, Actor: "customer" });
        Assert.Equal(Id.ToString(), entry.Case);
    }

    [Fact]
    public async Task A_look_that_is_over_can_be_followed_by_another()
    {
        await using var place = await OpenAsync();
        using (await AgreeAsync(place, place.Flood.Id))
        {
        }

        var look = await LookAsync(place);
        place.Tells = id => place.Case(id, place.Scope(place.Contact), place.Scope(look));
        place.House.Clock.Advance(TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1));
        var page = await place.PageAsync(place.Link(Id));
        Assert.DoesNotContain(TakeBack, page, StringComparison.Ordinal);
        Assert.Contains(Agree, page, StringComparison.Ordinal);
        using var another = await AgreeAsync(place, place.Contact.Id);
        Assert.Equal(HttpStatusCode.SeeOther, another.StatusCode);
    }

    [Theory]
    [InlineData("other-case")]
    [InlineData("no-scope")]
    [InlineData("no-hours")]
    [InlineData("closed")]
    public async Task What_the_page_does_not_offer_cannot_be_agreed_to(string how)
    {
        await using var place = await OpenAsync();
        var scope = how switch
        {
            "other-case" => place.OtherFlood.Id.ToString(), "no-scope" => "", _ => place.Contact.Id.ToString(),
        };
        var usual = place.Tells;
        place.Tells = id => how switch
        {
            "no-hours" => usual(id)! with { Terms = new(30, 0) },
            "closed" => usual(id)! with { KeptUntil = place.House.Clock.GetUtcNow().AddDays(30) },
            _ => usual(id),
        };
        Assert.Equal(
            how is "other-case" or "no-scope",
            (await place.PageAsync(place.Link(Id))).Contains(Agree, StringComparison.Ordinal));

        using var answer = await place.PostAsync(
            place.Link(Id), new Dictionary<string, string> { ["want"] = "consent", ["scope"] = scope });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await place.StopDeskAsync();
        Assert.Empty(place.Acts);
        Assert.DoesNotContain(await place.House.ChainAsync(), e => e.Act == AuditActions.Consent);
    }

    private static Task<HttpResponseMessage> AgreeAsync(CustomerPageFixture place, ScopeId scope) => place.PostAsync(
        place.Link(Id), new Dictionary<string, string> { ["want"] = "consent", ["scope"] = scope.ToString() });

    private static async Task<Consent> ReadAsync(CustomerPageFixture place, CustomerAct act)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(await place.Desk.ConsentKeyAsync(default));
        Assert.True(ConsentToken.TryRead(act.Words, key, out var consent));
        return consent;
    }

    /// <summary>The scope that a desk opens for the consent that was given, with the vault's grant for it.</summary>
    private static async Task<ScopeOrder> LookAsync(CustomerPageFixture place)
    {
        var act = await place.ActAsync();
        var consent = await ReadAsync(place, act);
        var subject = await place.Desk.RedeemAsync(act.Words, default);
        var (from, until) = (consent.From.ToUnixTimeMilliseconds(), consent.Until.ToUnixTimeMilliseconds());
        var order = new ScopeOrder
        {
            Id = new ScopeId(77), Case = Id, Subject = subject, Epoch = SmallVault.Now, Class = consent.Class,
            Purpose = Purpose.CustomerDiagnosis, FromMs = from, UntilMs = until, ExpiresMs = until,
            Grounds =
            [
                await place.Desk.GrantAsync(
                    new Grant(
                        GrantKind.Consent, consent.Id.ToString(), subject, SmallVault.Now, consent.Class, from, until),
                    default),
            ],
        };
        await place.Desk.SealAsync(order, default);
        return order;
    }

    private static ConsentId GivenOf(ScopeOrder look)
    {
        Assert.True(GrantDocument.TryRead(look.Grounds[0], out var grant));
        Assert.True(ConsentId.TryParse(grant.Id, out var id));
        return id;
    }
}
