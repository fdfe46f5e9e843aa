// SPDX-License-Identifier: Apache-2.0
//
// The examples of the population plane: a town of lines with some thirty infected among them is compared, counted and
// exported, from the digests that its flows left in the store.
using System.Globalization;
using Weir.Cli.Analysis;
using Weir.Cli.Reporting;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Population;
using Weir.Contracts.Reports;
using Weir.Contracts.Scopes;
using Weir.Desk.Comparisons;
using Weir.Desk.Policy;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;
using Weir.Store.Comparing;
using Weir.Store.Population;
using Weir.Store.Runs;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.SelfTesting.Rules;

internal sealed partial class RulesSelfTest
{
    /// <summary>Lines of each of the town's three parts, and of the access node.</summary>
    private const uint Part = 560;
    private const uint Node = 60;
    private const uint Infected = 30;
    private const uint Sharing = 14;
    private const uint FirstInfected = 5_000;
    private const uint FewSharing = 6;
    private const string Few = "192.0.2.90";
    private const string Rare = "192.0.2.200";
    private const string Seldom = "192.0.2.201";

    private PopulationWindow _day;

    /// <summary>What was found and is not shown, as the store tells the two who may promote it.</summary>
    private static List<WithheldRow> Withheld(ComparisonAnonymizer anonymizer, Report computed, Report shaped)
    {
        var shown = shaped.Candidates.Select(RunCandidates.EndpointOf).ToHashSet(StringComparer.Ordinal);
        return [.. computed.Candidates.Where(one => !shown.Contains(RunCandidates.EndpointOf(one))).Select(one =>
        {
            var (status, p, q) = anonymizer.OrdersOf(computed.Figures, one);
            return new WithheldRow(RunCandidates.EndpointOf(one), status, p.ToString(), q.ToString());
        })];
    }

    private async Task<string> ComparisonAsync(ScenarioRunner play)
    {
        await TownAsync(play);
        var scopes = ScopesOf(play);
        await play.DecideAsync(Actor.Weir, new Request.Compare(), AuditActions.Allow);
        var computed = await CompareAsync(play);
        var k = play.Place.Policy.K;
        var rule = new ReportKAnonymity(k, play.Place.Policy.BaseMinimum);
        var shaped = new ReportAnonymizer(rule, new(play.Place.Noise)).Shape(computed);
        await ComparedRecord.KeepAsync(
            play.Place.Audit, play.Place.Runs,
            new(shaped, Withheld(new(rule, new(play.Place.Noise)), computed, shaped), WasKept: false),
            play.Place.Clock.GetUtcNow(), play.Cancel);
        play.Note(Actor.Weir, AuditActions.Compare, null, AuditActions.Allow, "the run");
        var found = shaped.Candidates.Where(c => (c.Remote, c.Port) == (Candidate, 8443)).ToList();
        play.Check(
            found is [{ Cases: var cases }] && cases.ToString() == $"{k}-19",
            $"the shared endpoint stands {found.Count} times among {shaped.Candidates.Count} candidates, with {string.Join(' ', found.Select(c => c.Cases))} cases");
        var told = ReportJson.Write(shaped);
        play.Check(
            computed.Candidates.Any(c => c.Remote == Few) && shaped.Withheld > 0
                && !told.Contains(Few, StringComparison.Ordinal),
            $"an endpoint of {FewSharing} cases is not held back and counted");
        play.Check(shaped.Infected.Count == 0
            && !told.Contains(play.Place.GetPseudonym(FirstInfected).ToString(), StringComparison.Ordinal)
            && !told.Contains("\"10.", StringComparison.Ordinal), "the report says who is infected");
        await play.DecideAsync(RulesTestHost.Ana, new Request.Compare(), "role-may-not");
        play.Check(ScopesOf(play) == scopes, "a comparison opened a scope");
        return "the engine asks the same of all cases: the machine alone, and no scope opens";
    }

    private async Task<string> FixedReportAsync(ScenarioRunner play)
    {
        await play.Place.PassToAsync(PopulationWindow.Length, 1_200, play.Cancel);
        var ports = await play.ReportAsync(RulesTestHost.Ana, "top-remote-ports", null, _day, null, AuditActions.Allow);
        Coarse(play, ports);
        play.Check(
            ports is { Lines.Count: > 0 }
                && ports.Lines.Any(l => l.Key == "443/tcp" && l.Value.Subjects is >= 2 * Part and < 3 * Part),
            $"the report does not count the town's web: {Cells(ports)}");

        // Four in the city and twenty at the coast: the four, and the coast as their complement, are held back; the
        // sum may stand.
        var city =
            await play.ReportAsync(RulesTestHost.Ana, "top-remote-ports", "city", _day, null, AuditActions.Allow);
        var coast = await play.ReportAsync(
            RulesTestHost.Ana, "top-remote-ports", "coast", _day, null, AuditActions.Allow);
        play.Check(Line(ports, "8080/tcp") is { Subjects: >= 15 and <= 35 }, $"24 subjects read {Cells(ports)}");
        play.Check(Line(city, "8080/tcp") is null, $"a cell of four reads {Cells(city)}");
        play.Check(Line(coast, "8080/tcp") is null, $"its complement reads {Cells(coast)}");
        play.Check(Line(ports, "8081/tcp") is null, $"a port of four subjects reads {Cells(ports)}");

        // How many met an endpoint is told of one that was found, and of none that somebody would like to know of.
        var found = await play.ReportAsync(
            RulesTestHost.Ana, "endpoint-contacts", null, _day,
            new Endpoint(IpKey.Parse(Candidate), 8443, ScenarioRunner.Tcp), AuditActions.Allow);
        play.Check(found is { Lines.Count: 1 }, $"the found endpoint reads {Cells(found)}");
        await play.ReportAsync(
            RulesTestHost.Ana, "endpoint-contacts", null, _day,
            new Endpoint(IpKey.Parse(Rare), 8080, ScenarioRunner.Tcp), "population-plane-only");
        return "a fixed report of the town; a cell of four is held back with its complement";
    }

    private async Task<string> SmallNodeAsync(ScenarioRunner play)
    {
        await play.ReportAsync(RulesTestHost.Ana, "top-remote-ports", "node", _day, null, "population-too-small");
        return "the same of an access node with sixty lines";
    }

    private async Task<string> ResearcherAsync(ScenarioRunner play)
    {
        await play.DecideAsync(RulesTestHost.Petra, new Request.Export(Pairs: false), AuditActions.Allow);
        var view = await play.ReportAsync(RulesTestHost.Petra, "protocols", null, _day, null, AuditActions.Allow);
        Coarse(play, view);
        play.Check(view is { Lines.Count: > 0 }, "the export is empty");
        await play.DecideAsync(RulesTestHost.Petra, new Request.Export(Pairs: true), "aggregates-only");
        await play.ReportAsync(RulesTestHost.Petra, "pairs", null, _day, null, "unknown");
        return "a researcher wants an export: aggregates as published, no pairs";
    }

    /// <summary>An hour of the town: everybody's web, some busier and some less, the infected at the listed server and
    /// most of them at another one, and two rare servers.</summary>
    private async Task TownAsync(ScenarioRunner play)
    {
        var hour = TimeSpan.FromHours(1);
        await play.Place.PassToAsync(hour, 10, play.Cancel);
        _day = PopulationWindow.LastBefore(play.Place.Clock.GetUtcNow() + PopulationWindow.Length);
        play.Place.TownDay = _day;
        foreach (var (first, lines) in ((uint, uint)[])[
            (0x1_0000, Part), (0x2_0000, Part), (0x3_0000, Node), (1_000, Part), (FirstInfected, Infected)])
        {
            for (var line = first; line < first + lines; line++)
            {
                // The town's busy are busier than any infected line, so that each has enough like it to be
                // compared with.
                for (uint visit = 0; visit < 2 + (line % (first == FirstInfected ? 7u : 12)); visit++)
                {
                    var site = string.Create(
                        CultureInfo.InvariantCulture, $"192.0.2.{100 + (((line * 7) + (visit * 11)) % 40)}");
                    play.Place.Converse(
                        line, site, line % 5 == 0 ? (ushort)993 : (ushort)443, 1,
                        afterSeconds: (int)((line + (visit * 97)) % 500));
                }
            }
        }

        for (uint i = 0; i < Infected; i++)
        {
            play.Place.Converse(FirstInfected + i, Cnc, 443, 1, afterSeconds: (int)i);
            if (i < Sharing)
            {
                play.Place.Converse(FirstInfected + i, Candidate, 8443, 1, afterSeconds: 300 + (int)i);
            }
        }

        for (var i = Infected - FewSharing; i < Infected; i++)
        {
            play.Place.Converse(FirstInfected + i, Few, 4_444, 1, afterSeconds: 300 + (int)i);
        }

        for (uint i = 0; i < 24; i++)
        {
            play.Place.Converse(i < 4 ? 1_000 + i : 0x1_0000 + i, Rare, 8080, 1, afterSeconds: 100);
        }

        for (uint i = 0; i < 4; i++)
        {
            play.Place.Converse(1_100 + i, Seldom, 8081, 1, afterSeconds: 100);
        }

        await play.Place.PassAsync(ContactsClosed, play.Cancel);
        var cases = Enumerable.Range(0, (int)Infected)
            .Count(i => play.Place.ScopesOf(FirstInfected + (uint)i, Purpose.CncContact).Count == 1);
        play.Check(cases == Infected, $"{cases} of {Infected} infected lines have a scope of their contact");
    }

    /// <summary>As a scheduled run does it.</summary>
    private static async Task<Report> CompareAsync(ScenarioRunner play)
    {
        var place = play.Place;
        var begun = place.Clock.GetTimestamp();
        var lists = place.Lists.Current;
        var hours = ComparedWindow.UntilNow(place.Clock.GetUtcNow(), TimeSpan.FromDays(1), isSampled: false);
        var window = new PairWindow(hours.FromMs, hours.UntilMs, hours.TwoWayOnly);
        var facts = new RunResults
        {
            Profile = "us-provider",
            Pseudonyms = ReportAnonymizer.KeysAreKept,
            Window = new ReportWindow(
                DateTimeOffset.FromUnixTimeMilliseconds(window.FromMs),
                DateTimeOffset.FromUnixTimeMilliseconds(window.UntilMs)),
            Compared = window,
            Inputs = [],
            Exporters = [],
            Flows = RunReport.FlowsOf(place.Lanes),
            Networks = place.Networks,
            Lists = lists,
            Watchlists = [.. lists.Feeds.Select(
                feed => ReportWatchlistMapper.Map(feed, place.Clock.GetUtcNow()))],
            Standing = await StoredSightings.StandingAsync(place.Store, window, lists, play.Cancel),
            Seed = 1,
            Cohort = place.Keys.CohortOf(Weir.Contracts.Networks.Epochs.At(window.FromMs)),
            Elapsed = () => place.Clock.GetElapsedTime(begun),
        };
        return await RunReport.MakeAsync(
            new PairCounts(place.Store.Client, place.Networks.Lines), facts, play.Cancel);
    }

    private static int ScopesOf(ScenarioRunner play) => play.Place.Desk.Files.Sum(f => f.Scopes.Length);

    private static PublishedCell? Line(PopulationView? view, string key) =>
        view?.Lines.Where(l => l.Key == key && l.Value.Kind == PublishedCellKind.Shown)
            .Select(l => (PublishedCell?)l.Value).FirstOrDefault();

    private static string Cells(PopulationView? view) =>
        view is null ? "nothing" : string.Join(", ", view.Lines.Select(l => $"{l.Key} {l.Value.Text(view.K)}"));

    /// <summary>Every figure of a view is one that may be published.</summary>
    private static void Coarse(ScenarioRunner play, PopulationView? view)
    {
        var policy = PolicyProfile.UsProvider; // what is due, whatever was set
        play.Check(
            view is not null && view.Base.Subjects >= policy.BaseMinimum
                && view.Lines.All(l => l.Value.Kind != PublishedCellKind.Shown
                    || (l.Value.Subjects >= policy.K && l.Value.Subjects % policy.Rounding == 0)),
            $"a figure is finer than it may be: {Cells(view)}");
    }
}
