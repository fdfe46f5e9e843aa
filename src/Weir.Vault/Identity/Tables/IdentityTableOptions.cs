// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>What the tables keep and for which networks: part of the section <c>vault.identity</c>.</summary>
public record IdentityTableOptions : ISection
{
    /// <summary>rules.md R10: who had an address is kept no longer.</summary>
    public const int MaxDays = 7;

    private readonly int _days = MaxDays;

    [Setting("Days that it is kept who had an address.", Min = "1", Max = "7",
        Because = "the ceiling of rule R10 is 7 days")]
    public int RetentionDays
    {
        get => _days;
        init => _days = value is >= 1 and <= MaxDays
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"who had an address is kept 1 to {MaxDays} "
                + "days (rule R10); set vault.identity.retention-days to one of them");
    }

    [Setting("Most leases, sessions and port blocks kept; further ones are refused and counted. "
        + "About 300 octets of memory each.", Min = "1000", Max = "50000000")]
    public int MaxHoldings { get; init; } = 8_000_000;

    [Setting("Outside addresses of a carrier's NAT: without a source port nobody is named. Those that port-block "
        + "records name need not stand here.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Shared { get; init; } = [];

    [Setting("Carrier's NAT that gives ports by rule and writes no log (RFC 7422). When the settings of the box "
        + "change, end the entry and write a new one.")]
    public IReadOnlyList<DeterministicNatOptions> DeterministicNat { get; init; } = [];

    /// <summary>The provider's networks; an address outside answers <c>unknown-network</c>. Empty where that is
    /// not to be told.</summary>
    public IReadOnlyList<Prefix> Networks { get; init; } = [];

    internal long RetentionMs => RetentionDays * 86_400_000L;

    public virtual void Validate(SectionFaults faults)
    {
        for (var i = 0; i < DeterministicNat.Count; i++)
        {
            try
            {
                _ = Tables.DeterministicNat.From(DeterministicNat[i]);
            }
            catch (ArgumentException wrong)
            {
                faults.Add($"deterministic-nat[{i}]", $"is wrong: {wrong.Message}");
            }
        }
    }
}

/// <summary>A carrier's NAT that gives ports by rule (RFC 7422).</summary>
public sealed record DeterministicNatOptions
{
    [Setting("Inside network, IPv4.", Required = true, Example = "100.64.0.0/20")]
    public Prefix Inside { get; init; }

    [Setting("Outside networks, in the order in which they are filled.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Outside { get; init; } = [];

    [Setting("Outside addresses that are not used.", Example = "198.51.100.0")]
    public IReadOnlyList<Prefix> Excluded { get; init; } = [];

    [Setting("First port given out; those below are reserved.", Min = "1", Max = "65535")]
    public ushort FirstPort { get; init; } = 1024;

    [Setting("Last port given out.", Min = "1", Max = "65535")]
    public ushort LastPort { get; init; } = 65_535;

    [Setting("Ports of one inside address; 0 gives as many as there are.", Min = "0", Max = "65535")]
    public int PortsEach { get; init; }

    [Setting("`sequential` fills one outside address after the other, `staggered` deals inside addresses out in turn.")]
    public NatOrder Order { get; init; }

    [Setting("In force since, ISO 8601, UTC; always unless set.", Example = "\"2026-11-01T00:00:00Z\"")]
    public string? From { get; init; }

    [Setting("In force until, ISO 8601, UTC; open unless set.", Example = "\"2026-12-01T00:00:00Z\"")]
    public string? Until { get; init; }
}
