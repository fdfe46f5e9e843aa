// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Runs;

namespace Weir.Tests.Comparing;

/// <summary>The loop over days: what is found is confirmed by the next day, what is promoted makes cases that find
/// more, and every candidate knows on what it rests.</summary>
public sealed class LoopTests : IDisposable
{
    private const long Hour = HandMadeProvider.Hour;
    private const int Lines = 1_500;
    private static readonly Endpoint Third = HandMadeProvider.At("203.0.113.1", 443);
    private static readonly Endpoint Sibling = HandMadeProvider.At("192.0.2.80", 8_443);
    private static readonly Endpoint OfOthers = HandMadeProvider.At("192.0.2.81", 9_001);
    private static readonly Endpoint Once = HandMadeProvider.At("192.0.2.82", 443);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-loop-");
    private readonly ComparedEndpoints _known;

    public LoopTests()
    {
        var options = new ComparisonOptions
        {
            Networks = new([]),
            FoundFile = Path.Combine(_folder.FullName, "found.json"),
            FrozenFile = Path.Combine(_folder.FullName, "frozen.json"),
        };
        _known = new(new FoundEndpoints(options, TimeProvider.System), new FrozenCandidates(options));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_net_is_found_confirmed_and_promoted_and_what_its_other_bots_share_rests_on_it()
    {
        // Lines 0 to 29 are known by a list of others; 0 to 19 use the sibling, and so do 30 to 34, whom no list
        // knows and who share another endpoint. One day's advertising is shared by twelve.
        var first = await DayAsync(0, promoted: []);
        Assert.Equal(
            [(Sibling, "candidate"), (Once, "candidate")],
            first.Candidates.Select(StateOf).OrderBy(one => one.Item1.Address));

        var second = await DayAsync(1, promoted: []);
        Assert.Equal([(Sibling, "replicated")], second.Candidates.Select(StateOf));
        Assert.Equal((2, 1), (second.Family.Replication!.Tested, second.Family.Replication.Held));
        Assert.Empty(Assert.Single(second.Candidates).RestsOn);

        var third = await DayAsync(2, promoted: [Sibling]);
        Assert.Equal([(OfOthers, "candidate")], third.Candidates.Select(StateOf));
        Assert.Equal([Sibling.ToString()], Assert.Single(third.Candidates).RestsOn);

        // A list of others names enough of those lines: it stands by itself.
        var fourth = await DayAsync(3, promoted: [Sibling], knownByOthers: 33);
        Assert.Equal([(OfOthers, "replicated")], fourth.Candidates.Select(StateOf));
        Assert.Empty(Assert.Single(fourth.Candidates).RestsOn);
    }

    /// <summary>The third day upholds the sibling by those whom a list of others names. When that list names none of
    /// its bots any more, its own contacts make cases of five lines and uphold nothing.</summary>
    [Fact]
    public async Task What_others_lists_make_cases_of_upholds_an_entry_and_it_never_upholds_itself()
    {
        Assert.Empty((await DayAsync(0, promoted: [])).Upheld);
        Assert.Equal([Sibling.ToString()], (await DayAsync(2, promoted: [Sibling])).Upheld);

        var alone = await DayAsync(3, promoted: [Sibling], knownByOthers: 0);
        Assert.Equal(25, alone.Subjects.Cases.Number);
        Assert.Empty(alone.Upheld);
        Assert.DoesNotContain("upheld", JsonSerializer.Serialize(alone), StringComparison.OrdinalIgnoreCase);
    }

    private static (Endpoint, string) StateOf(ReportCandidate one) => (ComparedEndpoints.EndpointOf(one), one.State);

    private async Task<ComparedFigures> DayAsync(int day, Endpoint[] promoted, int knownByOthers = 30)
    {
        var window = new PairWindow(At(day, 0), At(day, 24));
        var (pairs, sightings, random) = (new MemoryPairCounts(), new List<Sighting>(), new Random(day + 1));
        void Contact(int line, Endpoint endpoint, int hour) => pairs.Add(
            HandMadeProvider.Key(line), endpoint, At(day, hour) + 1, At(day, hour) + 1_000);
        void Listed(int line, Endpoint endpoint, string list) => sightings.Add(new(
            HandMadeProvider.Key(line), endpoint, list, ContactKind.Exchange, At(day, 12), At(day, 12) + 1_000, 1));

        for (var line = 0; line < Lines; line++)
        {
            for (var n = 5 + random.Next(30); n > 0; n--)
            {
                var popular = (int)(Math.Pow(random.NextDouble(), 3) * 2_000);
                Contact(line, HandMadeProvider.At($"198.18.{popular / 250}.{popular % 250}", 443), random.Next(24));
            }

            if (line < knownByOthers)
            {
                Contact(line, Third, 12);
                Listed(line, Third, "c2");
            }

            if (line is < 20 or (>= 30 and < 35))
            {
                Contact(line, Sibling, 13);
                foreach (var endpoint in promoted.Where(one => one == Sibling))
                {
                    Listed(line, endpoint, PromotedList.Name);
                }
            }

            if (line is >= 30 and < 35)
            {
                Contact(line, OfOthers, 14);
            }

            if (day == 0 && line < 12)
            {
                Contact(line, Once, 15);
            }
        }

        var input = new PairComparisonInput
        {
            Window = window,
            Standing = sightings,
            Allowed = [],
            Networks = new NetworkTable([]),
            Options = new() { RollUps = false },
            Seed = 5,
        };
        return await _known.FollowAsync(
            pairs, input, await PairComparison.ComputeAsync(pairs, input, default), default);
    }

    private static long At(int day, int hour) => HandMadeProvider.Start + (((day * 24) + hour) * Hour);
}
