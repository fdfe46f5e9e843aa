// SPDX-License-Identifier: Apache-2.0
//
// Who met what and in which hours, as numbers: endpoints in the order of findings, lines in the order of their keys.
// Rows of a pair lie together, in order of time.
using Weir.Contracts.Flows;
using Weir.Store.Comparing;

namespace Weir.Store.Ranking;

/// <summary>One hour of a pair.</summary>
internal readonly record struct ProfileHour(long FirstMs, long LastMs, int Flows, double Log2Octets)
{
    public long Hour => FirstMs / ContactProfiles.HourMs;
}

/// <summary>A line and an endpoint.</summary>
/// <param name="Endpoint">Number of the endpoint.</param>
/// <param name="Line">Number of the line.</param>
/// <param name="From">First of its hours.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstMs">First contact.</param>
/// <param name="LastMs">Last contact.</param>
internal readonly record struct ContactProfile(int Endpoint, int Line, int From, int Count, long FirstMs, long LastMs);

/// <summary>What is known of a line.</summary>
/// <param name="BeginMs">First contact with anything that belongs to its infection.</param>
/// <param name="EndMs">Last one.</param>
/// <param name="IsOnsetSeen">It began well after the window did.</param>
internal readonly record struct LineFacts(long BeginMs, long EndMs, bool IsOnsetSeen);

/// <summary>Profiles by endpoint and by line. Immutable once made.</summary>
internal sealed class ContactProfiles
{
    public const long HourMs = 3_600_000;
    private const long GuardMs = 1_800_000;

    private readonly ContactProfile[] _profiles;
    private readonly ProfileHour[] _hours;
    private readonly int[] _ofEndpoint;
    private readonly ContactProfile[][] _ofLine;
    private readonly HashSet<long>[] _active;

    public ContactProfiles(RankInput input)
    {
        Lines = [.. input.Hours.Concat(input.Listed).Select(row => row.Subject).Distinct().Order()];
        Numbers = Lines.Index().ToDictionary(one => one.Item, one => one.Index);
        var endpoints = input.Findings.Index().ToDictionary(one => one.Item.Key, one => one.Index);
        (int Endpoint, int Line, ProfileHour Hour)[] rows =
        [
            .. input.Hours.Select(row => (endpoints[row.Key], Numbers[row.Subject], new ProfileHour(
                row.FirstMs, row.LastMs, row.Flows, PairVolume.ToLog2(row.Volume)))),
        ];
        Array.Sort(rows, static (a, b) =>
            (a.Endpoint, a.Line, a.Hour.FirstMs, a.Hour.LastMs, a.Hour.Flows, a.Hour.Log2Octets).CompareTo(
                (b.Endpoint, b.Line, b.Hour.FirstMs, b.Hour.LastMs, b.Hour.Flows, b.Hour.Log2Octets)));
        _hours = Array.ConvertAll(rows, row => row.Hour);
        _profiles = Group(rows);
        _ofEndpoint = new int[input.Findings.Count + 1];
        foreach (var profile in _profiles)
        {
            _ofEndpoint[profile.Endpoint + 1]++;
        }

        for (var i = 0; i < input.Findings.Count; i++)
        {
            _ofEndpoint[i + 1] += _ofEndpoint[i];
        }

        var byLine = _profiles.ToLookup(profile => profile.Line);
        _ofLine = [.. Enumerable.Range(0, Lines.Length).Select(line => byLine[line].ToArray())];
        _active = Array.ConvertAll(Lines, _ => new HashSet<long>());
        foreach (var hour in input.Active)
        {
            if (Numbers.TryGetValue(hour.Subject, out var line))
            {
                _ = _active[line].Add(hour.Hour);
            }
        }

        Facts = FactsOf(input);
    }

    /// <summary>Lines by number.</summary>
    public SubjectKey[] Lines { get; }

    public IReadOnlyDictionary<SubjectKey, int> Numbers { get; }

    public LineFacts[] Facts { get; }

    public ReadOnlySpan<ContactProfile> OfEndpoint(int endpoint) =>
        _profiles.AsSpan(_ofEndpoint[endpoint].._ofEndpoint[endpoint + 1]);

    public ContactProfile[] OfLine(int line) => _ofLine[line];

    public ReadOnlySpan<ProfileHour> Hours(in ContactProfile profile) => _hours.AsSpan(profile.From, profile.Count);

    /// <summary>Hours from one time to another, both included, in which the line did anything; at least one.</summary>
    public int ActiveHours(int line, long fromMs, long untilMs)
    {
        var count = 0;
        for (var hour = fromMs / HourMs; hour <= untilMs / HourMs; hour++)
        {
            count += _active[line].Contains(hour) ? 1 : 0;
        }

        return Math.Max(1, count);
    }

    private static ContactProfile[] Group((int Endpoint, int Line, ProfileHour Hour)[] rows)
    {
        var profiles = new List<ContactProfile>();
        for (var from = 0; from < rows.Length;)
        {
            var until = from;
            var last = long.MinValue;
            while (until < rows.Length && rows[until].Endpoint == rows[from].Endpoint
                && rows[until].Line == rows[from].Line)
            {
                last = Math.Max(last, rows[until++].Hour.LastMs);
            }

            profiles.Add(new(
                rows[from].Endpoint, rows[from].Line, from, until - from, rows[from].Hour.FirstMs, last));
            from = until;
        }

        return [.. profiles];
    }

    /// <summary>What began before the window, or in its first half hour, is not seen to begin.</summary>
    private LineFacts[] FactsOf(RankInput input)
    {
        var begins = Array.ConvertAll(_ofLine, own => own.Length == 0 ? long.MaxValue : own.Min(one => one.FirstMs));
        var ends = Array.ConvertAll(_ofLine, own => own.Length == 0 ? 0 : own.Max(one => one.LastMs));
        foreach (var row in input.Listed)
        {
            if (Numbers.TryGetValue(row.Subject, out var line))
            {
                (begins[line], ends[line]) =
                    (Math.Min(begins[line], row.FirstMs), Math.Max(ends[line], row.LastMs));
            }
        }

        var guard = Math.Min(GuardMs, input.Window.LengthMs / 24);
        return [.. begins.Select((begin, line) => new LineFacts(
            begin, ends[line], begin >= input.Window.FromMs + guard))];
    }
}
