// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

/// <summary>What infections are told by: listed endpoints, findings in no campaign, campaigns; numbered in this
/// order.</summary>
internal sealed class InfectionMarks
{
    private readonly ContactProfiles _profiles;
    private readonly Endpoint[] _listed;
    private readonly int[] _found;

    public InfectionMarks(
        ContactProfiles profiles, RankInput input, IReadOnlyList<Campaign> campaigns, int[] campaignOf, CaseSet cases)
    {
        _profiles = profiles;
        var users = cases.Contacts.Where(one => profiles.Numbers.ContainsKey(one.Key))
            .SelectMany(one => one.Value.Select(endpoint => (Endpoint: endpoint, Line: profiles.Numbers[one.Key])))
            .ToLookup(one => one.Endpoint, one => one.Line);
        _listed = [.. users.Select(one => one.Key).Order(EndpointComparer.Instance)];
        _found = [.. Enumerable.Range(0, input.Findings.Count).Where(at => campaignOf[at] < 0)];
        All =
        [
            .. _listed.Select((endpoint, at) => new InfectionMark(at, [.. users[endpoint].Order()], true)),
            .. _found.Select((finding, at) => new InfectionMark(_listed.Length + at, LinesOf(finding), false)),
            .. campaigns.Select((campaign, at) => new InfectionMark(
                _listed.Length + _found.Length + at, campaign.Lines, false)),
        ];
    }

    public IReadOnlyList<InfectionMark> All { get; }

    /// <summary>Each line's infections, by line and then by number.</summary>
    public IReadOnlyList<LineInfection> ByLine(IReadOnlyList<InfectionGroup> infections)
    {
        var users = All.Select(mark => mark.Lines.ToHashSet()).ToArray();
        return
        [
            .. from infection in infections.Index()
               from line in infection.Item.Lines
               orderby line, infection.Index
               let own = infection.Item.Marks.Where(mark => users[mark].Contains(line)).ToArray()
               select new LineInfection(
                   _profiles.Lines[line], infection.Index,
                   [.. own.Where(mark => mark < _listed.Length).Select(mark => _listed[mark])],
                   [.. own.Where(mark => mark >= _listed.Length && mark < _listed.Length + _found.Length)
                       .Select(mark => _found[mark - _listed.Length])],
                   [.. own.Where(mark => mark >= _listed.Length + _found.Length)
                       .Select(mark => mark - _listed.Length - _found.Length)]),
        ];
    }

    private int[] LinesOf(int finding)
    {
        var lines = new List<int>();
        foreach (ref readonly var profile in _profiles.OfEndpoint(finding))
        {
            lines.Add(profile.Line);
        }

        return [.. lines];
    }
}
