// SPDX-License-Identifier: Apache-2.0
//
// Endpoints with nearly the same users at nearly the same times are one campaign: what bots were sent to, and not rows
// of their own. Greedy and in a fixed order: the endpoint with most users that is still free gathers those of its kind
// whose lines are its lines and whose contacts with each begin and end within the slack of its own; then the group's
// medians gather once more, so that the first one's oddities do not decide. Fewer than eight are no campaign.
using System.Runtime.InteropServices;
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

/// <summary>Endpoints that were visited together.</summary>
/// <param name="Kind">What they offer.</param>
/// <param name="Members">Numbers of its endpoints, ascending.</param>
/// <param name="Lines">Numbers of the lines that met at least three of them.</param>
/// <param name="FromMs">From which on all but a twentieth of the first contacts are.</param>
/// <param name="UntilMs">Until which all but a twentieth of the last contacts are.</param>
internal sealed record Campaign(CampaignKind Kind, int[] Members, int[] Lines, long FromMs, long UntilMs);

/// <summary>Finds campaigns.</summary>
internal sealed class CampaignFinder
{
    /// <summary>Fewest endpoints.</summary>
    public const int Fewest = 8;

    /// <summary>Fewest endpoints on one unusual port: a botnet may well have eight C&amp;Cs on one.</summary>
    private const int FewestOfService = 20;

    /// <summary>Share of an endpoint's lines that must be the campaign's, and keep its times.</summary>
    private const double Alike = 0.7;

    /// <summary>An endpoint of fewer lines than this share of the campaign's most is none of it.</summary>
    private const double LeastPart = 0.2;

    private const int LeastMet = 3;

    /// <summary>Contacts left out at each end of a campaign's span.</summary>
    private const double Edge = 0.05;

    private const long SlackMs = 3_600_000;

    private readonly ContactProfiles _profiles;
    private readonly IReadOnlyList<Finding> _findings;
    private readonly bool _timeOrder;
    private readonly long _slackMs;
    private readonly bool[] _taken;

    public CampaignFinder(ContactProfiles profiles, RankInput input)
    {
        (_profiles, _findings, _timeOrder) = (profiles, input.Findings, input.TimeOrder);
        _slackMs =
            Math.Max(Math.Min(SlackMs, input.Window.LengthMs / 12), input.IsSampled ? input.Window.LengthMs / 24 : 0);
        _taken = new bool[input.Findings.Count];
    }

    /// <summary>Largest first; equal ones by their first endpoint.</summary>
    public IReadOnlyList<Campaign> Find()
    {
        var found = new List<Campaign>();
        foreach (var group in Enumerable.Range(0, _findings.Count)
            .GroupBy(at => Services.GroupOf(_findings[at].Key.Port, _findings[at].Key.Protocol))
            .Where(group => group.Count() >= Fewest).OrderBy(group => group.Key))
        {
            int[] order = [.. group.OrderByDescending(at => _profiles.OfEndpoint(at).Length).ThenBy(at => at)];
            foreach (var seed in order)
            {
                if (!_taken[seed] && Gather(order, seed) is { } members)
                {
                    found.Add(Make(members));
                }
            }
        }

        found.AddRange(new PeerFinder(_profiles, _findings).Find(_taken).Select(Make));
        return [.. found.OrderByDescending(one => one.Members.Length).ThenBy(one => one.Members[0])];
    }

    private int[]? Gather(int[] order, int seed)
    {
        var key = _findings[seed].Key;
        var fewest = Services.KindOf(key.Port, key.Protocol) == CampaignKind.Service ? FewestOfService : Fewest;
        var members = Matching(order, CoreOf([seed]));
        if (members.Count < fewest)
        {
            return null;
        }

        members = Matching(order, CoreOf(members));
        if (members.Count < fewest)
        {
            return null;
        }

        members.ForEach(at => _taken[at] = true);
        return [.. members.Order()];
    }

    private List<int> Matching(int[] order, Dictionary<int, (long FirstMs, long LastMs)> core)
    {
        var members = new List<int>();
        foreach (var at in order)
        {
            if (!_taken[at] && IsAlike(_profiles.OfEndpoint(at), core))
            {
                members.Add(at);
            }
        }

        return members;
    }

    private bool IsAlike(ReadOnlySpan<ContactProfile> own, Dictionary<int, (long FirstMs, long LastMs)> core)
    {
        if (own.Length < LeastPart * core.Count)
        {
            return false;
        }

        var alike = 0;
        foreach (ref readonly var profile in own)
        {
            alike += core.TryGetValue(profile.Line, out var times) && (!_timeOrder
                || (Math.Abs(profile.FirstMs - times.FirstMs) <= _slackMs
                    && Math.Abs(profile.LastMs - times.LastMs) <= _slackMs)) ? 1 : 0;
        }

        return alike >= Alike * own.Length;
    }

    /// <summary>For each line the middle of its first and of its last contacts with the members.</summary>
    private Dictionary<int, (long FirstMs, long LastMs)> CoreOf(IReadOnlyList<int> members)
    {
        var times = new Dictionary<int, (List<long> First, List<long> Last)>();
        foreach (var at in members)
        {
            foreach (ref readonly var profile in _profiles.OfEndpoint(at))
            {
                ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(times, profile.Line, out var known);
                own = known ? own : ([], []);
                own.First.Add(profile.FirstMs);
                own.Last.Add(profile.LastMs);
            }
        }

        return times.ToDictionary(one => one.Key, one => (Middle(one.Value.First), Middle(one.Value.Last)));
    }

    private Campaign Make(int[] members)
    {
        var met = members.SelectMany(at => _profiles.OfEndpoint(at).ToArray()).CountBy(profile => profile.Line)
            .Where(one => one.Value >= LeastMet).Select(one => one.Key).Order().ToArray();
        var inside = met.ToHashSet();
        ContactProfile[] own =
            [.. members.SelectMany(at => _profiles.OfEndpoint(at).ToArray()).Where(one => inside.Contains(one.Line))];
        var key = _findings[members[0]].Key;
        return new(
            Services.KindOf(key.Port, key.Protocol), members, met,
            At([.. own.Select(one => one.FirstMs)], Edge), At([.. own.Select(one => one.LastMs)], 1 - Edge));
    }

    private static long Middle(List<long> values) => At(values, 0.5);

    private static long At(List<long> values, double share)
    {
        values.Sort();
        return values.Count == 0 ? 0 : values[Math.Min(values.Count - 1, (int)(values.Count * share))];
    }
}
