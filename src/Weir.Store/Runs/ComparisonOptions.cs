// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;

namespace Weir.Store.Runs;

/// <summary>Comparisons that the desk asks for.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Networks with their kinds of line: the strata.</summary>
    public required NetworkTable Networks { get; init; }

    /// <summary>The lab profile: subjects stand in clear, and nothing is made coarse. No request can switch it
    /// on.</summary>
    public bool IsLab { get; init; }

    /// <summary>How coarse figures are at least; a request may ask for coarser ones.</summary>
    public ReportKAnonymity KAnonymity { get; init; } = ReportKAnonymity.Default;

    /// <summary>Key of an epoch's cohort draw, from the vault; null where subjects stand in clear.</summary>
    public Func<uint, CancellationToken, Task<ulong>>? Cohort { get; init; }

    /// <summary>File of the endpoints that comparisons found, for the look-back.</summary>
    public required string FoundFile { get; init; }

    /// <summary>File of the candidates that wait for a later window.</summary>
    public required string FrozenFile { get; init; }

    /// <summary>How long an endpoint that was found may be promoted. Default 100 days.</summary>
    public TimeSpan FoundFor { get; init; } = TimeSpan.FromDays(100);
}
