// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Desk.Reporting;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Runs;
using Weir.Wire;
using Weir.Tests.Support;

namespace Weir.Tests.Comparing;

/// <summary>Input that a comparison must not be deceived by: what it names, and what it says it cannot
/// conclude.</summary>
public sealed class BadInputTests : IDisposable
{
    private const int Lines = 1_500;
    private static readonly Endpoint Listed = HandMadeProvider.Listed;
    private static readonly Endpoint Cnc = HandMadeProvider.At("192.0.2.80", 8_443);
    private static readonly Endpoint Sibling = HandMadeProvider.At("192.0.2.90", 443);

    private static readonly ReportExporter Exporter = new()
    {
        Address = "192.0.2.1", Protocol = "ipfix", Flows = 9, SamplingRate = 1, SamplingSource = "options",
    };

    private readonly MemoryPairCounts _pairs = new();
    private readonly List<Sighting> _sightings = [];

    public void Dispose() => _pairs.Dispose();

    public static TheoryData<string, int, string[]> Inputs => new()
    {
        // What is wrong, candidates named, and what the run says of itself.
        { "nothing", 1, [] },
        { "no list", 0, [ReportLimits.NoList] },
        { "nobody infected", 0, [ReportLimits.Power] },
        { "two infected", 0, [ReportLimits.Power] },
        { "everybody infected, by several entries", 0, [ReportLimits.Power] },
        { "a popular service listed, nobody infected", 0, [ReportLimits.PopularEntry, ReportLimits.Power] },
        { "a popular service listed beside a C&C", 1, [ReportLimits.PopularEntry] },
        { "a scanner that hits every C&C", 1, [ReportLimits.Scanner] },
        { "bots that all use every C&C", 1, [] },
        { "a gap", 1, [ReportLimits.Gaps] },
        { "clocks that differ", 1, [ReportLimits.Clocks] },
        { "sampling that nobody told", 1, [ReportLimits.Sampling] },
        { "candidates of before, and nobody infected", 0, [ReportLimits.Power, ReportLimits.Replication] },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task The_run_names_what_it_can_and_says_what_it_cannot(string what, int candidates, string[] says)
    {
        var report = await ReportAsync(what);

        Assert.Equal(says, report.Limits.Select(limit => limit.What));
        Assert.Equal(candidates, report.Candidates.Count(one => one.Status == "candidate"));
        Assert.All(report.Candidates, one => Assert.Equal(Cnc.Address.ToString(), one.Remote));
        Assert.All(report.Limits, limit => Assert.EndsWith(".", limit.Words, StringComparison.Ordinal));
        var shaped = new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(report with { Profile = "eu-provider" });

        // Fewer than k are not told from none outside the lab, and what is popular is not named.
        Assert.Equal(says.Where(one => one is not (ReportLimits.Scanner or ReportLimits.PopularEntry)), shaped.Limits.Select(limit => limit.What));
    }

    [Fact]
    public async Task A_popular_entry_is_named_with_how_many_and_not_outside_the_lab()
    {
        var report = await ReportAsync("a popular service listed beside a C&C");

        var entry = Assert.Single(report.Family.PopularEntries);
        Assert.Equal(("203.0.113.9:443/tcp", 400, 395), (entry.Endpoint, entry.Lines.Number, entry.Alone.Number));
        Assert.Equal(425, report.Subjects.Cases.Number);
        var shaped = new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(report with { Profile = "eu-provider" });
        Assert.Empty(shaped.Family.PopularEntries);
    }

    private async Task<Report> ReportAsync(string what)
    {
        Background();
        Infect(what);
        var window = HandMadeProvider.Day;
        var input = new PairComparisonInput
        {
            Window = window,
            Standing = _sightings,
            Allowed = [],
            Networks = new NetworkTable([]),
            Options = new() { RollUps = false },
            Seed = 5,
        };
        var figures = await PairComparison.ComputeAsync(_pairs, input, CancellationToken.None);
        var later = what.StartsWith("candidates of before", StringComparison.Ordinal)
            ? await new Replication(_pairs, input.Options, 5).RunAsync(
                window, await PairComparison.BelievedAsync(_pairs, input, CancellationToken.None), [Cnc],
                CancellationToken.None)
            : null;
        var from = DateTimeOffset.FromUnixTimeMilliseconds(window.FromMs);
        return new Report
        {
            Profile = "lab",
            Window = new(from, from.AddDays(1)),
            Watchlists = what == "no list" ? [] : [new ReportWatchlist { Name = "c2", Entries = 3 }],
            Exporters = what switch
            {
                "clocks that differ" => [Exporter, Exporter with { Address = "192.0.2.2", ClockSkewSeconds = -90 }],
                "sampling that nobody told" => [Exporter with { SamplingSource = "none" }],
                _ => [Exporter, Exporter with { Address = "192.0.2.2", ClockSkewSeconds = 30 }],
            },
            Coverage = what == "a gap"
                ? [new ExporterCoverage("192.0.2.1", 1_440, 1_400, 9, 9, 0, 1, [new(from, from.AddMinutes(40), true)])]
                : [],
            Subjects = figures.Subjects,
            Sightings = figures.Sightings,
            Candidates = figures.Candidates,
            Family = figures.Family with
            {
                Replication = later is null ? null : new(1, 0, later.Power.IsSufficient ? "" : later.Power.Why),
            },
        };
    }

    private void Background()
    {
        var random = new Random(1);
        for (var line = 0; line < Lines; line++)
        {
            for (var n = 5 + random.Next(30); n > 0; n--)
            {
                var popular = (int)(Math.Pow(random.NextDouble(), 3) * 2_000);
                Contact(line, HandMadeProvider.At($"198.18.{popular / 250}.{popular % 250}", 443), random.Next(24));
            }
        }
    }

    /// <summary>Thirty lines have one listed C&amp;C, twelve of them and two others a hidden one, unless something
    /// else is wrong.</summary>
    private void Infect(string what)
    {
        switch (what)
        {
            case "no list" or "nobody infected" or "candidates of before, and nobody infected":
                return;
            case "two infected":
                Meet([0, 1], Listed);
                Share(Cnc, [0, 1]);
                return;
            case "everybody infected, by several entries":
                for (var line = 0; line < Lines; line++)
                {
                    Meet([line], HandMadeProvider.At($"203.0.113.{line % 40}", 443));
                }

                Share(Cnc, [.. Enumerable.Range(0, 12)]);
                return;
            case "a popular service listed, nobody infected":
                // The service's other address is what its users share beside it.
                Meet([.. Enumerable.Range(0, 400)], HandMadeProvider.At("203.0.113.9", 443));
                Share(Sibling, [.. Enumerable.Range(0, 40)]);
                return;
        }

        Meet([.. Enumerable.Range(0, 30)], Listed);
        Share(Cnc, [.. Enumerable.Range(0, 12), 700, 701]);
        switch (what)
        {
            case "a popular service listed beside a C&C":
                Meet([.. Enumerable.Range(25, 400)], HandMadeProvider.At("203.0.113.9", 443));
                Share(Sibling, [.. Enumerable.Range(100, 40)]);
                break;
            case "a scanner that hits every C&C":
                for (var at = 20; at < 35; at++)
                {
                    Meet([29], HandMadeProvider.At($"203.0.113.{at}", 443));
                }

                break;
            case "bots that all use every C&C":
                for (var at = 20; at < 35; at++)
                {
                    Meet([.. Enumerable.Range(0, 30)], HandMadeProvider.At($"203.0.113.{at}", 443));
                }

                break;
        }
    }

    private void Share(Endpoint endpoint, int[] lines) => Array.ForEach(lines, line => Contact(line, endpoint, 15));

    private void Meet(int[] lines, Endpoint listed) => Array.ForEach(lines, line =>
    {
        Contact(line, listed, 12);
        _sightings.Add(new(
            HandMadeProvider.Key(line), listed, "c2", ContactKind.Exchange, At(12), At(12) + 1_000, 1));
    });

    private void Contact(int line, Endpoint endpoint, int hour) =>
        _pairs.Add(HandMadeProvider.Key(line), endpoint, At(hour) + 1, At(hour) + 1_000);

    private static long At(int hour) => HandMadeProvider.Start + (hour * HandMadeProvider.Hour);
}
