// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing;
using Weir.Store.Comparing.Statistics;
using Weir.Store.Ranking;
using Weir.Wire;

namespace Weir.Tests.Ranking;

/// <summary>Contacts made by hand, as ranking takes them: a day, lines numbered from 0.</summary>
internal sealed class HandMadeEvidence
{
    public const long Hour = 3_600_000;
    public const long Minute = 60_000;
    public const long Start = 20_600L * 24 * Hour;

    private readonly List<PairHour> _hours = [];
    private readonly List<PairHour> _listed = [];
    private readonly List<LineDeed> _activities = [];
    private readonly Dictionary<SubjectKey, HashSet<Endpoint>> _contacts = [];

    public bool TimeOrder { get; init; } = true;

    public bool IsSampled { get; init; }

    public static Endpoint At(int number, int port = 443, byte protocol = 6) =>
        new(IpKey.FromV4(0xC612_0000u + ((uint)number << 8) + 7), (ushort)port, protocol);

    public static SubjectKey Line(int number) => new((UInt128)(uint)number + 1);

    /// <summary>A contact of so many flows at a time of the day.</summary>
    public void Meet(int line, Endpoint endpoint, long atMs, int flows = 2, int octets = 1_000) =>
        _hours.Add(new(
            Line(line), endpoint, Start + atMs, Start + atMs + 1_000, (ushort)flows, PairVolume.Of((ulong)(octets * flows))));

    /// <summary>Contacts all the hours from one to another, evenly.</summary>
    public void Keep(int line, Endpoint endpoint, int fromHour, int untilHour, long offsetMs = 0, int flows = 12)
    {
        for (var hour = fromHour; hour < untilHour; hour++)
        {
            var first = Start + (hour * Hour) + (hour == fromHour ? offsetMs : 0);
            _hours.Add(new(
                Line(line), endpoint, first, Start + ((hour + 1) * Hour) - 1, (ushort)flows,
                PairVolume.Of((ulong)(900 * flows))));
        }
    }

    public void List(int line, Endpoint listed, long atMs)
    {
        _listed.Add(new(Line(line), listed, Start + atMs, Start + atMs + 1_000, 2, PairVolume.Of(2_000)));
        (_contacts.TryGetValue(Line(line), out var own) ? own : _contacts[Line(line)] = []).Add(listed);
    }

    public void Act(int line, long atMs) => _activities.Add(new(Line(line), Start + atMs));

    public CaseSet Cases => new(
        _contacts.ToDictionary(one => one.Key, one => new Infection(Start, one.Value.Count)),
        [.. _contacts.Values.SelectMany(one => one).Distinct()], [])
    {
        Contacts = _contacts.ToDictionary(one => one.Key, one => (IReadOnlySet<Endpoint>)one.Value),
    };

    public RankInput Input(int shuffle = 0)
    {
        var (hours, listed) = (_hours.ToArray(), _listed.ToArray());
        if (shuffle != 0)
        {
            new Random(shuffle).Shuffle(hours);
            new Random(shuffle).Shuffle(listed);
        }

        return new()
        {
            Window = new(Start, Start + (24 * Hour), TwoWayOnly: !IsSampled),
            Findings = [.. _hours.Select(row => row.Key).Distinct().OrderBy(key => key.ToString(), StringComparer.Ordinal)
                .Select(key => new Finding(
                    key, _hours.Where(row => row.Key == key).Select(row => row.Subject).Distinct().Count(), 0.1, 1, 1e-9, 1e-6,
                    new Shrinkage(4, 3), default, default, FindingStatus.Candidate, ""))],
            Hours = hours,
            Listed = listed,
            Active = [.. Enumerable.Range(0, 60).SelectMany(
                line => Enumerable.Range(0, 24).Select(hour => new ActiveHour(Line(line), (Start / Hour) + hour)))],
            Services = [new(443, 6, 60_000), new(80, 6, 9_000), new(6_667, 6, 10), new(8_443, 6, 12), new(25, 6, 5)],
            Activities = [.. _activities],
            TimeOrder = TimeOrder,
        };
    }

    public RankedRun Rank(int shuffle = 0) => EvidenceRanking.Rank(Input(shuffle), Cases);

    public RankedEndpoint Of(RankedRun run, Endpoint endpoint) =>
        run.Endpoints[Input().Findings.Index().Single(one => one.Item.Key == endpoint).Index];
}
