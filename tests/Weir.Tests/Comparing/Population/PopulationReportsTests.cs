// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
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

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_latest_closed_window_is_answered()
    {
        var view = (await Reports().QueryAsync("top-remote-ports", null, null, null, default)).View!;

        Assert.Equal(("2026-11-22T13", "", new PublishedCell(PublishedCellKind.Shown, 1_800)), (
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
    [InlineData("top-remote-ports", null, "2026-11-22", PopulationRefusal.Unknown)]
    [InlineData("top-remote-ports", null, "2026-11-22T14", PopulationRefusal.WindowOpen)]
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
    public async Task An_hour_is_open_until_it_has_settled()
    {
        _time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(601));
        Assert.Equal(
            PopulationRefusal.WindowOpen,
            (await Reports().QueryAsync("top-remote-ports", null, "2026-11-23T13", null, default)).Refusal);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await Reports().QueryAsync("top-remote-ports", null, "2026-11-23T13", null, default)).View);
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
        new(_counts, new PopulationAnswers(_folder), rules
            ?? PopulationKAnonymity.Default, TimeSpan.FromMinutes(30), _time);

    private static FakeTimeProvider At(DateTimeOffset moment)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(moment - DateTimeOffset.UnixEpoch);
        return clock;
    }

    private sealed class Counting : IPopulationCounts
    {
        public long Late { get; set; }

        public int Asked { get; private set; }

        public bool Few { get; set; }

        public Task<ExactTable> CountAsync(PopulationQuery question, CancellationToken cancel)
        {
            Asked++;
            var key = question.Endpoint?.ToString() ?? "443/tcp";
            long[] subjects = [200, 180 + Late + (question.Endpoint?.Port == 8443 ? 50 : 0), 100, 20];
            return Task.FromResult(Few
                ? new ExactTable([""], [60], [new(key, [40])])
                : new ExactTable(["north", "south", "west", "node"], [600, 620, 520, 60], [new(key, subjects)]));
        }
    }
}
