// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing;

/// <summary>What became of an endpoint and why, in an operator's words.</summary>
internal static class Explanations
{
    public static string Why(FindingStatus status, int cases, double expected, int all, int others, OnsetTally onset)
    {
        var counts = FormattableString.Invariant(
            $"{cases} of {all} infected subjects contact it where {expected:0.##} would be expected, and {others} others");
        return status switch
        {
            FindingStatus.Candidate => $"{counts}; {Began(onset)}",
            FindingStatus.Shared => $"{counts}, too many for a block of the address; {Began(onset)}",
            FindingStatus.Vetoed => $"{counts}; {onset.Before} of the {onset.Observed} whose onset was observed "
                + "contacted it before they were infected",
            FindingStatus.Capped => $"{counts}: too popular to be a candidate",
            _ => $"{counts}; significant only beside endpoints that were removed",
        };
    }

    private static string Began(OnsetTally onset) => onset.Verdict switch
    {
        OnsetVerdict.Undetermined => "whether that began with the infection could not be seen, review it",
        OnsetVerdict.Review =>
            $"{onset.Before} of the {onset.Observed} whose onset was observed contacted it before, review it",
        _ => $"of the {onset.Observed} whose onset was observed {onset.Before} contacted it before",
    };
}
