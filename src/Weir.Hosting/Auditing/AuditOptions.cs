// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Auditing;

/// <summary>Where an audit is kept and how long; the section <c>auditing</c>, which is the desk's. The chains of other
/// processes lie in their own folders; of this section they read where heads go.</summary>
public sealed record AuditOptions : ISection
{
    /// <summary>Rule R10: the audit is kept a year at least.</summary>
    public static readonly TimeSpan MinRetention = TimeSpan.FromDays(365);

    /// <summary>Rule R12: a head every ten minutes at most.</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromMinutes(10);

    [Setting("Directory of the audit log and of the key that signs its heads; Weir's user alone may read it.",
        Key = "dir")]
    public string Directory { get; init; } = "/var/lib/weir/audit";

    [Setting("How often a head is signed at least. One is signed sooner where entries stand behind the last one: after "
        + "a hundred of them, or ten seconds.", Min = "1s", Max = "10m",
        Because = "rule R12 wants a head every ten minutes")]
    public TimeSpan HeadPeriod { get; init; } = LongestPeriod;

    [Setting("How long entries are kept.", Key = "keep", Min = "365d", Max = "36500d",
        Because = "rule R10 wants a year at least")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    [Setting("A directory off this machine to which every head is copied, so that a log written anew is found.",
        Key = "export-dir", Example = "/mnt/evidence/weir")]
    public string? ExportDirectory { get; init; }

    [Setting("Heads beside the disk: whoever has all of this machine's files still does not have those.")]
    public OutsideOptions Outside { get; init; } = new();

    /// <summary>What the entry of the opening names: the program's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whose record it is, such as <c>store</c>: the result of the entry of the opening.</summary>
    public string Process { get; init; } = "";

    /// <summary>A file that tells of what the log is the record of, such as the cases: beside it no log is begun from
    /// nothing. Empty for none.</summary>
    public string Beside { get; init; } = "";

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("dir", Directory);
        faults.AddEmpty("export-dir", ExportDirectory);
    }

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
    long Sequence, string Fault)
{
    /// <summary>The last entry that a signed head covers.</summary>
    public long Covered { get; init; }
}
