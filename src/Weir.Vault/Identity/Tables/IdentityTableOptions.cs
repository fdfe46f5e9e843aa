// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>What the tables keep and for which networks.</summary>
public sealed record IdentityTableOptions
{
    /// <summary>rules.md R10: who had an address is kept no longer.</summary>
    public const int MaxDays = 7;

    private readonly int _days = MaxDays;

    /// <summary>Days that holdings are kept after their end, 1 to 7.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than seven days, or less than one.</exception>
    public int RetentionDays
    {
        get => _days;
        init => _days = value is >= 1 and <= MaxDays
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"who had an address is kept 1 to {MaxDays} "
                + "days (rule R10); set vault.identity.retention-days to one of them");
    }

    /// <summary>The provider's networks; an address outside answers <c>unknown-network</c>. Empty where that is
    /// not to be told.</summary>
    public IReadOnlyList<Prefix> Networks { get; init; } = [];

    /// <summary>Outside addresses of a carrier's NAT: without a port nobody is named. Those that port-block records
    /// name need not stand here.</summary>
    public IReadOnlyList<Prefix> Shared { get; init; } = [];

    /// <summary>Networks translated by rule (RFC 7422).</summary>
    public IReadOnlyList<DeterministicNat> Deterministic { get; init; } = [];

    /// <summary>Most holdings kept; more are refused and counted. About 300 octets each.</summary>
    public int MaxHoldings { get; init; } = 8_000_000;

    internal long RetentionMs => RetentionDays * 86_400_000L;
}
