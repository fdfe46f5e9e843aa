// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Weir.Cli.Analysis;
using Weir.Contracts.Noise;
using Weir.Contracts.Population;
using Weir.Contracts.Reports;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Reporting;
using Weir.Lab;
using Weir.Tests.Support;

namespace Weir.Tests.Store.Publishing;

/// <summary>The page that says what a number tells of somebody, and what it is still of use for: measured here.</summary>
public sealed class NumbersDocumentTests : IDisposable
{
    private readonly AttackedPlane _plane = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-numbers-").FullName;

    public void Dispose()
    {
        _plane.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_page_is_fresh()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        await WriteAdvantagesAsync(text);
        await WriteUseAsync(text);
        RepositoryRoot.AssertFresh("docs/36-numbers.md", text.ToString());
    }

    private async Task WriteAdvantagesAsync(StringBuilder text)
    {
        _ = text.Append("| what | figures | ε | guessing right by at most | measured |\n|---|---:|---:|---:|---:|\n");
        await RowAsync("one subject at one endpoint on one day", 1, (world, present) => _plane.AskAsync(
            world, 12 + (present ? 1 : 0), 20, PopulationKAnonymity.Default), Advantage.Trials);
        await RowAsync("one subject at one endpoint, a quarter of days", 7, (world, present) =>
            SumAsync(world, present, Enumerable.Range(0, 7)), 1_000);
        await RowAsync("one subject at one endpoint, a year of days", 28, (world, present) =>
            SumAsync(world, present, Enumerable.Range(0, 28).Select(i => (i / 7 * 92) + (i % 7))), 1_000);
        foreach (var (what, figures) in ((string, int)[])[
            ("a subject's day: base, access type, 3 protocols, 5 ports, 12 hours", 22),
            ("the same with 3 endpoints that are told of, one of them listed, so that it is a case", 27),
            ("one contact at an endpoint alone on a rare port: its own figure and the port's line", 2),
            ("the same where a block of it is weighed on two days", 4),
            ("a subject's year of such days", 27 * 365)])
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"| {what} | {figures} | {figures} | {Most(figures)} | – |\n");
        }

        async Task RowAsync(string what, int figures, Func<int, bool, Task<string>> observe, int trials)
        {
            var measured = await Advantage.MeasureAsync(observe, trials);
            Assert.True(measured.Lower <= Math.Tanh(figures / 2.0), what);
            _ = text.Append(
                CultureInfo.InvariantCulture, $"| {what} | {figures} | {figures} | {Most(figures)} | {measured.Value:0.00} |\n");
        }

        static string Most(int figures) =>
            figures > 10 ? "1.00" : Math.Tanh(figures / 2.0).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static Task<string> SumAsync(int world, bool present, IEnumerable<int> days) => Task.FromResult(
        AttackedPlane.Figures(world, days, _ => 42 + (present ? 1 : 0)).Sum().ToString(CultureInfo.InvariantCulture));

    /// <summary>A laboratory of two botnets: the same run as computed, and as a provider's report shows it.</summary>
    private async Task WriteUseAsync(StringBuilder text)
    {
        var truth = LabFolder.Write(_folder, new LabOptions
        {
            Subscribers = 1_200, Bots = 120, Nets = 2, Seconds = 3_600, Seed = 7, ListEntries = 50, Coverage = 0.9,
        });
        var exact = await new AnalysisRun(
            new AnalysisSettings
            {
                Inputs = [Path.Combine(_folder, LabFolder.Capture)],
                Networks = AnalysisArguments.Networks(string.Join(',', truth.Networks), null, 64),
                Feeds = [new FeedOptions { Path = Path.Combine(_folder, "watchlist.txt") }],
                Profile = ReportAnonymizer.LabProfile,
                Out = Path.Combine(_folder, "report"),
            }, TimeProvider.System).ComputeAsync(default);
        using var noise = new NoiseKey(System.Security.Cryptography.SHA256.HashData("docs/36-numbers.md"u8));
        var shown = new ReportAnonymizer(ReportKAnonymity.Default, new(noise)).Shape(exact with { Profile = "us-provider" });

        _ = text.Append(string.Create(CultureInfo.InvariantCulture, $$"""

            ## What a report is still of use for

            A simulated provider of {{truth.Networks.Count}} networks and 1,200 lines, 120 of them in two botnets (`weir lab`, seed 7), as computed and as a provider's report shows it. Of {{exact.Candidates.Count}} candidates {{shown.Candidates.Count}} are shown; {{shown.Withheld}} candidates and roll-ups are withheld, since they have fewer than ten cases or an endpoint within them is told of. The p that is shown is computed from the noisy counts, without strata, and is the upper end of a band.

            | endpoint | what | exact | shown |
            |---|---|---|---|

            """).ReplaceLineEndings("\n"));
        foreach (var listed in exact.Sightings.Where(one => one.Subjects.Number > 0).Take(8))
        {
            var told = shown.Sightings.Single(one =>
                (one.Remote, one.Port, one.Protocol, one.List) == (listed.Remote, listed.Port, listed.Protocol, listed.List));
            Row($"{listed.Remote}:{listed.Port}/{listed.Protocol}", "listed: lines", $"{listed.Subjects}", $"{told.Subjects}");
        }

        foreach (var candidate in exact.Candidates.OrderByDescending(one => one.Cases.Number).Take(10))
        {
            var told = shown.Candidates.FirstOrDefault(one => (one.Remote, one.Port) == (candidate.Remote, candidate.Port));
            Row(
                $"{candidate.Remote}:{candidate.Port}/{candidate.Protocol}", "found: infected, others, p",
                $"{candidate.Cases}, {candidate.Others}, {ReportKAnonymity.Order(candidate.P.Number)}",
                told is null ? "withheld" : $"{told.Cases}, {told.Others}, {told.P}");
        }

        Assert.True(shown.Candidates.Count >= exact.Candidates.Count(one => one.Cases.Number >= 20), "much is lost");

        void Row(string endpoint, string what, string computed, string told) => text.Append(
            CultureInfo.InvariantCulture, $"| `{endpoint}` | {what} | {computed} | {told} |\n");
    }

    private const string Head = """
        # What a number tells

        Generated by `make docs`; the measured column comes from the attack program of the tests (`Store/Publishing/DifferenceAttackTests`, fixed seeds), which fails where more is gained than allowed.

        A count that is shown to people can be subtracted from another, and what is left may be one subscriber. So outside `lab` nothing is shown of a count but *exact + noise*, where the noise is a whole number z with probability proportional to exp(-|z|): discrete Laplace noise of scale 1, drawn by whole numbers alone (Canonne, Kamath, Steinke 2020, algorithm 2). Then comes the threshold k on the noisy count, then the rounding or the band (rules R11). What is decided (which endpoints are candidates) is decided on exact counts, inside the store; their order is that of the noisy figures.

        - **The draw follows from the vault's key, the day and the cell.** The vault derives the key of a window from a noise key of the epoch; the store asks for it when the window is published, and forgets it. Asking again, after a restart, by other groups, gives the same answer, since answers are kept; and while the key lives a cell has one draw. Seven days after its epoch's end the vault's key is erased: then there is what was published, and nothing else.
        - **A window is whole UTC days, over and settled, published once.** Windows that share a day with a published one are refused.
        - **A contact with an endpoint that is told of stands in one figure of that endpoint.** A report by groups gives each group its draw, and the whole is their sum. An endpoint's figure is in the comparison or in `endpoint-contacts`, not in both for one day; an address or network has figures only where no endpoint within has; an endpoint on two lists has one row. Exchanges, attempts, packets and octets, of which one line may have thousands, are not told. *The same contact stands in further figures that are not about the endpoint*: its port and its protocol in the fixed reports, its hour if the line did nothing else in it, the endpoints tested if it is the third line there, and whom a block would hit. A line of `top-remote-ports` for a port that one told endpoint makes most of is a second draw of the same contact, ε = 2.
        - **All that is shown of a candidate follows from its two noisy counts**: bands, p, q, effect size, order, and whether too many others use it. p, q and effect size are computed from the noisy counts without strata, and made coarse last. Evidence for command, onset, what simpler methods flag and entries that are too popular are not told.
        - **A day has one base.** It is drawn by the day's first report and kept; other reports of that day have the same, and none is made with the networks in other groups.
        - **An endpoint has seven figures a quarter**, of which people may ask for three, and then waits for the next. A candidate that was shown in the quarter is shown further, its figures "not told". `endpoint-contacts` of a day waits until the day's comparison is kept: where nothing is compared, it is not to be had.
        - **Nobody chooses the endpoint.** A list in force names the address itself, as a C&C or a sinkhole (with its port, where the list gives one), or a comparison found it. The desk may ask whom a block would hit of any endpoint.
        - **Whom a block would hit** is one noisy figure a UTC day for each far end, protocol and set of ports, kept, and sixteen a day within one /24 (IPv6 /48); wider networks are not counted. Whether it is above what may be blocked (R15) is decided on the exact count each time, and the figure is moved to that side.
        - **At least 500 subjects**, in every section; below, a comparison says that and nothing else, and that is kept. `weir analyze` of networks that cannot hold as many is refused.
        - **Nought is said** only where no list is loaded, no flow was read, or nothing matched any list at all.
        - `weir analyze` keys its noise by files, networks and times, and by the count itself, so that other lists or another sampling rate draw anew. That protects who is in the report from those who read it, not from those who hold the flows; and whoever has it run many times with other lists gets as many draws.

        ## What that protects

        ε is what a difference of one subject may change in the logarithm of the probability of any answer; somebody who knows everything else then tells right more often than wrong by at most tanh(ε/2) (0 is guessing, 1 is knowing). Noise protects a contact; who is told of in many figures is protected by less. A subject's day and year are no secret to somebody who knows everything else: the figures below say so.

        Advantage alone does not tell one draw of a contact from two: where two disagree they say nothing. So the attack program also measures how much likelier the answers that tell most are in one world than in the other, and fails when the lower 99.9 % limit of the logarithm exceeds ε. It plays the product's comparison over pairs, with what is found standing far from where it would not be.

        Not covered, decided on exact counts: which endpoints are candidates or are withheld by name for two people, what they rest on, their state (found again or not) and how many of the earlier ones held; which of them form a campaign and on which days; whether the run could conclude, and what it found with labels shuffled; whether a promotion or a block is refused. That a listed endpoint was met at all is an event and makes a case: the row stands there below k, and the days of its first and last contact are told. The events of other rules are listed one by one, under pseudonyms. Sums of flows and datagrams, and the coverage of exporters, count records and are exact, as are live counters of all flows and the spool's octets and segments that wait. The figures of whom a block would hit look back 24 hours, so that one contact stands in those of two days. A contact that makes a subject a case also moves the number of cases, and moves the subject from the others to the cases at each candidate it met.


        """;
}
