// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Runs;
using Weir.Wire;

namespace Weir.Tests.Comparing;

/// <summary>Who was seen to attack is the second definition of who is infected: it needs no list, it is apart, and what
/// the attack was about is no finding.</summary>
public sealed class OtherCasesTests
{
    private const long Hour = HandMadeProvider.Hour;
    private const long Start = HandMadeProvider.Start;
    private const int Lines = 1_500;
    private static readonly Endpoint Commands = HandMadeProvider.At("192.0.2.80", 8_443);
    private static readonly Endpoint Victim = HandMadeProvider.At("192.0.2.81", 443);
    private static readonly Endpoint Listed = HandMadeProvider.At("192.0.2.82", 9_001);
    private static readonly PairWindow Day = new(Start, Start + (24 * Hour));

    [Fact]
    public async Task What_attackers_share_is_found_without_a_list_and_what_they_attacked_is_left_out()
    {
        var told = await CompareAsync(Enumerable.Range(0, 14).Select(Scan), []);

        var found = Assert.Single(told!.Candidates);
        Assert.Equal((Commands.Address.ToString(), 8_443, "candidate"), (found.Remote, found.Port, found.Status));
        Assert.Equal((12d, 0d), (found.Cases.Number, found.Others.Number));
        Assert.True(found.Command.IsNumber);
        Assert.Equal((14L, 0L, 41), (told.Lines, told.AlsoListed, told.OfTheDeeds));
        Assert.Equal([RuleId.Scan, RuleId.SynFloodOut], told.By);
        Assert.True(told.Family is { Valid: true, Power.Enough: true, PermutedDiscoveries: 0 });
    }

    [Fact]
    public async Task Who_is_attacked_who_meets_a_listed_endpoint_and_whom_nobody_vouches_for_makes_no_case()
    {
        IEnumerable<QualityEvent> others =
        [
            .. Enumerable.Range(0, 14).Select(line => Scan(line) with { Rule = RuleId.FloodIn }),
            .. Enumerable.Range(0, 14).Select(line => Scan(line) with { Rule = RuleId.CncContact }),
            .. Enumerable.Range(0, 14).Select(line => Scan(line) with { Rule = RuleId.ReflectionOut }),
            .. Enumerable.Range(0, 14).Select(line => Scan(line) with { Doubt = EvidenceDoubt.NewStream }),
            Scan(1), Scan(2),
        ];
        Assert.Null(await CompareAsync(others, []));
    }

    [Fact]
    public async Task What_is_listed_is_not_found_again_and_lines_that_it_makes_cases_are_counted()
    {
        Sighting[] standing =
        [
            .. Enumerable.Range(3, 9).Select(line => new Sighting(
                HandMadeProvider.Key(line), Listed, "c2", ContactKind.Exchange, Start, Start + 1, 1)),
        ];
        var told = await CompareAsync(Enumerable.Range(0, 14).Select(Scan), standing);

        Assert.Equal(Commands, ComparedEndpoints.EndpointOf(Assert.Single(told!.Candidates)));
        Assert.Equal(9, told.AlsoListed);
    }

    /// <summary>Lines 8 to 11 have the same C&amp;C and did nothing: a list knows them, so they are no control.</summary>
    [Fact]
    public async Task Whom_a_list_knows_and_nobody_saw_attack_is_neither_case_nor_control()
    {
        Sighting[] standing =
        [
            .. Enumerable.Range(3, 9).Select(line => new Sighting(
                HandMadeProvider.Key(line), Listed, "c2", ContactKind.Exchange, Start, Start + 1, 1)),
        ];
        var told = await CompareAsync(Enumerable.Range(0, 8).Select(Scan), standing);

        var found = Assert.Single(told!.Candidates, one => ComparedEndpoints.EndpointOf(one) == Commands);
        Assert.Equal((8d, 0d, 5L), (found.Cases.Number, found.Others.Number, told.AlsoListed));
    }

    [Fact]
    public async Task What_reported_lines_share_is_found_and_how_many_of_them_lists_know_is_counted()
    {
        Sighting[] standing =
        [
            .. Enumerable.Range(3, 9).Select(line => new Sighting(
                HandMadeProvider.Key(line), Listed, "c2", ContactKind.Exchange, Start, Start + 1, 1)),
        ];
        var (pairs, input) = Made(standing);
        var told = await OtherCases.ByReportsAsync(
            pairs, input, [.. Enumerable.Range(0, 12).Append(9_999).Select(HandMadeProvider.Key)], default);

        Assert.Equal((13L, 1L, 9L, 0), (told!.Lines, told.NotSeen, told.AlsoListed, told.OfTheDeeds));
        Assert.Contains(Commands, told.Candidates.Select(ComparedEndpoints.EndpointOf));
        Assert.DoesNotContain(Listed, told.Candidates.Select(ComparedEndpoints.EndpointOf));
        Assert.Null(await OtherCases.ByReportsAsync(pairs, input, [], default));
    }

    /// <summary>Lines 0 to 11 have one C&amp;C, 3 to 11 a listed one; all scan port 23 of forty addresses, and flood
    /// one.</summary>
    private static async Task<ReportOtherCases?> CompareAsync(
        IEnumerable<QualityEvent> events, Sighting[] standing)
    {
        var (pairs, input) = Made(standing);
        return await OtherCases.ByDeedsAsync(
            pairs, input, events.SelectMany(
                one => (QualityEvent[])[one, one.Rule == RuleId.Scan ? Flood(one) : one]), default);
    }

    private static (MemoryPairCounts Pairs, PairComparisonInput Input) Made(Sighting[] standing)
    {
        var (pairs, random) = (new MemoryPairCounts(), new Random(3));
        void Contact(int line, Endpoint endpoint, int hour) => pairs.Add(
            HandMadeProvider.Key(line), endpoint, Start + (hour * Hour) + 1, Start + (hour * Hour) + 1_000);
        for (var line = 0; line < Lines; line++)
        {
            for (var n = 5 + random.Next(30); n > 0; n--)
            {
                var popular = (int)(Math.Pow(random.NextDouble(), 3) * 2_000);
                Contact(line, HandMadeProvider.At($"198.18.{popular / 250}.{popular % 250}", 443), random.Next(24));
            }

            if (line >= 14)
            {
                continue;
            }

            (Endpoint, int)[] kept = [(Commands, 0), (Listed, standing.Length > 0 ? 3 : 99)];
            foreach (var (endpoint, first) in kept)
            {
                for (var hour = 2; hour < 22 && line >= first && line < 12; hour++)
                {
                    Contact(line, endpoint, hour);
                }
            }

            Contact(line, Victim, 12);
            for (var host = 0; host < 40; host++)
            {
                Contact(line, HandMadeProvider.At($"203.0.113.{host}", 23), 11);
            }
        }

        return (pairs, new()
        {
            Window = Day, Standing = standing, Allowed = [], Networks = new NetworkTable([]), Seed = 5,
            Options = new() { RollUps = false },
        });
    }

    private static QualityEvent Scan(int line) => new()
    {
        Number = (ulong)line + 1,
        Phase = EventPhase.Closed,
        Subject = HandMadeProvider.Key(line),
        Rule = RuleId.Scan,
        RuleVersion = 1,
        Class = TrafficClass.Create(Direction.Out, Protocols.Tcp, [23], []),
        FromMs = Start + (11 * Hour),
        UntilMs = Start + (11 * Hour) + 60_000,
        TriggeredMs = Start + (11 * Hour) + 30_000,
        Measured = 400,
        Threshold = 100,
        Unit = "remotes/min",
        WindowSeconds = 60,
        SamplingInterval = 1,
        Exporter = IpKey.FromV4(1),
    };

    private static QualityEvent Flood(QualityEvent scan) => scan with
    {
        Number = scan.Number + 1_000,
        Rule = RuleId.SynFloodOut,
        Class = TrafficClass.Create(Direction.Out, Protocols.Tcp, [], [Victim.Address]),
    };
}
