// SPDX-License-Identifier: Apache-2.0
//
// What the times of contacts say. All of them are medians over lines, so that one odd line moves nothing; a line whose
// infection was under way when the window began says nothing of what came first.
using Weir.Contracts.Reports;

namespace Weir.Store.Ranking;

internal sealed class TimeFeatures(ContactProfiles profiles, RankInput input, int[] campaignOf)
{
    private const int FewestLines = 2;
    private const long TogetherMs = 60_000;
    private const long ShortlyMs = 15 * 60_000;
    private const long SiblingMs = 5 * 60_000;
    private const int FewestActivities = 3;

    private readonly Dictionary<int, long[]> _activities = input.Activities
        .Where(one => profiles.Numbers.ContainsKey(one.Subject))
        .GroupBy(one => profiles.Numbers[one.Subject]).ToDictionary(one => one.Key, one =>
            one.Select(a => a.FromMs).ToArray());

    private readonly (long FirstMs, int Unit)[][] _units = [.. profiles.Lines.Select((_, line) =>
        UnitsOf(profiles.OfLine(line), campaignOf))];

    public CommandFeature First(int endpoint)
    {
        var ranks = new List<double>();
        if (input.TimeOrder)
        {
            foreach (ref readonly var profile in profiles.OfEndpoint(endpoint))
            {
                if (profiles.Facts[profile.Line].IsOnsetSeen && _units[profile.Line] is { Length: >= 3 } units)
                {
                    var own = UnitOf(profile.Endpoint, campaignOf);
                    var begin = profile.FirstMs - TogetherMs;
                    var before = units.Count(unit => unit.Unit != own && unit.FirstMs < begin);
                    ranks.Add(1 - ((double)before / (units.Length - 1)));
                }
            }
        }

        return ranks.Count < FewestLines
            ? new(CommandFeatures.First, null, "which came first is undetermined: what began before the window, or by "
                + "clocks that differ, is never first")
            : new(CommandFeatures.First, Middle(ranks), CommandScore.Words(
                $"on the middle one of {ranks.Count} lines whose infection was seen to begin, it came before {Middle(ranks):0 %} of what they share"));
    }

    /// <summary>Begins of campaigns and events that a contact came shortly before, or was under way at.</summary>
    public CommandFeature Precedes(int endpoint)
    {
        var (all, before) = (0, 0);
        if (input.TimeOrder)
        {
            foreach (ref readonly var profile in profiles.OfEndpoint(endpoint))
            {
                foreach (var at in Begins(profile.Line, campaignOf[endpoint]))
                {
                    all++;
                    foreach (ref readonly var hour in profiles.Hours(profile))
                    {
                        if (hour.FirstMs <= at && hour.LastMs >= at - ShortlyMs)
                        {
                            before++;
                            break;
                        }
                    }
                }
            }
        }

        return all < FewestActivities
            ? new(CommandFeatures.Precedes, null, "fewer than three campaigns, floods, spam runs or scans began on its "
                + "lines: whether it precedes them is undetermined")
            : new(CommandFeatures.Precedes, (double)before / all, CommandScore.Words(
                $"contacted within 15 minutes before {before} of {all} begins of campaigns and events on its lines"));
    }

    /// <summary>Hours with a contact, of those in which the line was active between the first and the last.</summary>
    public CommandFeature Stays(int endpoint)
    {
        var whole = Math.Max(1, Math.Min(6 * ContactProfiles.HourMs, input.Window.LengthMs / 4));
        var (values, hours) = (new List<double>(), new List<double>());
        foreach (ref readonly var profile in profiles.OfEndpoint(endpoint))
        {
            var with = 0;
            long last = -1;
            foreach (ref readonly var hour in profiles.Hours(profile))
            {
                with += hour.Hour != last ? 1 : 0;
                last = hour.Hour;
            }

            var active = profiles.ActiveHours(profile.Line, profile.FirstMs, profile.LastMs);
            values.Add(Math.Min(1, (double)with / active)
                * Math.Min(1, (double)(profile.LastMs - profile.FirstMs) / whole));
            hours.Add((profile.LastMs - profile.FirstMs) / (double)ContactProfiles.HourMs);
        }

        return new(CommandFeatures.Stays, Middle(values), CommandScore.Words(
            $"its middle line keeps it for {Middle(hours):0.#} hours, with a contact in {Share(values, hours, whole):0 %} of the hours in which the line was active"));
    }

    /// <summary>How even the number of flows in whole hours is.</summary>
    public CommandFeature Regular(int endpoint)
    {
        var values = new List<double>();
        foreach (ref readonly var profile in profiles.OfEndpoint(endpoint))
        {
            var counts = Counts(profile);
            if (counts.Count >= 3)
            {
                var mean = counts.Average();
                var deviation = Math.Sqrt(counts.Average(count => (count - mean) * (count - mean)));
                values.Add(Math.Clamp(1 - (deviation / Math.Max(mean, 1e-9)), 0, 1));
            }
        }

        return values.Count < FewestLines || input.IsSampled
            ? new(CommandFeatures.Regular, null, input.IsSampled
                ? "packets were sampled: how regular it is, is undetermined"
                : "too few whole hours of contact: how regular it is, is undetermined")
            : new(CommandFeatures.Regular, Middle(values), CommandScore.Words(
                $"flows an hour differ by {1 - Middle(values):0 %} of their mean on the middle one of {values.Count} lines"));
    }

    /// <summary>Few other shared endpoints that began within minutes.</summary>
    public CommandFeature Alone(int endpoint)
    {
        var siblings = new List<double>();
        if (input.TimeOrder)
        {
            foreach (ref readonly var profile in profiles.OfEndpoint(endpoint))
            {
                var at = profile.FirstMs;
                siblings.Add(profiles.OfLine(profile.Line).Count(other =>
                    Math.Abs(other.FirstMs - at) <= SiblingMs) - 1);
            }
        }

        return siblings.Count < FewestLines
            ? new(CommandFeatures.Alone, null, "what began beside it is undetermined")
            : new(
                CommandFeatures.Alone, 1 - Math.Min(1, Math.Log2(1 + Middle(siblings)) / 6), CommandScore.Words(
                    $"{Middle(siblings):0} other shared endpoints began within five minutes of it on its middle line"));
    }

    public static double Middle(List<double> values)
    {
        values.Sort();
        return values.Count == 0 ? 0
            : values.Count % 2 == 1 ? values[values.Count / 2]
            : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    private static double Share(List<double> values, List<double> hours, long wholeMs) =>
        Math.Min(1, Middle(values) / Math.Max(1e-9, Math.Min(1, Middle(hours) * ContactProfiles.HourMs / wholeMs)));

    /// <summary>Flows in each whole hour between the first and the last, hours without any included.</summary>
    private List<double> Counts(in ContactProfile profile)
    {
        var counts = new List<double>();
        var (from, until) = (profile.FirstMs / ContactProfiles.HourMs, profile.LastMs / ContactProfiles.HourMs);
        for (var hour = from + 1; hour < until; hour++)
        {
            counts.Add(0);
        }

        foreach (ref readonly var row in profiles.Hours(profile))
        {
            if (row.Hour > from && row.Hour < until)
            {
                counts[(int)(row.Hour - from - 1)] += row.Flows;
            }
        }

        return counts;
    }

    private IEnumerable<long> Begins(int line, int but)
    {
        foreach (var (first, unit) in _units[line])
        {
            if (unit < 0 && ~unit != but)
            {
                yield return first;
            }
        }

        foreach (var at in _activities.GetValueOrDefault(line) ?? [])
        {
            yield return at;
        }
    }

    /// <summary>A campaign is one unit, and its number's complement.</summary>
    private static int UnitOf(int endpoint, int[] campaignOf) =>
        campaignOf[endpoint] >= 0 ? ~campaignOf[endpoint] : endpoint;

    private static (long FirstMs, int Unit)[] UnitsOf(ContactProfile[] own, int[] campaignOf) =>
        [.. own.GroupBy(profile => UnitOf(profile.Endpoint, campaignOf))
            .Select(unit => (unit.Min(profile => profile.FirstMs), unit.Key)).OrderBy(unit => unit)];
}
