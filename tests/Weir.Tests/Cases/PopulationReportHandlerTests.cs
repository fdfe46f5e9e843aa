// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Population;
using Weir.Desk.Policy;
using Weir.Desk.Population;
using Weir.Hosting.Auditing;
using Weir.Store.Population;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>Reports about everybody, as people get them: worked examples 10 and 11.</summary>
public sealed class PopulationReportHandlerTests
{
    private static readonly Endpoint Server = new(Address("198.51.100.7"), 443, Tcp);

    [Fact]
    public async Task A_report_is_released_when_its_digest_is_in_the_audit()
    {
        await using var place = await OpenAsync();
        using var reports = Reports(place, subjects: 400, everybody: 1_000);

        var release = await new PopulationReportHandler(reports, place.Desk.Engine, place.Audit).QueryAsync(
            Ana, "endpoint-contacts", null, null, Server, default);

        Assert.Equal(new PublishedCell(PublishedCellKind.Shown, 400), release.View!.Lines.Single().Value);
        var entries = place.Audit.EntriesOf(AuditActions.PopulationReport).ToList();
        Assert.Equal(["allow", "allow"], entries.Select(e => e.Outcome));
        Assert.Equal((1, 64), (entries[1].Rows, entries[1].ResultDigest.Length));
    }

    [Fact]
    public async Task A_cell_of_four_is_withheld()
    {
        await using var place = await OpenAsync();
        using var reports = Reports(place, subjects: 4, everybody: 1_000);

        var release = await new PopulationReportHandler(reports, place.Desk.Engine, place.Audit).QueryAsync(
            Ana, "endpoint-contacts", null, null, Server, default);

        Assert.Equal(PublishedCell.Withheld, release.View!.Lines.Single().Value);
    }

    [Fact]
    public async Task Sixty_lines_are_too_few_and_the_refusal_is_in_the_audit()
    {
        await using var place = await OpenAsync();
        using var reports = Reports(place, subjects: 40, everybody: 60);

        var release = await new PopulationReportHandler(reports, place.Desk.Engine, place.Audit).QueryAsync(
            Ana, "endpoint-contacts", null, null, Server, default);

        Assert.Equal(DenyCode.PopulationTooSmall, release.Refused!.Code);
        Assert.Equal(
            "population-too-small", Assert.Single(place.Audit.EntriesOf(AuditActions.PopulationReport)).Outcome);
    }

    [Fact]
    public async Task A_window_that_was_answered_under_a_smaller_k_is_not_shown_again()
    {
        await using var place = await OpenAsync();
        using var reports = Reports(place, subjects: 400, everybody: 1_000, new LooseAnswers());

        var release = await new PopulationReportHandler(reports, place.Desk.Engine, place.Audit).QueryAsync(
            Ana, "endpoint-contacts", null, null, Server, default);

        Assert.Equal(DenyCode.BelowK, release.Refused!.Code);
        Assert.Equal("below-k", Assert.Single(place.Audit.EntriesOf(AuditActions.PopulationReport)).Outcome);
    }

    [Fact]
    public async Task The_administrator_reads_no_report_and_nothing_is_counted_for_him()
    {
        await using var place = await OpenAsync();
        using var reports = Reports(place, subjects: -1, everybody: -1);

        var release = await new PopulationReportHandler(reports, place.Desk.Engine, place.Audit).QueryAsync(
            Adam, "endpoint-contacts", null, null, Server, default);

        Assert.Equal(DenyCode.RoleMayNot, release.Refused!.Code);
    }

    [Fact]
    public async Task Nothing_is_released_while_the_audit_is_broken()
    {
        await using var place = await OpenAsync();
        using var reports = Reports(place, subjects: 400, everybody: 1_000);
        place.Audit.Breaks = entry => entry.ResultDigest.Length > 0;

        await Assert.ThrowsAsync<AuditException>(
            () => new PopulationReportHandler(reports, place.Desk.Engine, place.Audit).QueryAsync(
                Ana, "endpoint-contacts", null, null, Server, default));
    }

    private static PopulationReports Reports(
        CaseHandlerFixture place, long subjects, long everybody, IPopulationAnswers? answers = null) =>
        new(
            new FixedCounts(subjects, everybody), answers ?? new InMemoryAnswers(),
            PopulationReportHandler.RulesOf(PolicyProfile.UsProvider),
            NoNoise.Publishing(Directory.CreateTempSubdirectory("weir-figures-").FullName, TimeSpan.FromMinutes(30)),
            place.Clock);

    private sealed class FixedCounts(long subjects, long everybody) : IPopulationCounts
    {
        public Task<ExactTable> CountAsync(PopulationQuery question, CancellationToken cancel) => everybody < 0
            ? throw new InvalidOperationException("nobody may count")
            : Task.FromResult(new ExactTable([""], [everybody], [new(question.Endpoint.ToString()!, [subjects])]));
    }

    /// <summary>Every window was answered before, when a single subject was enough.</summary>
    private sealed class LooseAnswers : IPopulationAnswers
    {
        public Task<NoisyBase?> FindBaseAsync(PopulationWindow window, CancellationToken cancel) =>
            Task.FromResult<NoisyBase?>(null);

        public Task SaveBaseAsync(NoisyBase drawn, CancellationToken cancel) => Task.CompletedTask;

        private static readonly PublishedCell Everybody = new(PublishedCellKind.Shown, 1_000);

        public Task<PopulationAnswer?> FindAsync(PopulationQuery question, CancellationToken cancel) =>
            Task.FromResult<PopulationAnswer?>(new("asked", 1, 1, 1, [""], Everybody, [Everybody], []));

        public Task SaveAsync(PopulationAnswer answer, CancellationToken cancel) => Task.CompletedTask;
    }

    private sealed class InMemoryAnswers : IPopulationAnswers
    {
        public Task<NoisyBase?> FindBaseAsync(PopulationWindow window, CancellationToken cancel) =>
            Task.FromResult<NoisyBase?>(null);

        public Task SaveBaseAsync(NoisyBase drawn, CancellationToken cancel) => Task.CompletedTask;

        public Task<PopulationAnswer?> FindAsync(PopulationQuery question, CancellationToken cancel) =>
            Task.FromResult<PopulationAnswer?>(null);

        public Task SaveAsync(PopulationAnswer answer, CancellationToken cancel) => Task.CompletedTask;
    }
}
