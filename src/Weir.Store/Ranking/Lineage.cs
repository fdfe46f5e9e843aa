// SPDX-License-Identifier: Apache-2.0
//
// On what does a candidate rest? Its cases are cases by listed endpoints. Where fewer than three of them are so by
// lists of others, it would not have been found without what we promoted ourselves, and falls with it.
using Weir.Contracts.Flows;
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

/// <summary>Finds ancestors.</summary>
internal static class Lineage
{
    /// <summary>Cases by lists of others with which a candidate stands by itself: as many as it needs to be
    /// found.</summary>
    public const int Stands = 3;

    /// <summary>For each finding, in their order: promoted endpoints that it rests on; empty where it stands by
    /// itself.</summary>
    public static IReadOnlyList<IReadOnlyList<Endpoint>> Of(RankInput input, CaseSet cases)
    {
        if (cases.OnOurOwnListAlone.Count == 0)
        {
            return [.. input.Findings.Select(_ => Array.Empty<Endpoint>())];
        }

        var lines = input.Hours.ToLookup(row => row.Key, row => row.Subject);
        return [.. input.Findings.Select(finding => Of(lines[finding.Key].Distinct(), cases))];
    }

    private static Endpoint[] Of(IEnumerable<SubjectKey> lines, CaseSet cases)
    {
        var (independent, ancestors) = (0, new HashSet<Endpoint>());
        foreach (var line in lines)
        {
            if (cases.Contacts[line] is var listed && !listed.IsSubsetOf(cases.OnOurOwnListAlone))
            {
                independent++;
            }
            else
            {
                ancestors.UnionWith(listed);
            }
        }

        return independent >= Stands ? [] : [.. ancestors.Order(EndpointComparer.Instance)];
    }
}
