// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;

namespace Weir.Desk.Comparisons;

/// <summary>When the store is asked to compare, and how.</summary>
public sealed record ComparisonsOptions
{
    /// <summary>The next time after a moment; null for never.</summary>
    public required Func<DateTimeOffset, DateTimeOffset?> Next { get; init; }

    /// <summary>How far a run looks back.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(1);

    /// <summary>False discovery rate.</summary>
    public double Q { get; init; } = 0.01;

    /// <summary>Benjamini-Yekutieli instead of Benjamini-Hochberg.</summary>
    public bool Strict { get; init; }

    /// <summary>What reproduces a run, together with the epoch's key.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How coarse published figures are.</summary>
    public ReportKAnonymity KAnonymity { get; init; } = ReportKAnonymity.Default;

    /// <summary>Profile by name, as reports write it.</summary>
    public required string Profile { get; init; }

    /// <summary>Networks, for subjects in clear.</summary>
    public required NetworkTable Networks { get; init; }

    /// <summary>Folder of reports and runs.</summary>
    public required string Folder { get; init; }
}
