// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Desk.Promotion;

/// <summary>An endpoint as a comparison reported it: what two people have before them when they promote it.</summary>
/// <param name="Endpoint">The far end.</param>
/// <param name="Run">The comparison that found it.</param>
/// <param name="Status"><c>candidate</c>, or <c>shared</c> where too many others use it.</param>
/// <param name="P">As published: a number, or an order of magnitude.</param>
/// <param name="Q">The same.</param>
/// <param name="Ic">Effect size as published; <c>withheld</c> where it would tell the counts.</param>
/// <param name="Ic025">Its lower bound.</param>
/// <param name="WithheldAs">Its number among the run's withheld endpoints, RUN.1 the first; empty for one that the run
/// published (R11).</param>
public sealed record Candidate(
    Endpoint Endpoint, string Run, string Status, string P, string Q, string Ic, string Ic025, string WithheldAs)
{
    /// <summary>Promoted endpoints without which it would not have been found.</summary>
    public IReadOnlyList<Endpoint> RestsOn { get; init; } = [];

    /// <summary>End of the days that the comparison looked at; for good where it is not told.</summary>
    public DateTimeOffset SeenUntil { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The one status that may be promoted.</summary>
    public const string IsOne = "candidate";
}

/// <summary>The candidates of the comparisons that are kept.</summary>
public interface ICandidates
{
    /// <summary>By the number of a withheld one, RUN.1; null where there is none.</summary>
    Candidate? Withheld(string number);

    /// <summary>By endpoint, in the newest run that has it, published before withheld; null where none has.</summary>
    Candidate? Find(Endpoint endpoint);
}
