// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Population;
using Weir.Contracts.Reports;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Comparisons and populations over the API.</summary>
public sealed class ApiReportTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Day = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiFixture.OpenAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_comparison_is_given_as_it_was_published_and_the_list_begins_with_the_oldest()
    {
        var runs = new ComparedRuns(_api.Folder);
        var (one, other) = (Keep(runs, Day), Keep(runs, Day.AddDays(1)));

        var list = (await _api.SendAsync("auditor", "GET", "comparisons?limit=1")).Json;
        Assert.Equal(one, Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        var rest = (await _api.SendAsync(
            "auditor", "GET", $"comparisons?after={list.GetProperty("next").GetString()}")).Json;
        Assert.Equal(other, Assert.Single(rest.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        foreach (var id in (string[])[one, other])
        {
            Assert.Equal(runs.Report(id), (await _api.SendAsync("auditor", "GET", $"comparisons/{id}")).Text);
        }

        Assert.Equal("unknown", (await _api.SendAsync("auditor", "GET", "comparisons/20260101T000000Z")).Code);
    }

    /// <summary>Rule R11: a withheld endpoint is seen when two people looked, and by no number of another.</summary>
    [Fact]
    public async Task A_withheld_endpoint_is_shown_when_another_person_gives()
    {
        var run = Keep(
            new ComparedRuns(_api.Folder), Day, new("192.0.2.9:443/tcp", "candidate", "1e-10", "1e-10"),
            new("192.0.2.10:443/tcp", "candidate", "1e-9", "1e-9"));

        var asked = await _api.SendAsync("analyst", "POST", $"candidates/{run}.1/review", """{"reason": "a look"}""");
        Assert.Equal(
            (200, $"{run}.1", ""),
            (asked.Status, asked.Json.GetProperty("id").GetString(), asked.Json.GetProperty("endpoint").GetString()));
        var waits = Assert.Single(_api.Cases.Desk.Asked);
        Assert.Equal((Permission.ReviewCandidate, $"{run}.1", "a look"), (waits.Deed, waits.Target, waits.Reason));
        var own = await _api.SendAsync("operator", "POST", $"reviews/{CaseHandler.Name(waits.Number)}/approval");
        Assert.Equal((403, "second-person-needed"), (own.Status, own.Code));

        var others = (await _api.Cases.Desk.RequestAsync(
            Ana, Permission.ReviewCandidate, new(Target: $"{run}.2"), "a look", default)).Asked!;
        var given = await _api.SendAsync("operator", "POST", $"reviews/{CaseHandler.Name(others.Number)}/approval");
        Assert.Equal(
            (200, $"{run}.2", "192.0.2.10:443/tcp"),
            (given.Status, given.Json.GetProperty("id").GetString(), given.Json.GetProperty("endpoint").GetString()));
        Assert.Equal(
            404, (await _api.SendAsync("analyst", "POST", $"candidates/{run}.3/review", "{}")).Status);
    }

    [Fact]
    public async Task A_question_about_a_population_reaches_the_store_as_it_was_asked()
    {
        var store = new Asked();
        _api.Reports = store;

        var all = await _api.SendAsync("analyst", "GET", "population/active-lines");
        var one = await _api.SendAsync(
            "analyst", "GET",
            "population/endpoint-contacts?group=north&window=2026-11-22&endpoint=192.0.2.7%3A443%2Ftcp");

        Assert.Equal(["unknown", "unknown"], new[] { all.Code, one.Code });
        Assert.Equal(
            [
                ("active-lines", null, null, null),
                ("endpoint-contacts", "north", "2026-11-22", new Endpoint(IpKey.Parse("192.0.2.7"), 443, 6)),
            ],
            store.All);
    }

    private static string Keep(ComparedRuns runs, DateTimeOffset until, params WithheldRow[] withheld) => runs.Keep(
        new()
        {
            Profile = "lab", Window = new(until.AddDays(-7), until), Withheld = withheld.Length,
            Subjects = new() { Seen = 1_200L, Cases = 120L, Controls = 1_080L },
            Family = new() { Endpoints = 40_000, Q = 0.01, Permutations = 20 },
        },
        withheld, until.AddHours(1));

    private sealed class Asked : IPopulationReports
    {
        public List<(string Name, string? Group, string? Window, Endpoint? Endpoint)> All { get; } = [];

        public Task<PopulationOutcome> QueryAsync(
            string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel)
        {
            All.Add((name, group, window, endpoint));
            return Task.FromResult(new PopulationOutcome(null, PopulationRefusal.Unknown, $"{name} is no report."));
        }
    }
}
