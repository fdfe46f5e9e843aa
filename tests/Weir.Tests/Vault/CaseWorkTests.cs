// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Tests.Vault.Support;
using Weir.Vault.Disclosing;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault;

/// <summary>What the vault does for cases: names, seals, disclosures, and the end of all three.</summary>
public sealed class CaseWorkTests : IDisposable
{
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly IpKey Static = IpKey.Parse("10.0.0.7");
    private static readonly DateTimeOffset Start = Epochs.BeginOf(SmallVault.Now);

    private readonly SmallVault _vault = new();

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task An_address_a_prefix_a_lease_and_a_block_of_ports_lead_to_the_line_under_the_key_of_the_time()
    {
        _vault.Identity.Add("10.9.0.1/32", "user:ann", SmallVault.NowMs);
        _vault.Identity.Add("10.9.0.2/32", "user:ann", SmallVault.NowMs);
        _vault.Identity.Add("192.0.2.1/32", "user:bob", SmallVault.NowMs, portFrom: 1_024, portTo: 2_047);
        var keeper = _vault.Keeper();

        Assert.Equal(_vault.NameOf(Static), await keeper.AttributeAsync(Static, null, Start));
        Assert.Equal(
            await keeper.AttributeAsync(IpKey.Parse("2001:db8:1:2ff::1"), null, Start),
            await keeper.AttributeAsync(IpKey.Parse("2001:db8:1:200::2"), null, Start));
        var ann = await keeper.AttributeAsync(IpKey.Parse("10.9.0.1"), null, Start);
        Assert.NotNull(ann);
        Assert.Equal(ann, await keeper.AttributeAsync(IpKey.Parse("10.9.0.2"), 80, Start));
        Assert.NotNull(await keeper.AttributeAsync(IpKey.Parse("192.0.2.1"), 1_500, Start));
        _vault.Clock.Advance(TimeSpan.FromDays(7));
        Assert.NotEqual(
            await keeper.AttributeAsync(Static, null, Start),
            await keeper.AttributeAsync(Static, null, Start.AddDays(7)));
    }

    [Theory]
    [InlineData("192.0.2.1", null, 0, "cgnat-needs-port")]
    [InlineData("192.0.2.1", (ushort)9_000, 0, "no-lease")]
    [InlineData("10.9.0.1", null, -1, "no-lease")]
    [InlineData("198.51.100.7", null, 0, "unknown-network")]
    [InlineData("10.0.0.53", null, 0, "unknown-network")]
    public async Task Who_cannot_be_told_is_nobody_and_the_record_says_why(
        string address, ushort? port, int hours, string why)
    {
        _vault.Identity.Add("10.9.0.1/32", "user:ann", SmallVault.NowMs);
        _vault.Identity.Add("192.0.2.1/32", "user:bob", SmallVault.NowMs, portFrom: 1_024, portTo: 2_047);
        var report = VaultKeeper.Report(IpKey.Parse(address), port, Start.AddHours(hours));

        Assert.Null(await _vault.Keeper().AttributeAsync(report));

        var entry = Assert.Single(_vault.Audit.Entries);
        Assert.Equal((AuditActions.Attribute, "unattributable"), (entry.Act, entry.Outcome));
        Assert.Contains(why, entry.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(address, entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_people_in_two_roles_open_a_case_once_for_fifteen_minutes()
    {
        var name = await SealAsync(Static);

        var view = await _vault.Keeper().DiscloseAsync(Order(), name);

        Assert.Equal("10.0.0.7", view.Line);
        Assert.Equal(_vault.Clock.GetUtcNow().AddMinutes(15), view.Until);
        var entry = _vault.Audit.Entries[^1];
        Assert.Equal((AuditActions.Disclose, "allow", "ann", "analyst", Id.ToString()), (
            entry.Act, entry.Outcome, entry.Actor, entry.Role, entry.Case));
        Assert.Contains("otto, privacy-officer", entry.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.7", entry.ToString(), StringComparison.Ordinal);

        var again = await Assert.ThrowsAsync<VaultRefusedException>(
            () => _vault.Keeper().DiscloseAsync(Order(), name));
        Assert.Equal(DenyCode.Expired, again.Code);
        Assert.Equal("expired", _vault.Audit.Entries[^1].Outcome);
        _vault.Open();
        await Assert.ThrowsAsync<VaultRefusedException>(() => _vault.Keeper().DiscloseAsync(Order(), name));
        Assert.Equal("10.0.0.7", (await _vault.Keeper().DiscloseAsync(Order() with { Number = "2" }, name)).Line);
    }

    [Fact]
    public async Task The_same_request_again_gets_the_same_view_while_it_lasts_and_no_longer()
    {
        var name = await SealAsync(Static);
        var number = RequestNumber.Create();
        var view = await _vault.Keeper().DiscloseAsync(Order(), name, number);

        _vault.Clock.Advance(TimeSpan.FromMinutes(10));
        _vault.Open();
        Assert.Equal(view, await _vault.Keeper().DiscloseAsync(Order(), name, number));

        _vault.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(DenyCode.Expired, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _vault.Keeper().DiscloseAsync(Order(), name, number))).Code);
    }

    [Theory]
    [InlineData("ann", "analyst", "ann", "privacy-officer", DenyCode.SecondPersonNeeded)]
    [InlineData("ann", "analyst", " ANN ", "privacy-officer", DenyCode.SecondPersonNeeded)]
    [InlineData("ann", "analyst", "", "privacy-officer", DenyCode.SecondPersonNeeded)]
    [InlineData("ann", "analyst", "bob", "analyst", DenyCode.SecondPersonNeeded)]
    [InlineData("ann", "analyst", "bob", "operator", DenyCode.RoleMayNot)]
    [InlineData("ann", "administrator", "otto", "privacy-officer", DenyCode.RoleMayNot)]
    [InlineData("eve", "analyst", "otto", "privacy-officer", DenyCode.SecondPersonNeeded)]
    [InlineData("ann", "analyst", "bob", "privacy-officer", DenyCode.SecondPersonNeeded)]
    public async Task The_vault_does_not_take_the_desks_word_for_two_people(
        string asked, string askedRole, string given, string givenRole, DenyCode code)
    {
        var name = await SealAsync(Static);
        var order = Order() with { AskedBy = asked, AskedRole = askedRole, GivenBy = given, GivenRole = givenRole };

        var refused = await Assert.ThrowsAsync<VaultRefusedException>(
            () => _vault.Keeper().DiscloseAsync(order, name));

        Assert.Equal(code, refused.Code);
        Assert.Equal(refused.Word, _vault.Audit.Entries[^1].Outcome);
        Assert.Equal(0, _vault.Get<DisclosureLedger>().Count);
    }

    [Fact]
    public async Task An_order_without_scope_without_reason_or_for_an_unknown_case_is_refused()
    {
        var name = await SealAsync(Static);

        await RefusedAsync(Order() with { Scope = default }, name, DenyCode.NoTrigger);
        await RefusedAsync(Order() with { Reason = "because             " }, name, DenyCode.ActionNotAllowed);
        await RefusedAsync(Order() with { Case = new CaseId(1) }, name, DenyCode.Unknown);
    }

    [Fact]
    public async Task What_cannot_be_put_on_record_is_not_disclosed()
    {
        var name = await SealAsync(Static);
        _vault.Audit.Fails = true;

        await Assert.ThrowsAsync<AuditException>(() => _vault.Keeper().DiscloseAsync(Order(), name));
        await Assert.ThrowsAsync<AuditException>(() => _vault.Keeper().AttributeAsync(Static, null, Start));
        Assert.Equal(0, _vault.Get<DisclosureLedger>().Count);
    }

    [Fact]
    public async Task A_lines_name_is_sealed_with_the_case_and_outlives_its_lease()
    {
        _vault.Identity.Add("10.9.0.1/32", "user:ann", SmallVault.NowMs);
        var name = await SealAsync(IpKey.Parse("10.9.0.1"));

        Assert.Equal("user:ann", (await _vault.Keeper().DiscloseAsync(Order(), name)).Line);
    }

    [Fact]
    public async Task A_pseudonym_of_nobody_is_not_sealed()
    {
        var refused = await Assert.ThrowsAsync<VaultRefusedException>(
            () => _vault.Keeper().SealAsync(Id, new SubjectKey(12345)));

        Assert.Equal(DenyCode.Unattributable, refused.Code);
        Assert.Null(_vault.Get<CaseSealStore>().Open(Id));
        Assert.Equal("unattributable", _vault.Audit.Entries[^1].Outcome);
    }

    [Fact]
    public async Task Open_cases_get_their_names_of_the_next_epoch_and_nobody_else_does()
    {
        await SealAsync(Static);

        var names = await _vault.Keeper().ReissueAsync([Id, new CaseId(1)], SmallVault.Now + 1);

        Assert.Equal(_vault.NameOf(Static, SmallVault.Now + 1), Assert.Single(names).Value);
        Assert.Equal(VaultCodes.OtherThanGrounds, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _vault.Keeper().ReissueAsync([Id], SmallVault.Now - 1))).Word);
        _vault.Clock.Advance(TimeSpan.FromHours(73));
        Assert.Empty(await _vault.Keeper().ReissueAsync([Id], SmallVault.Now + 1));
    }

    [Fact]
    public async Task After_the_epochs_key_and_the_cases_key_are_erased_nothing_resolves_and_no_file_holds_the_subject()
    {
        _vault.Identity.Add("10.9.0.1/32", "user:ann", SmallVault.NowMs);
        var leased = (await _vault.Keeper().AttributeAsync(IpKey.Parse("10.9.0.1"), null, Start))!.Value;
        var name = await SealAsync(Static);
        await _vault.Keeper().SealAsync(new CaseId(2), leased);
        var epochKey = _vault.Keys.GetKey(SmallVault.Now);
        var caseKeys = Directory.GetFiles(Path.Combine(_vault.Folder, "cases"), "*.key")
            .Select(File.ReadAllBytes).ToList();

        _vault.Clock.Advance(2 * TimeSpan.FromMilliseconds(Epochs.Ms));
        Assert.Equal([SmallVault.Now], _vault.Keys.Erase());
        await _vault.Keeper().DestroyAsync(Id);
        await _vault.Keeper().DestroyAsync(new CaseId(2));
        _vault.Open();

        // Asked: the vault knows neither the name nor the cases.
        var refused = await Assert.ThrowsAsync<VaultRefusedException>(
            () => _vault.Keeper().SealAsync(_vault.Order(new CaseId(3), name, new ScopeId(5), Start)));
        Assert.Equal(DenyCode.Unattributable, refused.Code);
        await RefusedAsync(Order(), name, DenyCode.Unknown);
        Assert.Empty(await _vault.Keeper().ReissueAsync([Id, new CaseId(2)], SmallVault.Now + 2));

        // Searched: no file holds a key that was, the subject's block, the line's name, or the name of before.
        var block = new byte[16];
        Static.WriteTo(block);
        byte[][] secrets =
            [.. caseKeys, epochKey, block, Encoding.UTF8.GetBytes("user:ann"), Encoding.UTF8.GetBytes(name.ToString())];
        foreach (var file in _vault.Files())
        {
            Assert.All(secrets, secret => Assert.Equal(-1, file.AsSpan().IndexOf(secret)));
        }

        // Tried: no key that is left leads from the old name to the subject.
        foreach (var epoch in new[] { SmallVault.Now + 1, SmallVault.Now + 2, SmallVault.Now + 3 })
        {
            using var names = Pseudonymizer.UnderKeyOf(_vault.Keys, epoch);
            Assert.NotEqual(Static, names.Resolve(name));
        }
    }

    private async Task<SubjectKey> SealAsync(IpKey address)
    {
        var name = (await _vault.Keeper().AttributeAsync(address, null, Start))!.Value;
        await _vault.Keeper().SealAsync(Id, name);
        return name;
    }

    private async Task RefusedAsync(DisclosureOrder order, SubjectKey subject, DenyCode code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _vault.Keeper().DiscloseAsync(order, subject))).Code);

    private static DisclosureOrder Order() => new(
        Id, new ScopeId(5), "ann", "analyst", "otto", "privacy-officer", "the customer is to be told how to clean up");
}
