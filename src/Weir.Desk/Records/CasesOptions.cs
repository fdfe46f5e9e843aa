// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Desk.Records;

/// <summary>Case files, and the lists that people make; the section <c>cases</c>.</summary>
public sealed record CasesOptions : ISection
{
    [Setting("Directory of the records of cases, scopes and approvals.")]
    public string Dir { get; init; } = "/var/lib/weir/cases";

    [Setting("How long an endpoint that two people promoted stays on our own list. Comparisons that uphold it renew "
        + "it, up to 90 days after they gave.", Min = "1d", Max = "365d")]
    public TimeSpan PromotedFor { get; init; } = TimeSpan.FromDays(14);

    [Setting("How far back a promotion looks for contacts, which become events.", Min = "1h", Max = "7d",
        Because = "pair digests are kept no longer (R10)")]
    public TimeSpan LookBack { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The file of cases, scopes and approvals: what the audit is the record of.</summary>
    public string RecordsFile => Path.Combine(Dir, RecordsRegistration.FileName);

    public void Validate(SectionFaults faults) => faults.AddEmpty("dir", Dir);
}
