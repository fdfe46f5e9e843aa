// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel.DataAnnotations;
using Weir.Hosting.Sections;

namespace Weir.Store.Comparing;

/// <summary>Settings of the comparison; the <c>Comparing</c> section of <c>weir.yaml</c>. Defaults are those of
/// statistics.md B.4.</summary>
public sealed record ComparingOptions
{
    public const string Section = "Comparing";

    /// <summary>False discovery rate, 0.0001 to 0.2. Default 0.01.</summary>
    [Range(0.0001, 0.2)]
    public double Q { get; init; } = new ComparisonsOptions().Q;

    /// <summary>Benjamini–Yekutieli in place of Benjamini–Hochberg. Default no.</summary>
    public bool Strict { get; init; }

    /// <summary>Subjects, cases or not, that an endpoint needs to be tested, and cases it needs to be found, 2 to
    /// 100. Default 3.</summary>
    [Range(2, 100)]
    public int MinimumSubjects { get; init; } = 3;

    /// <summary>Activity bins, half cut at population and half at case quantiles, 1 to 200. Default 20; fewer where
    /// there are under 25 subjects a bin.</summary>
    [Range(1, 200)]
    public int ActivityBins { get; init; } = 20;

    /// <summary>An endpoint is never a candidate from this share of non-case subjects on, 0 to 1. Default 0.005. 1 with
    /// <see cref="CapSubjects"/> at its largest switches the cap off.</summary>
    [Range(0.0, 1.0)]
    public double CapShare { get; init; } = 0.005;

    /// <summary>... or from so many non-case subjects on, whichever is more. Default 50.</summary>
    [Range(1, int.MaxValue)]
    public int CapSubjects { get; init; } = 50;

    /// <summary>Whether endpoints that too many others use are told apart as <c>shared</c> (more than max(5, min(0.1 %
    /// of subjects, 100)) of them). Default yes.</summary>
    public bool TellShared { get; init; } = true;

    /// <summary>A candidate is vetoed where more than this share of onset-observed cases contacted it before their
    /// onset, 0 to 1. Default 2/3.</summary>
    [Range(0.0, 1.0)]
    public double VetoShare { get; init; } = 2.0 / 3;

    /// <summary>... and is up for review above this share. Default 1/3.</summary>
    [Range(0.0, 1.0)]
    public double ReviewShare { get; init; } = 1.0 / 3;

    /// <summary>Time before the first watchlist contact that is not looked at, as infection precedes it, 0 to 3 d.
    /// Default 1 d, and never more than a tenth of the window.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3.00:00:00")]
    public TimeSpan Washout { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Shortest pre-window, as a share of the window, that shows an onset, 0.05 to 1. Default 0.25.</summary>
    [Range(0.05, 1.0)]
    public double PreWindowShare { get; init; } = 0.25;

    /// <summary>Runs with labels permuted within strata, 0 to 200. Default 20.</summary>
    [Range(0, 200)]
    public int Permutations { get; init; } = 20;

    /// <summary>Share of permuted runs that must find nothing, 0 to 1. Default 0.95 (19 of 20).</summary>
    [Range(0.0, 1.0)]
    public double PermutedQuietShare { get; init; } = 0.95;

    /// <summary>A case with more watchlist endpoints than this is a scanner or a researcher and is
    /// dropped. Default 200.</summary>
    [Range(1, int.MaxValue)]
    public int WatchlistEndpointsAtMost { get; init; } = 200;

    /// <summary>Cases compared at most, drawn at random. Default 5,000.</summary>
    [Range(1, 60_000)]
    public int CasesAtMost { get; init; } = 5_000;

    /// <summary>Controls compared at most, drawn by keyed hash; never under <see cref="ControlsPerCase"/> a case.
    /// Default 1,000,000.</summary>
    [Range(100, int.MaxValue)]
    public int ControlsAtMost { get; init; } = 1_000_000;

    /// <summary>Controls kept for each case whatever <see cref="ControlsAtMost"/> says, 1 to
    /// 10,000. Default 50.</summary>
    [Range(1, 10_000)]
    public int ControlsPerCase { get; init; } = 50;

    /// <summary>Whether addresses and networks are tested too, each kind as a family of its own. Default yes.</summary>
    public bool RollUps { get; init; } = true;

    /// <summary>Whether the order of contacts can be believed. Default yes. No where exporters' clocks differ by more
    /// than minutes, or times are invented: then nothing is ranked by what came first.</summary>
    public bool TimeOrder { get; init; } = true;

    /// <summary>Earliest time the pair store is asked about, milliseconds since the UNIX epoch, for the onset veto;
    /// null is the window's start.</summary>
    public long? HistoryFromMs { get; init; }
}
