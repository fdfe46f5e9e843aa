// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Retention;

/// <summary>How long rows are kept beside <c>store.retention-days</c> (rules.md R10).</summary>
public sealed record RetentionOptions
{
    /// <summary>Days that coverage is kept: as long as a check after a clean-up may last, and what a report of a month
    /// reads. It tells of no subject.</summary>
    public const int CoverageDays = 31;

    /// <summary>Days after which evidence goes whatever the cases say. Default 93: ninety and the longest
    /// scope.</summary>
    public int EvidenceDays { get; init; } = 93;

    /// <summary>How often it is looked after. Default an hour.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() =>
        EvidenceDays is < 1 or > 400 || Period <= TimeSpan.Zero
            ? ["store: evidence is kept 1 to 400 days; lower that"]
            : [];
}
