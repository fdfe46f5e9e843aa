// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Wire;

namespace Weir.Tests.Comparing;

public class ComparisonEngineTests
{
    private static readonly Endpoint Hidden = HandMadeProvider.At("192.0.2.80", 8_443);

    [Fact]
    public async Task A_hidden_endpoint_that_cases_share_is_found_and_nothing_else()
    {
        var run = await Provider().RunAsync();
        var finding = Assert.Single(run.Endpoints.Reported);
        Assert.Equal(Hidden, finding.Key);
        Assert.Equal((12, 2, FindingStatus.Candidate), (finding.Cases, finding.Others, finding.Status));
        Assert.Equal(OnsetVerdict.Passed, finding.Onset.Verdict);
        Assert.True(finding.Odds.Low > 1);
        Assert.True(run.Endpoints.SelfTest.Valid);
        Assert.Equal(20, run.Endpoints.SelfTest.Discoveries.Count);
        Assert.Equal(
            (30, 1_470, 30), (run.Participants.Cases, run.Participants.Controls, run.Participants.OnsetObserved));
    }

    [Fact]
    public async Task The_order_of_rows_does_not_matter_and_a_seed_gives_one_outcome()
    {
        var (first, again, shuffled) =
            (await Provider().RunAsync(), await Provider().RunAsync(), await Provider().RunAsync(shuffle: 3));
        Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(again));
        Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(shuffled));
        var other = await Provider().RunAsync(seed: 6);
        Assert.Equal(first.Digests, other.Digests.ToDictionary(d => d.Key, d =>
            d.Key.StartsWith("counts", StringComparison.Ordinal) ? first.Digests[d.Key] : d.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_bots_are_sent_to_does_not_hide_their_CnC_in_strata_of_their_own(bool sent)
    {
        // Thirty known bots and thirty unknown ones, all sent to the same 80 endpoints that nobody else uses: counted
        // as activity these would put the sixty into strata without anybody to compare them with.
        var made = new HandMadeProvider(1_500, 30);
        made.Contact(Enumerable.Range(0, 60), Hidden, 20);
        for (var advert = 0; sent && advert < 80; advert++)
        {
            made.Contact(Enumerable.Range(0, 60), HandMadeProvider.At($"192.0.3.{advert}", 443), 20);
        }

        var run = await made.RunAsync(new() { RollUps = false, CapSubjects = 65 });

        Assert.Contains(run.Endpoints.Findings, finding => finding.Key == Hidden && finding.Q < 1e-6);
    }

    [Fact]
    public async Task Labels_that_mean_nothing_find_nothing()
    {
        var run = await new HandMadeProvider(1_500, 30).RunAsync(new() { RollUps = false, Permutations = 60 });
        Assert.True(run.Endpoints.Power.IsSufficient);
        Assert.Empty(run.Endpoints.Reported);
        Assert.Equal(0, run.Endpoints.SelfTest.Total);
    }

    [Fact]
    public async Task What_most_cases_contacted_before_their_infection_is_vetoed()
    {
        var made = Provider();
        var cloud = HandMadeProvider.At("192.0.2.90", 443);
        made.Contact(Enumerable.Range(0, 12), cloud, 2);
        made.Contact(Enumerable.Range(0, 12), cloud, 20);
        var half = HandMadeProvider.At("192.0.2.91", 443);
        made.Contact(Enumerable.Range(0, 6), half, 2);
        made.Contact(Enumerable.Range(0, 12), half, 20);
        var run = await made.RunAsync();
        var vetoed = Assert.Single(run.Endpoints.Findings, f => f.Status == FindingStatus.Vetoed);
        Assert.Equal((cloud, 12, 12), (vetoed.Key, vetoed.Onset.Observed, vetoed.Onset.Before));
        Assert.Equal(OnsetVerdict.Review, run.Endpoints.Reported.Single(f => f.Key == half).Onset.Verdict);
        Assert.Equal(2, run.Endpoints.Reported.Count());
    }

    [Fact]
    public async Task Contacts_inside_the_washout_do_not_count_against_an_endpoint()
    {
        var made = Provider();
        var early = HandMadeProvider.At("192.0.2.92", 443);
        made.Contact(Enumerable.Range(0, 12), early, 10);
        made.Contact(Enumerable.Range(0, 12), early, 20);
        var run = await made.RunAsync();
        Assert.Equal(OnsetVerdict.Passed, run.Endpoints.Reported.Single(f => f.Key == early).Onset.Verdict);
        var without = await made.RunAsync(new() { RollUps = false, Washout = TimeSpan.Zero });
        Assert.Equal(early, without.Endpoints.Findings.Single(f => f.Status == FindingStatus.Vetoed).Key);
    }

    [Fact]
    public async Task An_onset_too_early_in_the_window_leaves_the_verdict_open()
    {
        var made = new HandMadeProvider(1_500, 0);
        for (var s = 0; s < 30; s++)
        {
            made.Infect(s, 7);
        }

        made.Contact(Enumerable.Range(0, 12), Hidden, 20);
        var run = await made.RunAsync();
        Assert.Equal(0, run.Participants.OnsetObserved);
        Assert.Equal(OnsetVerdict.Undetermined, Assert.Single(run.Endpoints.Reported).Onset.Verdict);
    }

    [Fact]
    public async Task An_endpoint_many_others_use_is_shared_and_a_popular_one_is_capped()
    {
        var made = Provider();
        var host = HandMadeProvider.At("192.0.2.93", 443);
        made.Contact(Enumerable.Range(0, 20), host, 20);
        made.Contact(Enumerable.Range(600, 6), host, 20);
        var popular = HandMadeProvider.At("192.0.2.94", 443);
        made.Contact(Enumerable.Range(0, 30), popular, 20);
        made.Contact(Enumerable.Range(600, 50), popular, 20);
        var run = await made.RunAsync();
        Assert.Equal(FindingStatus.Shared, run.Endpoints.Findings.Single(f => f.Key == host).Status);
        Assert.Equal(FindingStatus.Capped, run.Endpoints.Findings.Single(f => f.Key == popular).Status);
        Assert.DoesNotContain(run.Endpoints.Reported, f => f.Key == popular);
    }

    [Fact]
    public async Task Five_cases_end_in_a_sentence_and_no_candidate()
    {
        var made = new HandMadeProvider(14, 5);
        made.Contact(Enumerable.Range(0, 5), Hidden, 20);
        var run = await made.RunAsync(new());
        Assert.False(run.Endpoints.Power.IsSufficient);
        Assert.Contains("5 cases", run.Endpoints.Power.Why, StringComparison.Ordinal);
        Assert.Empty(run.Endpoints.Findings);
        Assert.All(run.RollUps, r => Assert.Empty(r.Findings));
    }

    [Fact]
    public async Task Without_cases_the_run_says_so()
    {
        var run = await new HandMadeProvider(40, 0).RunAsync();
        Assert.Contains("no cases", run.Endpoints.Power.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scanner_is_neither_case_nor_control_and_controls_are_drawn_by_hash()
    {
        var made = Provider();
        made.Infect(700, 12, endpoints: 201);
        var run = await made.RunAsync(new() { RollUps = false, ControlsAtMost = 100, ControlsPerCase = 10 });
        Assert.Equal((1, 30, 300), (run.Participants.Scanners, run.Participants.Cases, run.Participants.Controls));
        Assert.Equal(2, run.Endpoints.Reported.Single().Others);
        var capped = await made.RunAsync(new() { RollUps = false, CasesAtMost = 20 });
        Assert.Equal((20, 10), (capped.Participants.Cases, capped.Participants.Beyond));
    }

    [Fact]
    public async Task A_remote_client_is_tested_as_an_address_only()
    {
        var made = Provider();
        made.Contact(Enumerable.Range(0, 12), HandMadeProvider.At("192.0.2.99", 0), 20);
        var run = await made.RunAsync(new());
        Assert.Single(run.Endpoints.Reported);
        Assert.Equal(2, run.RollUps[0].Reported.Count());
        Assert.Equal("192.0.2.0", Assert.Single(run.RollUps[1].Reported).Key.Address.ToString());
    }

    [Fact]
    public async Task Subjects_of_one_class_are_compared_with_their_own()
    {
        var counts = new MemoryPairCounts();
        for (var s = 0; s < 200; s++)
        {
            counts.Add(
                HandMadeProvider.Key(s), HandMadeProvider.At("192.0.2.1", 80), HandMadeProvider.Start,
                HandMadeProvider.Start, access: (byte)(HandMadeProvider.Key(s).Pseudonym % 2));
        }

        var cases = Enumerable.Range(0, 20)
            .ToDictionary(HandMadeProvider.Key, _ => new Infection(HandMadeProvider.Start, 1));
        var run = await ComparisonEngine.RunAsync(
            counts, HandMadeProvider.Day, new(cases, [], []), new() { ActivityBins = 1 }, 1, CancellationToken.None);
        Assert.Equal([0, 1], run.Participants.Strata.Select(s => (int)s.Class));
        Assert.Equal(200, run.Participants.Strata.Sum(s => s.Cases + s.Controls));
    }

    private static HandMadeProvider Provider()
    {
        var made = new HandMadeProvider(1_500, 30);
        made.Contact(Enumerable.Range(0, 12), Hidden, 20);
        made.Contact([800, 900], Hidden, 20);
        return made;
    }
}
