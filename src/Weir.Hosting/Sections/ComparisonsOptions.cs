// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Sections;

/// <summary>When and how comparisons run; the section <c>comparing</c>, which desk and store read.</summary>
public sealed record ComparisonsOptions
{
    [Setting("When the engine runs: `every 6h`, `daily 02:30` (UTC) or `never`.")]
    public Schedule Schedule { get; init; } = Schedule.Daily(new TimeOnly(2, 30));

    [Setting("How long a window is. One day unsampled, up to six days when exporters sample. Outside `lab` windows are "
        + "whole UTC days end to end, each compared once it is over.", Min = "1h",
        Max = "7d", Because = "pair digests are kept no longer (R10)")]
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(1);

    [Setting("False discovery rate aimed at: the share of wrong candidates.", Min = "0.000001", Max = "0.2")]
    public double Q { get; init; } = 0.01;

    [Setting("Fewest distinct subjects behind a published count. The `lab` profile does not hide.", Min = "5",
        Max = "1000", Because = "fewer would show single subscribers (R11)")]
    public int K { get; init; } = 10;

    [Setting("Seed of the permuted self-test and of the control cohort: same input and seed, same result.")]
    public ulong Seed { get; init; } = 1;

    [Setting("Benjamini-Yekutieli instead of Benjamini-Hochberg: valid under any dependence, finds less.")]
    public bool Strict { get; init; }

    /// <summary>Fewest subjects that a report may rest on, never fewer than <see cref="K"/>. Default 500.</summary>
    public int MinimumBase { get; init; } = ReportKAnonymity.Default.MinimumBase;

    /// <summary>How coarse published figures are.</summary>
    public ReportKAnonymity KAnonymity => new(K, Math.Max(K, MinimumBase));
}
