// SPDX-License-Identifier: Apache-2.0
//
// What an endpoint offers, how much is said to it and by whom.
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

internal sealed class PlainFeatures
{
    private const int FewestRows = 3;

    /// <summary>What a port that everybody uses is worth: less than a rare one, more than one that commands seldom
    /// use.</summary>
    private const double Usual = 0.3;

    private readonly ContactProfiles _profiles;
    private readonly RankInput _input;
    private readonly IReadOnlyList<InfectionGroup> _infections;
    private readonly Dictionary<(ushort Port, byte Protocol), long> _services;
    private readonly double _rows;
    private readonly HashSet<Endpoint> _listedNetworks;

    public PlainFeatures(ContactProfiles profiles, RankInput input, IReadOnlyList<InfectionGroup> infections)
    {
        (_profiles, _input, _infections) = (profiles, input, infections);
        _services = input.Services.ToDictionary(one => (one.Port, one.Protocol), one => one.Rows);
        _rows = Math.Max(1, input.Services.Sum(one => one.Rows));
        _listedNetworks = [.. input.Listed.Select(row => FamilyQuery.KeyOf(row.Key, EndpointUnit.Network))];
    }

    /// <summary>Little is said, and always about as much.</summary>
    public CommandFeature Small(int endpoint)
    {
        var sizes = new List<double>();
        foreach (ref readonly var profile in _profiles.OfEndpoint(endpoint))
        {
            foreach (ref readonly var hour in _profiles.Hours(profile))
            {
                sizes.Add(hour.Log2Octets - Math.Log2(Math.Max(1, hour.Flows)));
            }
        }

        if (sizes.Count < FewestRows)
        {
            return new(CommandFeatures.Small, null, "too little was exchanged to say how much is usual");
        }

        var middle = TimeFeatures.Middle(sizes);
        var spread = sizes[sizes.Count * 3 / 4] - sizes[sizes.Count / 4];
        var small = Math.Clamp((16 - middle) / 4, 0, 1);
        var steady = Math.Clamp((3 - spread) / 2.5, 0, 1);
        return new(CommandFeatures.Small, (small + steady) / 2, CommandScore.Words(
            $"about {Math.Pow(2, middle):0} octets a flow, half of the hours within a factor of {Math.Pow(2, spread):0.#}"));
    }

    /// <summary>Few contacts of anybody go to that port; 0 for mail, names, time and mining.</summary>
    public CommandFeature Port(int endpoint)
    {
        var key = _input.Findings[endpoint].Key;
        var share = _services.GetValueOrDefault((key.Port, key.Protocol)) / _rows;
        return Services.IsPlumbing(key.Port)
            ? new(CommandFeatures.Port, 0, CommandScore.Words(
                $"port {key.Port} is what mail, names or time use: spam and look-ups go there, commands seldom"))
            : Services.IsMining(key.Port)
                ? new(CommandFeatures.Port, 0, CommandScore.Words($"mining pools offer their work on port {key.Port}"))
                : new(
                    CommandFeatures.Port, Usual
                        + ((1 - Usual) * Math.Clamp((-Math.Log10(Math.Max(share, 1e-9)) - 1) / 2.5, 0, 1)),
                    CommandScore.Words($"{share * 100:0.###} % of all contacts go to port {key.Port}"));
    }

    /// <summary>Its lines have one family, not several; and most of the lines with that infection use it.</summary>
    public (CommandFeature Family, CommandFeature Share) Infection(int endpoint)
    {
        const string NoneWords = "its lines share no infection that could be told apart";
        var (users, own) = Lines(endpoint);
        if (own is null)
        {
            return (new(CommandFeatures.Family, null, NoneWords), new(CommandFeatures.Share, null, NoneWords));
        }

        var inside = users.Count(own.Contains);
        return (
            new(CommandFeatures.Family, Math.Clamp(((double)inside / users.Count * 2) - 1, 0, 1), CommandScore.Words(
                $"{inside} of its {users.Count} infected lines have one and the same infection")),
            new(CommandFeatures.Share, (double)inside / own.Count, CommandScore.Words(
                $"{inside} of the {own.Count} lines with that infection use it")));
    }

    public CommandFeature Neighbour(int endpoint)
    {
        var key = _input.Findings[endpoint].Key;
        var beside = _listedNetworks.Contains(FamilyQuery.KeyOf(key, EndpointUnit.Network));
        return new(CommandFeatures.Neighbour, beside ? 1 : 0, beside
            ? "a listed endpoint that the infected contact lies in the same network"
            : "no listed endpoint that the infected contact lies in its network");
    }

    public CommandFeature Others(int endpoint)
    {
        var others = _input.Findings[endpoint].Others;
        return new(CommandFeatures.Others, Math.Min(1, Math.Log10(1 + others) / 2), CommandScore.Words(
            $"{others} subjects that are not known to be infected use it too"));
    }

    /// <summary>Its lines, and the lines of the infection that most of them have.</summary>
    private (HashSet<int> Users, HashSet<int>? Own) Lines(int endpoint)
    {
        var users = new HashSet<int>();
        foreach (ref readonly var profile in _profiles.OfEndpoint(endpoint))
        {
            _ = users.Add(profile.Line);
        }

        var most = _infections.Select(one => (Infection: one, Count: one.Lines.Count(users.Contains)))
            .Where(one => one.Count >= 2)
            .OrderByDescending(one => one.Count).ThenBy(one => one.Infection.Lines.Length).FirstOrDefault();
        return (users, most.Infection is null ? null : [.. most.Infection.Lines]);
    }
}
