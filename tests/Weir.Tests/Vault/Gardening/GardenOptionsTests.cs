// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Contracts.AccessControl;
using Weir.Hosting.Configuration;
using Weir.Vault;
using Weir.Vault.Gardening;
using Weir.Vault.Gardening.Radius;
using Weir.Vault.Identity.Intake;
using Weir.Wire;

namespace Weir.Tests.Vault.Gardening;

/// <summary>The section vault.garden: every fault told with its place, and a good one as options.</summary>
public sealed class GardenOptionsTests
{
    private static readonly Nas Bng = new()
    {
        Name = "bng-1",
        At = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 3799),
        SecretFile = "/etc/weir-vault/bng-1.secret"
    };
    private static readonly IdentityOptions Accounting =
        new() { Sources = [new() { Name = "bng", Kind = IdentityKind.Radius, SecretFile = "/x" }] };

    private static readonly WalledGardenOptions Good =
        new() { Leaky = ["Filter-Id=weir-leaky"], Strict = ["26.9.1=sub=strict"], None = ["disconnect"], Nas = [Bng] };

    [Fact]
    public void A_good_section_and_none_at_all_have_no_fault()
    {
        Assert.Empty(Faults(Good));
        Assert.Empty(SectionFaults.Of(new VaultOptions(), "vault"));
        Assert.False(new WalledGardenOptions().IsSet);
        Assert.Empty(Faults(new WalledGardenOptions { Script = "/usr/local/libexec/weir-garden" }));
    }

    [Fact]
    public void A_good_section_says_what_each_garden_is_and_whose_sessions_a_nas_has()
    {
        Assert.Equal(["Filter-Id=weir-leaky"], Good.Attributes[WalledGarden.Leaky]);
        Assert.Equal(["disconnect"], Good.Attributes[WalledGarden.None]);
        Assert.Equal([Prefix.Parse("192.0.2.1")], Assert.Single(Good.Nas).SessionAddresses);
        Assert.Empty((Bng with { Identifiers = ["a"] }).SessionAddresses);
    }

    [Fact]
    public void Every_fault_is_told_with_its_place()
    {
        Assert.Equal(["vault.garden.none"], Faults(Good with { None = [] }));
        Assert.Equal(["vault.garden"], Faults(Good with { Leaky = [], Strict = [] }));
        Assert.Equal(["vault.garden.nas"], Faults(Good with { Nas = [] }));
        Assert.Equal(["vault.garden.leaky"], Faults(Good with { Leaky = ["disconnect"] }));
        Assert.Equal(["vault.garden.none[1]"], Faults(Good with { None = ["Filter-Id=open", "disconnect"] }));
        Assert.Equal(["vault.garden.strict[0]"], Faults(Good with { Strict = ["Filtre=x"] }));
        Assert.Equal(["vault.garden.nas[1]"], Faults(Good with { Nas = [Bng, Bng] }));
        Assert.Equal(["vault.garden.nas[0].address"], Faults(
            Good with { Nas = [Bng with { At = new IPEndPoint(IPAddress.Loopback, 0) }] }));
        Assert.Equal(["vault.garden.script"], Faults(Good with { Script = "/usr/local/libexec/weir-garden" }));
        Assert.Equal(["vault.garden.script"], Faults(new WalledGardenOptions { Script = "weir-garden" }));
        Assert.Equal(
            ["vault.garden"], SectionFaults.Of(new VaultOptions { Garden = Good }, "vault").Select(fault => fault.Path));
    }

    private static IEnumerable<string> Faults(WalledGardenOptions garden) =>
        SectionFaults.Of(new VaultOptions { Garden = garden, Identity = Accounting }, "vault").Select(fault => fault.Path);
}
