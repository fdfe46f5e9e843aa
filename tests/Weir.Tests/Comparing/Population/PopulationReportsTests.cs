// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Noise;
using Weir.Contracts.Population;
using Weir.Store.Population;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Comparing.Population;

public sealed class PopulationReportsTests : IDisposable
{
    private static readonly Endpoint Server = new(IpKey.FromV4(0xC633_6407), 443, Protocols.Tcp);
    private readonly FakeTimeProvider _time = At(new(2026, 11, 22, 14, 40, 0, TimeSpan.Zero));
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-population-").FullName;
    private readonly Counting _counts = new();
    private bool _erased;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_latest_closed_window_is_answered()
    {
        var view = (await Reports().QueryAsync("top-remote-ports", null, null, null, default)).View!;

        Assert.Equal(("2026-11-21", "", new PublishedCell(PublishedCellKind.Shown, 1_800)), (
            view.Window, view.Group, view.Base));
        Assert.Equal([KeyValuePair.Create("443/tcp", new PublishedCell(PublishedCellKind.Shown, 500))], view.Lines);
    }

    [Fact]
    public async Task A_window_is_counted_once_even_when_rows_come_late_and_the_program_starts_again()
    {
        var first = await Reports().QueryAsync("endpoint-contacts", null, "2026-11-21", Server, default);
        _counts.Late += 100;
        var second = await Reports().QueryAsync("endpoint-contacts", null, "2026-11-21", Server, default);
        var group = await Reports().QueryAsync("endpoint-contacts", "north", "2026-11-21", Server, default);

        Assert.Equal(first.View!.Lines, second.View!.Lines);
        Assert.Equal(1, _counts.Asked);
        Assert.Equal(new PublishedCell(PublishedCellKind.Shown, 200), group.View!.Lines.Single().Value);
        var other = await Reports().QueryAsync(
            "endpoint-contacts", null, "2026-11-21", Server with { Port = 8443 }, default);
        Assert.Equal(2, _counts.Asked);
        Assert.NotEqual(first.View.Lines, other.View!.Lines);
    }

    [Fact]
    public async Task Callers_at_once_get_one_answer()
    {
        using var reports = Reports();
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => reports.QueryAsync("protocols", null, null, null, default)));

        Assert.Equal(1, _counts.Asked);
        Assert.All(outcomes, o => Assert.Equal(outcomes[0].View!.Lines, o.View!.Lines));
    }

    [Theory]
    [InlineData("ports", null, null, PopulationRefusal.Unknown)]
    [InlineData("top-remote-ports", "atlantis", null, PopulationRefusal.Unknown)]
    [InlineData("top-remote-ports", "node", null, PopulationRefusal.PopulationTooSmall)]
    [InlineData("top-remote-ports", "west", null, PopulationRefusal.PopulationTooSmall)]
    [InlineData("top-remote-ports", null, "2026-11-21T13", PopulationRefusal.Unknown)]
    [InlineData("top-remote-ports", null, "2026-11-22", PopulationRefusal.WindowOpen)]
    [InlineData("protocols", null, "2026-11-22", PopulationRefusal.WindowOpen)]
    [InlineData("protocols", null, "2026-11-21T10", PopulationRefusal.Unknown)]
    [InlineData("endpoint-contacts", null, null, PopulationRefusal.Unknown)]
    [InlineData("access-mix", "north", null, PopulationRefusal.Unknown)]
    public async Task What_cannot_be_answered_is_refused_by_name(
        string report, string? group, string? window, PopulationRefusal refusal)
    {
        var outcome = await Reports().QueryAsync(report, group, window, null, default);

        Assert.Null(outcome.View);
        Assert.Equal(refusal, outcome.Refusal);
        Assert.NotEmpty(outcome.Why);
    }

    [Fact]
    public async Task A_population_below_the_base_is_too_small()
    {
        _counts.Few = true;

        Assert.Equal(
            PopulationRefusal.PopulationTooSmall,
            (await Reports().QueryAsync("protocols", null, null, null, default)).Refusal);
    }

    [Fact]
    public async Task A_day_is_open_until_it_has_settled()
    {
        _time.Advance(new DateTimeOffset(2026, 11, 23, 0, 29, 59, TimeSpan.Zero) - _time.GetUtcNow());
        Assert.Equal(
            PopulationRefusal.WindowOpen,
            (await Reports().QueryAsync("top-remote-ports", null, "2026-11-22", null, default)).Refusal);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await Reports().QueryAsync("top-remote-ports", null, "2026-11-22", null, default)).View);
    }

    [Fact]
    public async Task An_endpoint_is_asked_about_three_times_a_quarter_and_then_the_next_quarters()
    {
        foreach (var day in Enumerable.Range(8, 3))
        {
            Assert.NotNull((await Reports().QueryAsync(
                "endpoint-contacts", null, $"2026-11-{day:00}", Server, default)).View);
        }

        var fourth = await Reports().QueryAsync("endpoint-contacts", null, "2026-11-15", Server, default);
        Assert.Equal(PopulationRefusal.FiguresSpent, fourth.Refusal);
        Assert.NotNull((await Reports().QueryAsync("endpoint-contacts", null, "2026-11-10", Server, default)).View);
        Assert.NotNull((await Reports().QueryAsync(
            "endpoint-contacts", null, "2026-11-15", Server with { Port = 8443 }, default)).View);
        _time.Advance(TimeSpan.FromDays(60));
        Assert.NotNull((await Reports().QueryAsync("endpoint-contacts", null, "2027-01-10", Server, default)).View);
    }

    [Fact]
    public async Task A_day_has_one_base_whichever_report_says_it_and_none_in_other_groups()
    {
        var draws = 0;
        IFigureNoise Noise(uint day) => new Drawing(() => 10 * ++draws);
        PopulationReports With() => new(_counts, new PopulationAnswers(_folder), PopulationKAnonymity.Default,
            NoNoise.Publishing(_folder, TimeSpan.FromMinutes(30), Noise), _time);
        var first = await With().QueryAsync("protocols", null, null, null, default);
        _counts.Late += 300;
        Assert.Equal(first.View!.Base, (await With().QueryAsync("busy-hours", null, null, null, default)).View!.Base);

        _counts.Regrouped = true;
        var other = await With().QueryAsync("top-remote-ports", null, null, null, default);
        Assert.Equal(PopulationRefusal.FiguresSpent, other.Refusal);
        Assert.Contains("other groups", other.Why, StringComparison.Ordinal);
        Assert.NotNull((await With().QueryAsync("top-remote-ports", null, "2026-11-20", null, default)).View);
    }

    [Fact]
    public async Task An_endpoint_is_asked_about_once_the_days_comparison_is_published()
    {
        var isCompared = false;
        PopulationReports With() => new(_counts, new PopulationAnswers(_folder), PopulationKAnonymity.Default,
            NoNoise.Publishing(_folder, TimeSpan.FromMinutes(30), _ => new NoNoise(), _ => isCompared), _time);

        var early = await With().QueryAsync("endpoint-contacts", null, "2026-11-20", Server, default);
        Assert.Equal(PopulationRefusal.WindowOpen, early.Refusal);
        Assert.NotNull((await With().QueryAsync("protocols", null, "2026-11-20", null, default)).View);
        isCompared = true;
        Assert.NotNull((await With().QueryAsync("endpoint-contacts", null, "2026-11-20", Server, default)).View);
    }

    [Fact]
    public async Task An_answer_of_a_weir_without_noise_is_not_given_again()
    {
        Assert.NotNull((await Reports().QueryAsync("protocols", null, null, null, default)).View);
        var file = Directory.GetFiles(_folder).Single();
        await File.WriteAllTextAsync(
            file, (await File.ReadAllTextAsync(file)).Replace("\"Made\":1", "\"Made\":0", StringComparison.Ordinal));

        Assert.Equal(
            PopulationRefusal.BelowK, (await Reports().QueryAsync("protocols", null, null, null, default)).Refusal);
        Assert.Equal(1, _counts.Asked);
    }

    [Fact]
    public async Task In_the_lab_the_open_day_is_answered_exactly()
    {
        _counts.Late = 3;
        var today = await Reports(PopulationKAnonymity.Lab).QueryAsync("endpoint-contacts", null, "2026-11-22", Server, default);
        Assert.Equal(503, today.View!.Lines.Single().Value.Subjects);
    }

    [Fact]
    public async Task After_the_noise_is_erased_there_is_what_was_published_and_nothing_else()
    {
        var first = await Reports().QueryAsync("protocols", null, "2026-11-20", null, default);
        _erased = true;

        Assert.Equal(first.View!.Lines, (await Reports().QueryAsync("protocols", null, "2026-11-20", null, default)).View!.Lines);
        var other = await Reports().QueryAsync("busy-hours", null, "2026-11-20", null, default);
        Assert.Equal(PopulationRefusal.WindowErased, other.Refusal);
        Assert.Contains("the key is erased", other.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_chooses_an_endpoint_learns_nothing_not_even_whether_anybody_met_it()
    {
        var named = new NamedEndpoints(Reports(), one => one == Server);

        Assert.NotNull((await named.QueryAsync("endpoint-contacts", null, null, Server, default)).View);
        var chosen = await named.QueryAsync(
            "endpoint-contacts", null, null, Server with { Port = 8443 }, default);
        Assert.Equal(PopulationRefusal.EndpointNotListed, chosen.Refusal);
        Assert.Equal(1, _counts.Asked);
    }

    [Fact]
    public async Task An_answer_under_looser_rules_is_not_shown_under_stricter_ones()
    {
        Assert.NotNull(
            (await Reports(new PopulationKAnonymity(k: 5)).QueryAsync("protocols", null, null, null, default)).View);

        Assert.Equal(
            PopulationRefusal.BelowK, (await Reports().QueryAsync("protocols", null, null, null, default)).Refusal);
    }

    [Fact]
    public async Task A_damaged_answer_is_named_and_not_counted_again()
    {
        await Reports().QueryAsync("protocols", null, null, null, default);
        var file = Directory.GetFiles(_folder).Single();
        await File.WriteAllTextAsync(file, "{");

        var fault = await Assert.ThrowsAsync<InvalidDataException>(
            () => Reports().QueryAsync("protocols", null, null, null, default));
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, _counts.Asked);
    }

    private PopulationReports Reports(PopulationKAnonymity? rules = null) =>
        new(_counts, new PopulationAnswers(_folder), rules ?? PopulationKAnonymity.Default,
            NoNoise.Publishing(_folder, TimeSpan.FromMinutes(30), _ => _erased
                ? throw new EpochKeyException("the key is erased") : new NoNoise()), _time);

    private static FakeTimeProvider At(DateTimeOffset moment)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(moment - DateTimeOffset.UnixEpoch);
        return clock;
    }

    private sealed class Drawing(Func<long> next) : IFigureNoise
    {
        public long Draw(string cell) => next();

        public void Dispose()
        {
        }
    }

    private sealed class Counting : IPopulationCounts
    {
        public bool Regrouped { get; set; }

        public long Late { get; set; }

        public int Asked { get; private set; }

        public bool Few { get; set; }

        public Task<ExactTable> CountAsync(PopulationQuery question, CancellationToken cancel)
        {
            Asked++;
            var key = question.Endpoint?.ToString() ?? "443/tcp";
            long[] subjects = [200, 180 + Late + (question.Endpoint?.Port == 8443 ? 50 : 0), 100, 20];
            return Task.FromResult(Regrouped
                ? new ExactTable(["all"], [1_800], [new(key, [subjects.Sum()])])
                : Few
                ? new ExactTable([""], [60], [new(key, [40])])
                : new ExactTable(["north", "south", "west", "node"], [600, 620, 520, 60], [new(key, subjects)]));
        }
    }
}
