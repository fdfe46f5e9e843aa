// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Gardening;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.Gardening;

public sealed class SubscriberLineNetworksTests : IDisposable
{
    private const long Now = SmallVault.NowMs;
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly ScopeId Scope = new(0x5C0);

    private readonly SmallVault _vault = new();
    private IpKey _subject = IpKey.Parse("10.0.0.7");

    public void Dispose() => _vault.Dispose();

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7/32")]
    [InlineData("2001:db8:1:200::", "2001:db8:1:200::/56")]
    public async Task A_static_line_is_its_own_block(string subject, string network)
    {
        Seal(subject, "");

        Assert.Equal([network], await QueryAsync(null));
        Assert.Equal(network.Contains(':', StringComparison.Ordinal) ? [network] : [], await QueryAsync(true));
    }

    [Fact]
    public async Task A_leased_line_is_where_its_leases_are_now_and_not_where_they_were()
    {
        _vault.Identity.Add("10.9.0.1/32", "user:ann", Now - 9_000, Now - 1_000);
        _vault.Identity.Add("10.9.0.2/32", "user:ann", Now - 1_000);
        _vault.Identity.Add("10.9.8.0/29", "user:ann", Now - 1_000);
        _vault.Identity.Add("2001:db8:7000::/56", "user:ann", Now - 1_000);
        _vault.Identity.Add("2001:db8:7000::1/128", "user:ann", Now - 1_000);
        _vault.Identity.Add("10.9.0.3/32", "user:bob", Now - 1_000);
        _vault.Identity.Add("10.9.0.4/32", "user:ann", Now + 1_000);
        _vault.Identity.Add("203.0.113.1/32", "user:ann", Now - 1_000);
        Seal("10.9.0.1", "user:ann");

        Assert.Equal(["10.9.8.0/29", "10.9.0.2/32", "2001:db8:7000::/56"], await QueryAsync(null));
        Assert.Equal(["10.9.8.0/29", "10.9.0.2/32"], await QueryAsync(false));
        Assert.Equal(["2001:db8:7000::/56"], await QueryAsync(true));
    }

    [Fact]
    public async Task An_address_that_another_line_claims_is_not_given()
    {
        _vault.Identity.Add("10.9.0.2/32", "user:bob", Now - 1_000);
        _vault.Identity.Add("10.9.0.2/32", "user:ann", Now - 9_000);
        Seal("10.9.0.1", "user:ann");

        Assert.Empty(await QueryAsync(null));
    }

    [Fact]
    public async Task A_shared_address_is_never_the_lines_own()
    {
        _vault.Identity.Add("192.0.2.1/32", "user:ann", Now - 1_000, portFrom: 1_024, portTo: 2_047);
        _vault.Identity.Add("2001:db8:7000::/56", "user:ann", Now - 1_000);
        Seal("10.9.0.1", "user:ann");

        Assert.Equal(["2001:db8:7000::/56"], await QueryAsync(null));
        Assert.True(_vault.Get<SubscriberLineNetworks>().Find(_vault.Get<CaseSealStore>().Open(Id)!, Now).SharesV4);
    }

    [Fact]
    public async Task Whether_a_line_is_protected_is_a_boolean_on_record()
    {
        Seal("10.0.0.7", "");
        Assert.False(await Gate.IsProtectedAsync(Order(), new("desk"), default));
        await Assert.ThrowsAsync<VaultRefusedException>(
            () => Gate.IsProtectedAsync(Order() with { Grounds = [] }, new("desk"), default));
        await Assert.ThrowsAsync<VaultRefusedException>(
            () => Gate.IsProtectedAsync(Order() with { Case = new CaseId(1) }, new("desk"), default));
        _vault.Change = options => options with
        {
            Settings = SmallVault.Configured(options) with
            {
                Escalating = new() { Protected = [Prefix.Parse("10.0.0.0/24")] },
            },
        };
        _vault.Open();
        Assert.True(await Gate.IsProtectedAsync(Order(), new("desk"), default));

        Assert.All(_vault.Audit.Entries, entry => Assert.Equal(AuditActions.TellProtected, entry.Act));
        Assert.Equal(["allow", "no-grounds", "unknown", "allow"], _vault.Audit.Entries.Select(entry => entry.Outcome));
    }

    private ProtectedGate Gate => _vault.Get<ProtectedGate>();

    /// <summary>A static line's own name, or one that the record of the case holds.</summary>
    private ScopeOrder Order() => _vault.Order(Id, _vault.NameOf(_subject), Scope);

    private void Seal(string subject, string line)
    {
        _subject = IpKey.Parse(subject);
        _vault.Get<CaseSealStore>().Seal(Id, new SealedSubject(_subject, line, SmallVault.Now, Now));
        _vault.Get<CaseGrounds>().Begin(Order());
    }

    private Task<IReadOnlyList<string>> QueryAsync(bool? v6) => Task.FromResult<IReadOnlyList<string>>(
        [.. _vault.Get<SubscriberLineNetworks>().Find(_vault.Get<CaseSealStore>().Open(Id)!, Now).Own
            .Where(network => v6 is null || network.IsV4 != v6).Select(network => network.ToString())]);
}
