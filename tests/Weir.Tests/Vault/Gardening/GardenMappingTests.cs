// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Cli.Configuring;
using Weir.Cli.Processes.Mapping;
using Weir.Contracts.AccessControl;
using Weir.Vault.Gardening.Radius;
using Weir.Vault.Identity.Intake;
using Weir.Wire;

namespace Weir.Tests.Vault.Gardening;

/// <summary>The section vault.garden: every fault told with its place, and a good one as options.</summary>
public sealed class GardenMappingTests
{
    private static readonly GardenNasSettings Bng = new()
    {
        Name = "bng-1",
        Address = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 3799),
        SecretFile = "/etc/weir-vault/bng-1.secret"
    };
    private static readonly VaultIdentitySettings Accounting =
        new() { Sources = [new() { Name = "bng", Kind = IdentityKind.Radius, SecretFile = "/x" }] };

    private static readonly VaultGardenSettings Good =
        new() { Leaky = ["Filter-Id=weir-leaky"], Strict = ["26.9.1=sub=strict"], None = ["disconnect"], Nas = [Bng] };

    [Fact]
    public void A_good_section_and_none_at_all_have_no_fault()
    {
        Assert.Empty(Faults(Good));
        Assert.Empty(GardenMapping.Check(new VaultSettings()));
        Assert.Null(GardenMapping.Options(new VaultGardenSettings(), TimeProvider.System));
        Assert.Empty(Faults(new VaultGardenSettings { Script = "/usr/local/libexec/weir-garden" }));
    }

    [Fact]
    public void A_good_section_becomes_options()
    {
        var options = GardenMapping.Options(Good with { Patience = TimeSpan.FromSeconds(3) }, TimeProvider.System)!;

        Assert.Equal(["Filter-Id=weir-leaky"], options.Attributes[WalledGarden.Leaky]);
        Assert.Equal(["disconnect"], options.Attributes[WalledGarden.None]);
        Assert.Equal([Prefix.Parse("192.0.2.1")], Assert.Single(options.Nases).Addresses);
        Assert.Equal((TimeSpan.FromSeconds(3), null), (options.Patience, options.Script));
        Assert.NotNull(
            GardenMapping.Options(new VaultGardenSettings { Script = "/bin/true" }, TimeProvider.System)!.Script);
        Assert.Empty(Assert.Single(GardenMapping.Options(
            Good with { Nas = [Bng with { NasIdentifiers = ["a"] }] }, TimeProvider.System)!.Nases).Addresses);
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
            Good with { Nas = [Bng with { Address = new IPEndPoint(IPAddress.Loopback, 0) }] }));
        Assert.Equal(["vault.garden.script"], Faults(Good with { Script = "/usr/local/libexec/weir-garden" }));
        Assert.Equal(["vault.garden.script"], Faults(new VaultGardenSettings { Script = "weir-garden" }));
        Assert.Equal(
            ["vault.garden"], GardenMapping.Check(new VaultSettings { Garden = Good }).Select(fault => fault.Path));
    }

    private static IEnumerable<string> Faults(VaultGardenSettings garden) =>
        GardenMapping.Check(new VaultSettings { Garden = garden, Identity = Accounting }).Select(fault => fault.Path);
}
