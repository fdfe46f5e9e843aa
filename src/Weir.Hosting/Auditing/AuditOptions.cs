// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Auditing;

/// <summary>Where the audit is kept and how long.</summary>
public sealed record AuditOptions
{
    /// <summary>Rule R10: the audit is kept a year at least.</summary>
    public static readonly TimeSpan MinRetention = TimeSpan.FromDays(365);

    /// <summary>Rule R12: a head every ten minutes at most.</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromMinutes(10);

    /// <summary>Folder of this log; made with mode 0700.</summary>
    public required string Directory { get; init; }

    /// <summary>How often a head is signed.</summary>
    public TimeSpan HeadPeriod { get; init; } = LongestPeriod;

    /// <summary>How long entries are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>A folder off this box to which every head is copied; null for none.</summary>
    public string? ExportDirectory { get; init; }

    /// <summary>What the entry of the opening names: the program's version.</summary>
    public string Version { get; init; } = "";

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its rule.</exception>
    public AuditOptions Validated() =>
        HeadPeriod <= TimeSpan.Zero || HeadPeriod > LongestPeriod ? throw new ArgumentOutOfRangeException(
            nameof(HeadPeriod), HeadPeriod, "A head is signed every ten minutes at least (R12).")
        : Retention < MinRetention ? throw new ArgumentOutOfRangeException(
            nameof(Retention), Retention, "The audit is kept a year at least (R10).")
        : this;
}

/// <summary>How a log is.</summary>
/// <param name="Entries">Made durable by this process.</param>
/// <param name="Refusals">Of those, entries whose outcome is not <c>allow</c>.</param>
/// <param name="Failures">Entries that could not be made durable: their acts did not happen.</param>
/// <param name="Commits">Times the disk was waited for.</param>
/// <param name="Heads">Heads signed.</param>
/// <param name="LastHead">When the latest was signed.</param>
/// <param name="Sequence">Of the last durable entry.</param>
/// <param name="Fault">Why the latest entry, head or export failed; empty when all is well.</param>
public sealed record AuditState(
    long Entries, long Refusals, long Failures, long Commits, long Heads, DateTimeOffset? LastHead,
    long Sequence, string Fault);
