// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Store.Comparing.Peers;

namespace Weir.Store.Runs;

/// <summary>What a report says of botnets without a hub, in clear.</summary>
internal static class PeerReport
{
    /// <summary>What the infection of a line in a group is called.</summary>
    public const string Kind = "peer-to-peer";

    /// <summary>Lines of a group that have an infection, for it to be of the group.</summary>
    private const int FewestOfGroup = 2;

    public static ReportPeers Map(PeerFindings found, NetworkTable networks) => new()
    {
        Enough = found.IsSufficient,
        Why = found.Why,
        Cases = found.Cases,
        Controls = found.Controls,
        Shared = PeerGraph.Shared,
        UsersAtMost = PeerComparison.MostUsers,
        Pairs = found.Pairs,
        Expected = found.Expected,
        P = found.P,
        Draws = PeerTest.Draws,
        Groups =
        [
            .. found.Groups.Select((group, at) => new ReportPeerGroup(
                string.Create(CultureInfo.InvariantCulture, $"p{at + 1}"),
                [.. group.Lines.Select(line => ClearSubjectText.Write(line, networks))], group.Pairs, group.Peers,
                group.P)),
        ],
    };

    /// <summary>Names the infection of each line in a group: of its own ones that are of the group, the one that most
    /// lines of the group have. Only a line without any such has one more, called as the group is. Two nets that a line
    /// with both joins to one group so stay two infections, and make no third.</summary>
    public static IReadOnlyList<ReportLineInfections> Name(
        IReadOnlyList<ReportLineInfections> infections, IReadOnlyList<ReportPeerGroup> groups)
    {
        var named = infections.ToDictionary(line => line.Subject, StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var common = group.Lines.SelectMany(line => named.GetValueOrDefault(line)?.Infections ?? [])
                .CountBy(one => one.Id).Where(one => one.Value >= FewestOfGroup).ToDictionary();
            foreach (var line in group.Lines)
            {
                var own = named.GetValueOrDefault(line)?.Infections ?? [];
                var most = own.Select(one => one.Id).Where(common.ContainsKey).OrderByDescending(id => common[id])
                    .ThenBy(id => id, StringComparer.Ordinal).FirstOrDefault();
                named[line] = new(line, most is null
                    ? [.. own, new ReportInfection(group.Id, [], []) { Kind = Kind }]
                    : [.. own.Select(one => one.Id == most ? one with { Kind = Kind } : one)]);
            }
        }

        var known = infections.Select(line => line.Subject).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. infections.Select(line => named[line.Subject]),
            .. named.Values.Where(line => !known.Contains(line.Subject))
                .OrderBy(line => line.Subject, StringComparer.Ordinal),
        ];
    }
}
