// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.Processes.Mapping;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>The section vault.identity: every fault told with its place, and a good one as options.</summary>
public class IdentityMappingTests
{
    [Fact]
    public void Every_fault_of_the_section_is_told_with_its_place_and_mend()
    {
        var settings = new VaultIdentitySettings
        {
            Sources =
            [
                new() { Name = "a", Kind = IdentityKind.Radius },
                new() { Name = "a", Kind = IdentityKind.Kea },
                new()
                {
                    Name = "b",
                    Kind = IdentityKind.Syslog,
                    Path = "/var/log/nat",
                    Patterns = [new() { Name = "p", Expression = "(" }]
                },
                new() { Name = "c", Kind = IdentityKind.NatIpfix, Path = "x" },
            ],
            DeterministicNat =
            [
                new() { Inside = Prefix.Parse("100.64.0.0/10"), Outside = [Prefix.Parse("198.51.100.1")] },
                new()
                {
                    Inside = Prefix.Parse("100.64.0.0/28"),
                    Outside = [Prefix.Parse("198.51.100.1")],
                    From = "soon"
                }
            ],
        };

        var faults = IdentityMapping.Check(settings).ToList();

        Assert.Equal(
            [
                "vault.identity.deterministic-nat[0]", "vault.identity.deterministic-nat[1]",
                "vault.identity.sources[0]", "vault.identity.sources[1]",
                "vault.identity.sources[1]", "vault.identity.sources[2].patterns", "vault.identity.sources[3]"],
            faults.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Contains(faults, f => f.Sentence.Contains("secret-file", StringComparison.Ordinal));
    }

    [Fact]
    public void A_good_section_becomes_options()
    {
        var settings = new VaultIdentitySettings
        {
            RetentionDays = 3,
            Sources = [new() { Name = "kea", Kind = IdentityKind.Kea, Path = "/var/lib/kea/leases.csv" }],
            DeterministicNat = [new()
            {
                Inside = Prefix.Parse("100.64.0.0/28"),
                Outside = [Prefix.Parse("198.51.100.1")],
                Until = "2026-12-01T00:00:00Z"
            }],
        };
        Assert.Empty(IdentityMapping.Check(settings));

        var options = IdentityMapping.Options(settings, "/var/lib/weir-vault", [Prefix.Parse("198.51.100.0/24")]);
        Assert.Equal("/var/lib/weir-vault/identity.db", options.Store);
        Assert.Equal(3, options.Terms.RetentionDays);
        Assert.Equal(1_796_083_200_000, Assert.Single(options.Terms.Deterministic).UntilMs);
        Assert.Equal("kea", Assert.Single(options.Sources).Name);
    }
}
