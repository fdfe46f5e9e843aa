// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Noise;
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Publishing;
using Weir.Store.Runs;
using Weir.Wire;

namespace Weir.Tests.Store.Publishing;

/// <summary>A day of seven hundred lines, forty of them infected, compared by the product over pairs and published by
/// its publisher: with one contact more or without.</summary>
internal sealed class AttackedComparison
{
    public static readonly Endpoint Found = At("192.0.2.80", 8443);

    private const int Lines = 700;
    private const int Infected = 40;
    private const uint Day = 20_000;
    private const long HourMs = 3_600_000;
    private const long FromMs = Day * 24L * HourMs;
    private static readonly Endpoint Listed = At("203.0.113.1", 443);

    private readonly ComparedFigures _with;
    private readonly ComparedFigures _without;

    private AttackedComparison(ComparedFigures with, ComparedFigures without)
    {
        (_with, _without) = (with, without);
        Assert.All([with, without], one => Assert.Contains(one.Candidates, c => c.Remote == Found.Address.ToString()));
    }

    /// <summary>Compares both worlds.</summary>
    /// <param name="cases">Infected lines that met the endpoint that is found.</param>
    /// <param name="others">Others that did.</param>
    /// <param name="ofCase">Whether the one contact is of an infected line.</param>
    public static async Task<AttackedComparison> OfAsync(int cases, int others, bool ofCase) => new(
        await CompareAsync(cases + (ofCase ? 1 : 0), others + (ofCase ? 0 : 1)), await CompareAsync(cases, others));

    /// <summary>What leaves of one of them, whole.</summary>
    public string Publish(string folder, bool present, IFigureNoise noise)
    {
        File.Delete(Path.Combine(folder, "figures.json"));
        var options = new PublishingOptions
        {
            FiguresFile = Path.Combine(folder, "figures.json"),
            ComparisonsFolder = Path.Combine(folder, "comparisons"),
        };
        var publisher = new ComparisonPublisher(
            new() { Networks = new NetworkTable([]), FoundFile = "", FrozenFile = "" },
            new(options, new WindowNoise(options), new EndpointFigures(options), new KeptComparisons(options)), null!,
            TimeProvider.System);
        var (figures, withheld) = publisher.Shape(present ? _with : _without, new(Day, Day + 1), noise, 10);
        return JsonSerializer.Serialize(figures, StoreJson.Default.ComparedFigures) + string.Join(' ', withheld);
    }

    private static async Task<ComparedFigures> CompareAsync(int cases, int others)
    {
        using var pairs = new MemoryPairCounts();
        var random = new Random(1);
        for (var line = 0; line < Lines; line++)
        {
            for (var n = 5 + random.Next(30); n > 0; n--)
            {
                var popular = (int)(Math.Pow(random.NextDouble(), 3) * 2_000);
                Add(line, At($"198.18.{popular / 250}.{popular % 250}", 443), random.Next(24));
            }
        }

        List<Sighting> sightings = [];
        for (var line = 0; line < Infected; line++)
        {
            Add(line, Listed, 12);
            var at = FromMs + (12 * HourMs) + line;
            sightings.Add(new(Subject(line), Listed, "c2", ContactKind.Exchange, at, at + 1_000, 1));
        }

        foreach (var line in Enumerable.Range(0, cases).Concat(Enumerable.Range(Infected, others)))
        {
            Add(line, Found, 14);
        }

        return await PairComparison.ComputeAsync(pairs, new()
        {
            Window = new PairWindow(FromMs, FromMs + (24 * HourMs)),
            Standing = sightings,
            Allowed = [],
            Networks = new NetworkTable([]),
            Seed = 5,
        }, default);

        void Add(int line, Endpoint endpoint, int hour) => pairs.Add(
            Subject(line), endpoint, FromMs + (hour * HourMs) + line, FromMs + (hour * HourMs) + line + 1_000);
    }

    private static SubjectKey Subject(int line) => new(((UInt128)(uint)line * 0x9E3779B97F4A7C15UL) + 7);

    private static Endpoint At(string address, ushort port) => new(IpKey.Parse(address), port, Protocols.Tcp);
}
