// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Consenting;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Tests.Vault;

/// <summary>A customer's consent in the vault (rules.md R20).</summary>
public sealed class ConsentHandlerTests : IDisposable
{
    private const string Desk = "weir";
    private static readonly IpKey Static = IpKey.Parse("10.0.0.7");
    private static readonly FlowPredicate Mail = new() { Direction = Direction.Out, Protocol = 6, RemotePorts = [25] };

    private readonly SmallVault _vault = new();

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task The_desk_gets_the_line_s_pseudonym_once_and_nobody_reads_it_from_the_token()
    {
        var name = _vault.NameOf(Static);

        var token = await GrantAsync();

        Assert.DoesNotContain(name.ToString()[2..], token, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("10.0.0.7", token, StringComparison.Ordinal);
        Assert.Equal(name, await Keeper().RedeemAsync(token, new(Desk), default));
        await RefusedAsync(DenyCode.Expired, token);
        _ = _vault.Open();
        await RefusedAsync(DenyCode.Expired, token);
        Assert.All(_vault.Files(), octets =>
            Assert.DoesNotContain("10.0.0.7", Encoding.Latin1.GetString(octets), StringComparison.Ordinal));
        Assert.Equal(4, Entries(AuditActions.Consent).Count());
        Assert.All(_vault.Audit.Entries, entry =>
            Assert.DoesNotContain("10.0.0.7", entry.ToString(), StringComparison.Ordinal));
    }

    [Trait("Attack", "42")]
    [Fact]
    public async Task Another_desk_another_vault_a_late_one_and_a_withdrawn_one_are_refused()
    {
        var token = await GrantAsync();
        using var other = new SmallVault();
        var stranger = await other.Get<ConsentHandler>().GrantAsync(Static, null, Mail, 2, new("help"), default);

        await RefusedAsync(DenyCode.NotAuthenticated, stranger);
        await RefusedAsync(DenyCode.NotAuthenticated, token.Replace("/25/", "/26/", StringComparison.Ordinal));
        Assert.Equal(
            DenyCode.RoleMayNot,
            (await Assert.ThrowsAsync<VaultRefusedException>(() => _vault.Get<ConsentHandler>().RedeemAsync(token, new("other"), default))).Code);

        Assert.Equal(1, await Keeper().WithdrawAsync(Static, null, new("help"), default));
        Assert.Equal(0, await Keeper().WithdrawAsync(IpKey.Parse("10.0.0.8"), null, new("help"), default));
        await RefusedAsync(DenyCode.NoTrigger, token);
        Assert.True(ConsentToken.TryRead(token, _vault.Get<ConsentKeys>().Signing(), out var consent));
        Assert.Equal([consent.Id], Keeper().Withdrawn([consent.Id, ConsentId.Fresh()]));

        var late = await GrantAsync();
        _vault.Clock.Advance(TimeSpan.FromHours(2));
        await RefusedAsync(DenyCode.Expired, late);
        Assert.Contains(Entries(AuditActions.WithdrawConsent), e => e.Outcome == AuditActions.Allow);
    }

    [Trait("Attack", "42")]
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public async Task Longer_than_two_hours_is_not_signed(int hours) =>
        Assert.Equal(DenyCode.TooWide, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => Keeper().GrantAsync(Static, null, Mail, hours, new("help"), default))).Code);

    [Trait("Attack", "42")]
    [Fact]
    public async Task Nothing_wider_than_a_scope_is_signed_and_no_line_that_cannot_be_told()
    {
        var any = new FlowPredicate { Direction = Direction.Both, Protocol = 6 };

        Assert.Equal(DenyCode.TooWide, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => Keeper().GrantAsync(Static, null, any, 2, new("help"), default))).Code);
        Assert.Equal(
            DenyCode.Unattributable,
            (await Assert.ThrowsAsync<VaultRefusedException>(
                () => Keeper().GrantAsync(IpKey.Parse("192.0.2.1"), null, Mail, 2, new("help"), default))).Code);
        Assert.All(Entries(AuditActions.Consent), entry => Assert.NotEqual(AuditActions.Allow, entry.Outcome));
    }

    [Fact]
    public async Task The_customer_s_own_view_has_what_was_given_used_and_withdrawn()
    {
        _ = await Keeper().RedeemAsync(await GrantAsync(), new(Desk), default);
        _ = await Keeper().WithdrawAsync(Static, null, new("help"), default);
        _ = await GrantAsync();

        var view = await _vault.Get<SubjectAccessReporter>().MakeAsync(
            new("petra"), Static, null, _vault.Clock.GetUtcNow(), default);

        Assert.Equal([(true, true), (false, false)], view.Consents
            .Select(held => (held.Used is not null, held.Withdrawn is not null)).OrderByDescending(held => held.Item1));
        Assert.Empty((await _vault.Get<SubjectAccessReporter>().MakeAsync(
            new("petra"), IpKey.Parse("10.0.0.8"), null, _vault.Clock.GetUtcNow(), default)).Consents);
    }

    [Fact]
    public async Task A_torn_last_line_is_dropped_and_a_damaged_one_stops_the_vault()
    {
        var token = await GrantAsync();
        var book = _vault.Get<ConsentKeys>().Book;
        await File.AppendAllTextAsync(book, "2026-01-01T00:00:00Z used d-");
        _ = _vault.Open();
        _ = await Keeper().RedeemAsync(token, new(Desk), default);

        await File.AppendAllTextAsync(book, "2026-01-01T00:00:00Z used d-00000000000000000000000000000000 -\n");
        _ = _vault.Open();
        var refused = Assert.Throws<InvalidDataException>(() => Keeper());
        Assert.Contains("consents:3:", refused.Message, StringComparison.Ordinal);
    }

    private IEnumerable<AuditEntry> Entries(string act) => _vault.Audit.Entries.Where(entry => entry.Act == act);

    private ConsentHandler Keeper() => _vault.Get<ConsentHandler>();

    private Task<string> GrantAsync() => Keeper().GrantAsync(Static, null, Mail, 2, new("help"), default);

    private async Task RefusedAsync(DenyCode code, string token)
    {
        Assert.Equal(
            code, (await Assert.ThrowsAsync<VaultRefusedException>(() => Keeper().RedeemAsync(token, new(Desk), default))).Code);
        Assert.Equal(DenyCodes.ToName(code), _vault.Audit.Entries[^1].Outcome);
    }
}
