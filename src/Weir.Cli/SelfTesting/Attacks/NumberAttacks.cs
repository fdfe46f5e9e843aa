// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Weir.Cli.Analysis;
using Weir.Cli.SelfTesting.Rules;
using Weir.Collector.Segments;
using Weir.Collector.Status;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Hosting.Metrics;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Numbers that somebody would subtract. How much they tell all the same is measured by a test
/// (docs/36-numbers.md).</summary>
internal static class NumberAttacks
{
    private const string Analyst = "analyst";

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(21, Analyst, "asks a report again after a restart", play => AgainAsync(
            play, PopulationKAnonymity.Default, play.Place.Networks.Lines)),
        new(21, Analyst, "asks it again under a looser policy", play => AgainAsync(
            play, new PopulationKAnonymity(k: 5, minimumBase: 50, rounding: 1), play.Place.Networks.Lines)),
        new(21, Analyst, "asks it again with the networks in other groups", play => AgainAsync(
            play, PopulationKAnonymity.Default, new SubscriberLineKinds([new("", "one"), new("", "two")]))),
        new(22, Analyst, "has those counted who met an endpoint of his choice", play => play.ReportAsync(
            RulesTestHost.Ana, "endpoint-contacts", null, play.Place.TownDay,
            new Endpoint(IpKey.Parse("192.0.2.201"), 8081, ScenarioRunner.Tcp), "population-plane-only")),
        new(22, Analyst, "asks for a window of a few hours", play => HoursAsync(play)),
        new(23, "anybody with flows", "analyzes the network of one line", play =>
            Small(play, "192.0.2.7/32")),
        new(23, "anybody with flows", "analyzes networks of 448 lines", play =>
            Small(play, "192.0.2.0/24,198.51.100.0/25,203.0.113.0/26")),
        new(23, "anybody with flows", "analyzes a /23 in which one line was active", Quiet),
        new(38, "anybody", "watches the metrics page, which one row of evidence moves", Evidence),
    ];

    /// <summary>The same question to a plane that was started anew: it has the answer of before.</summary>
    private static async Task AgainAsync(ScenarioRunner play, PopulationKAnonymity rules, SubscriberLineKinds lines)
    {
        var day = play.Place.TownDay.ToString();
        var before =
            await play.Place.Population.QueryAsync(RulesTestHost.Ana, "protocols", null, day, null, play.Cancel);
        using var reports = play.Place.Reports(rules, lines);
        var again = await play.Place.PopulationOf(reports).QueryAsync(
            RulesTestHost.Ana, "protocols", null, day, null, play.Cancel);
        play.Came(
            before.View is { } first && again.View is { } second && first.Lines.SequenceEqual(second.Lines)
                && first.Base == second.Base
                ? "same-answer" : "another-answer",
            "same-answer", "protocols");
    }

    /// <summary>Networks that could hold enough, and did not: what was found there changes nothing that is
    /// told.</summary>
    private static Task Quiet(ScenarioRunner play)
    {
        var anonymizer = new ComparisonAnonymizer(ReportKAnonymity.Default, new(play.Place.Noise));
        var listed =
            new ReportSighting { Remote = "192.0.2.201", Port = 8081, Protocol = "tcp", List = "c2", Subjects = 1 };
        string Told(long cases, params ReportSighting[] sightings) => JsonSerializer.Serialize(
            anonymizer.Shape(new()
            {
                Subjects = new() { Seen = 1, Cases = cases },
                Sightings = sightings,
                EstimatedOctets = 812 * cases,
                Family = new() { Endpoints = 3 * cases },
            }), StoreJson.Default.ComparedFigures);
        play.Came(
            InputNoise.PopulationFault(AnalysisArguments.Networks("192.0.2.0/23", null, 64)) is null ? "taken"
                : "refused",
            "taken", "192.0.2.0/23");
        play.Came(Told(1, listed) == Told(0) ? "refused" : "told", "refused", "what one line did");
        return Task.CompletedTask;
    }

    /// <summary>The page of a collector before one row of evidence and after it, by any reader at any time.</summary>
    private static Task Evidence(ScenarioRunner play)
    {
        var (rows, time) = (0L, new OwnTime(play.Place.Clock.GetUtcNow()));
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var registry = new MetricsRegistry(meters);
        _ = new RecorderMetrics(meters, () => [new(7 + rows, 1, 0, null)], time);
        _ = new SegmentsMetrics(
            meters, () => new("", 0, 0, 41 + rows, 0, 0), () => new(3, 41 + rows, 0, 0, 0, ""), time, isLab: false);
        _ = new PipelineMetrics(meters, () => [], time, isLab: false);
        _ = MetricsPage.Render(registry);
        time.Pass(CoarseCount.Delay);
        var before = MetricsPage.Render(registry);
        rows = 1;
        time.Pass(TimeSpan.FromSeconds(59));
        play.Came(MetricsPage.Render(registry) == before ? "refused" : "told", "refused", "a row at once");
        time.Pass(CoarseCount.Delay);
        play.Came(MetricsPage.Render(registry) == before ? "refused" : "told", "refused", "that there is a row more");
        return Task.CompletedTask;
    }

    private static async Task HoursAsync(ScenarioRunner play)
    {
        var asked = await play.Place.Population.QueryAsync(
            RulesTestHost.Ana, "top-remote-ports", null, $"{play.Place.TownDay}T14", null, play.Cancel);
        play.Came(
            asked.Refused is { } refused ? DenyCodes.ToName(refused.Code) : "told", "unknown", "an hour of the day");
    }

    private static Task Small(ScenarioRunner play, string networks)
    {
        play.Came(
            InputNoise.PopulationFault(AnalysisArguments.Networks(networks, null, 64)) is null ? "taken" : "refused",
            "refused", networks);
        return Task.CompletedTask;
    }

    /// <summary>A clock that stands: the row is about less than a second's difference.</summary>
    private sealed class OwnTime(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public void Pass(TimeSpan span) => _now += span;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
