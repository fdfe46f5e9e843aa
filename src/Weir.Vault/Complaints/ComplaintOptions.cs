// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Complaints;

/// <summary>Whose complaints the vault attributes.</summary>
public sealed record ComplaintOptions
{
    /// <summary>Reporters by the names that the desk tells them by.</summary>
    public IReadOnlySet<string> Reporters { get; init; } = new HashSet<string>();

    /// <summary>Most complaints of one reporter in 24 hours.</summary>
    public int MaxPerDay { get; init; } = 2_000;

    /// <summary>How long ago a reported time may be: longer than that nobody knows who had an address.</summary>
    public TimeSpan Reach { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How far ahead of our clock a reported time may be.</summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How far to each side of the reported time a scope reaches, ms.</summary>
    public long MarginMs { get; init; } = 5 * 60_000;
}
