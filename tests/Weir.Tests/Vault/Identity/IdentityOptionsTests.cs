// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Networks;
using Weir.Hosting.Configuration;
using Weir.Vault;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>The section vault.identity: every fault told with its place, and a good one as options.</summary>
public class IdentityOptionsTests
{
    [Fact]
    public void Every_fault_of_the_section_is_told_with_its_place_and_mend()
    {
        var settings = new IdentityOptions
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

        var faults = SectionFaults.Of(settings, "vault.identity").ToList();

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
        var settings = new IdentityOptions
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
        Assert.Empty(SectionFaults.Of(settings, "vault.identity"));

        var options = new VaultProcessOptions
        {
            Settings = new WeirConfiguration
            {
                Vault = new() { Dir = "/var/lib/weir-vault", Identity = settings },
                Attributing = new()
                {
                    Networks =
                    [
                        new() { Prefix = Prefix.Parse("198.51.100.0/24"), Attribution = SubscriberMapping.Cgnat },
                    ],
                },
            },
            Peers = new() { Name = "vault" },
        }.Identity;
        Assert.Equal("/var/lib/weir-vault/identity.db", options.Store);
        Assert.Equal((3, "kea", false), (options.RetentionDays, options.Sources.Single().Name, options.KeepsSessions));
        Assert.Equal([Prefix.Parse("198.51.100.0/24")], options.Networks);
        Assert.Equal([Prefix.Parse("198.51.100.0/24")], options.Shared);
        Assert.Equal(1_796_083_200_000, DeterministicNat.From(Assert.Single(options.DeterministicNat)).UntilMs);
    }
}
