// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Store.Comparing;
using Weir.Store.Runs;

namespace Weir.Tests.Comparing;

/// <summary>A second window confirms what it finds again, by its own data, and nothing else.</summary>
public sealed class ReplicationTests : IDisposable
{
    private const long Day = 24 * HandMadeProvider.Hour;
    private static readonly Endpoint Cnc = HandMadeProvider.At("192.0.2.80", 8_443);
    private static readonly Endpoint Chance = HandMadeProvider.At("192.0.2.81", 443);
    private static readonly Endpoint Gone = HandMadeProvider.At("192.0.2.82", 443);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-frozen-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The next day: other background, other cases, the C&amp;C among them; what was chance is as common as
    /// anywhere.</summary>
    private static HandMadeProvider NextDay(int cases = 30)
    {
        var made = new HandMadeProvider(1_500, cases, seed: 9);
        made.Contact(Enumerable.Range(0, Math.Min(cases, 8)), Cnc, 15);
        made.Contact([0, 1, .. Enumerable.Range(200, 140)], Chance, 15);
        return made;
    }

    [Fact]
    public async Task What_holds_on_new_data_is_told_from_what_was_chance_and_what_is_gone()
    {
        var run = await NextDay().ReplicateAsync(Gone, Chance, Cnc, HandMadeProvider.Listed);

        Assert.True(run.Power.IsSufficient);
        Assert.Equal([(Cnc, 8, true), (Chance, 0, false), (Gone, 0, false)], run.Tests.Select(t => (t.Key, t.Cases, t.Holds)));
        Assert.True(run.Tests[0].P < Replication.Level / 3);
    }

    [Fact]
    public async Task A_longer_list_asks_for_more_of_each()
    {
        var made = new HandMadeProvider(1_500, 30, seed: 9);
        made.Contact([0, 1, 2, .. Enumerable.Range(400, 12)], Cnc, 15);
        Endpoint[] others = [.. Enumerable.Range(0, 400).Select(i => HandMadeProvider.At($"192.0.{3 + (i / 250)}.{i % 250}", 9))];

        Assert.True((await made.ReplicateAsync(Cnc)).Tests.Single().Holds);
        Assert.False((await made.ReplicateAsync([Cnc, .. others])).Tests.Single(t => t.Key == Cnc).Holds);
    }

    [Fact]
    public async Task A_window_without_cases_confirms_nothing_and_says_why()
    {
        var run = await NextDay(cases: 0).ReplicateAsync(Cnc);

        Assert.False(run.Power.IsSufficient);
        Assert.Contains("no cases", run.Power.Why, StringComparison.Ordinal);
        Assert.False(run.Tests.Single().Holds);
        Assert.Empty((await NextDay().ReplicateAsync()).Tests);
    }

    [Fact]
    public void A_candidate_waits_for_a_window_that_begins_after_the_one_that_found_it()
    {
        var ledger = Open();
        ledger.Follow(new(0, Day), [Cnc], []);

        Assert.Empty(ledger.DueIn(new(0, Day)).Endpoints);
        Assert.Empty(ledger.DueIn(new(Day / 2, 2 * Day)).Endpoints);
        Assert.Equal([Cnc], ledger.DueIn(new(Day, 2 * Day)).Endpoints);
        Assert.Equal(CandidateState.Candidate, ledger.StateOf(Cnc));

        ledger.Follow(new(Day, 2 * Day), [], [new(Cnc, 5, 0.1, 1e-9, Holds: true), new(Gone, 0, 0, 1, Holds: true)]);
        Assert.Equal(CandidateState.Replicated, Open().StateOf(Cnc));
        Assert.Null(Open().StateOf(Gone));
    }

    [Fact]
    public void A_window_a_day_tests_the_last_one_s_without_the_hour_that_both_hold()
    {
        const long hour = 3_600_000;
        var ledger = Open();
        ledger.Follow(new(Day, (2 * Day) + (5 * hour / 2)), [Cnc], []);
        var (due, fresh) = ledger.DueIn(new((2 * Day) + (2 * hour), (3 * Day) + (5 * hour / 2)));

        Assert.Equal([Cnc], due);
        Assert.Equal(new((2 * Day) + (3 * hour), (3 * Day) + (5 * hour / 2)), fresh);
        Assert.Empty(ledger.DueIn(new((2 * Day) + hour, 3 * Day)).Endpoints);
    }

    [Fact]
    public void Without_evidence_for_a_fortnight_it_is_over_and_evidence_renews_it()
    {
        var ledger = Open();
        ledger.Follow(new(0, Day), [Cnc, Gone], []);
        ledger.Follow(new(10 * Day, 11 * Day), [Cnc], []);
        ledger.Follow(new(16 * Day, 17 * Day), [], []);

        Assert.Equal(CandidateState.Candidate, ledger.StateOf(Cnc));
        Assert.Null(ledger.StateOf(Gone));
        Assert.Empty(ledger.DueIn(new(30 * Day, 31 * Day)).Endpoints);
        ledger.Follow(new(30 * Day, 31 * Day), [Cnc], []);
        Assert.Empty(ledger.DueIn(new(30 * Day, 31 * Day)).Endpoints);
        Assert.Equal([Cnc], ledger.DueIn(new(31 * Day, 32 * Day)).Endpoints);
    }

    [Fact]
    public void A_damaged_ledger_is_named_with_what_to_do()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "frozen.json"), "{");

        Assert.Contains("take it away", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    /// <summary>All pairs: statistics alone never confirm, a person decides once, and what is over begins
    /// anew.</summary>
    [Fact]
    public void Every_step_from_every_state_is_a_row_or_cannot_happen()
    {
        CandidateState?[] states = [null, .. Enum.GetValues<CandidateState>()];
        var rows = from state in states
                   from step in Enum.GetValues<CandidateStep>()
                   where CandidateStates.Next(state, step) is not null
                   select (From: state, Step: step, To: CandidateStates.Next(state, step)!.Value);
        var all = rows.ToList();

        Assert.Equal(19, all.Count);
        Assert.All(all.Where(row => row.To == CandidateState.Confirmed), row => Assert.Equal(
            (CandidateState.InReview, CandidateStep.Given), (row.From, row.Step)));
        Assert.All(all.Where(row => row.Step is CandidateStep.Found or CandidateStep.HeldLater), row => Assert.True(
            row.To is CandidateState.Candidate or CandidateState.Replicated || row.To == row.From));
        Assert.DoesNotContain(all, row => row.From == CandidateState.Rejected);
        Assert.All(Enum.GetValues<CandidateState>(), state => Assert.True(
            CandidateStates.TryParse(CandidateStates.ToName(state), out var read) && read == state));
    }

    private FrozenCandidates Open() => new(new ComparisonOptions
    {
        Networks = new([]),
        FoundFile = Path.Combine(_folder.FullName, "found.json"),
        FrozenFile = Path.Combine(_folder.FullName, "frozen.json"),
    });
}
