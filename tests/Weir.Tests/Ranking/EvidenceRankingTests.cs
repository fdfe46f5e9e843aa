// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Store.Ranking;
using static Weir.Tests.Ranking.HandMadeEvidence;

namespace Weir.Tests.Ranking;

public sealed class EvidenceRankingTests
{
    private static readonly Endpoint Listed = At(250, 443);
    private static readonly Endpoint Command = At(200, 8_443);

    [Fact]
    public void What_is_kept_outranks_every_endpoint_of_a_campaign()
    {
        var made = TenBots();
        var run = made.Rank();

        var best = run.Endpoints.MaxBy(one => one.Command)!;
        Assert.Same(made.Of(run, Command), best);
        Assert.Equal(-1, best.Campaign);
        Assert.InRange(best.Command, 0.8, 1);
        Assert.All(run.Endpoints.Where(one => one != best), one => Assert.InRange(one.Command, 0, 0.2));
    }

    [Fact]
    public void Endpoints_that_the_same_lines_met_together_are_one_campaign()
    {
        var run = TenBots().Rank();

        var campaign = Assert.Single(run.Campaigns);
        Assert.Equal(CampaignKind.Web, campaign.Kind);
        Assert.Equal(30, campaign.Members.Length);
        Assert.Equal(10, campaign.Lines.Length);
        Assert.InRange(campaign.FromMs - Start, 10 * Hour, 10.2 * Hour);
        Assert.InRange(campaign.UntilMs - Start, 10.4 * Hour, 10.7 * Hour);
    }

    [Fact]
    public void Two_campaigns_of_the_same_lines_hours_apart_stay_two()
    {
        var made = TenBots();
        Campaign(made, 100, 12, 18 * Hour);

        Assert.Equal([30, 12], made.Rank().Campaigns.Select(one => one.Members.Length));
    }

    [Fact]
    public void Without_an_order_of_time_users_alone_make_the_campaign_and_nothing_is_first()
    {
        var made = TenBots(timeOrder: false);
        Campaign(made, 100, 12, 18 * Hour);
        var run = made.Rank();

        Assert.Equal(42, Assert.Single(run.Campaigns).Members.Length);
        Assert.All(run.Endpoints, one => Assert.All(
            one.Reasons.Where(reason => reason.Feature is "first" or "precedes" or "alone"),
            reason => Assert.Equal("undetermined", reason.Value.ToString())));
    }

    [Fact]
    public void What_began_before_the_window_is_undetermined_and_never_first()
    {
        var made = new HandMadeEvidence();
        for (var line = 0; line < 6; line++)
        {
            made.List(line, Listed, Minute);
            made.Keep(line, Command, 0, 24);
            made.Keep(line, At(201, 6_667), 2, 24);
            made.Keep(line, At(202), 3, 24);
        }

        Assert.Equal("undetermined", Reason(made, Command, "first"));
    }

    [Fact]
    public void A_contact_shortly_before_floods_and_campaigns_is_told_from_one_hours_before()
    {
        var made = TenBots();
        for (var line = 0; line < 10; line++)
        {
            made.Act(line, 15 * Hour);
            made.Meet(line, At(210, 7_000), (long)(9.9 * Hour));
            made.Meet(line, At(210, 7_000), (long)(14.9 * Hour));
            made.Meet(line, At(211, 7_001), 6 * Hour);
        }

        Assert.Equal("1", Reason(made, At(210, 7_000), "precedes"));
        Assert.Equal("0", Reason(made, At(211, 7_001), "precedes"));
    }

    [Fact]
    public void Under_sampling_regularity_is_undetermined()
    {
        var made = TenBots(sampled: true);

        Assert.Equal("undetermined", Reason(made, Command, "regular"));
    }

    [Fact]
    public void Peers_are_folded_though_no_two_have_the_same_users_and_a_hub_among_them_is_not()
    {
        var made = TenBots();
        var random = new Random(4);
        for (var peer = 0; peer < 40; peer++)
        {
            foreach (var line in Enumerable.Range(0, 10).OrderBy(_ => random.Next()).Take(3))
            {
                made.Keep(line, At(300 + peer, 20_000 + (peer * 31), 17), 3 + random.Next(3), 20);
            }
        }

        for (var line = 0; line < 9; line++)
        {
            made.Keep(line, At(290, 23_456, 17), 2, 24);
        }

        var run = made.Rank();
        var peers = Assert.Single(run.Campaigns, one => one.Kind == CampaignKind.Peers);
        Assert.InRange(peers.Members.Length, 38, 40);
        Assert.Equal(-1, made.Of(run, At(290, 23_456, 17)).Campaign);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_order_of_rows_changes_nothing(int shuffle)
    {
        var made = TenBots();
        Campaign(made, 100, 12, 18 * Hour);

        Assert.Equal(JsonSerializer.Serialize(made.Rank()), JsonSerializer.Serialize(made.Rank(shuffle)));
    }

    [Fact]
    public void Nothing_found_ranks_nothing_and_says_so_of_no_line()
    {
        var run = new HandMadeEvidence().Rank();

        Assert.Empty(run.Endpoints);
        Assert.Empty(run.Campaigns);
        Assert.Empty(run.Infections);
    }

    [Fact]
    public void A_line_with_two_families_has_two_infections_and_a_shared_downloader_joins_no_families()
    {
        var made = new HandMadeEvidence();
        for (var line = 0; line < 20; line++)
        {
            var (first, second) = (line <= 11, line >= 10);
            made.Meet(line, At(240, 80), (3 * Hour) + (line * Minute), 2, 400_000);
            foreach (var family in new[] { (In: first, At: 210), (In: second, At: 220) }.Where(one => one.In))
            {
                made.List(line, At(family.At + 9), (4 * Hour) + line);
                for (var hub = 0; hub < 4; hub++)
                {
                    made.Keep(line, At(family.At + hub, 8_000 + hub), 4, 24);
                }
            }
        }

        var lines = made.Rank().Infections.GroupBy(one => one.Subject)
            .ToDictionary(one => one.Key, one => string.Join('+', one.Select(infection => infection.Infection)));

        Assert.Equal(20, lines.Count);
        Assert.Equal(["0+1", "0+1"], new[] { lines[Line(10)], lines[Line(11)] });
        Assert.Single(Enumerable.Range(0, 10).Select(line => lines[Line(line)]).Distinct());
        Assert.Single(Enumerable.Range(12, 8).Select(line => lines[Line(line)]).Distinct());
        Assert.NotEqual(lines[Line(0)], lines[Line(19)]);
    }

    [Fact]
    public void A_hundred_thousand_pairs_are_ranked_in_seconds()
    {
        var made = new HandMadeEvidence();
        for (var line = 0; line < 50; line++)
        {
            made.List(line, Listed, 2 * Hour);
        }

        for (var endpoint = 0; endpoint < 2_000; endpoint++)
        {
            for (var line = 0; line < 50; line++)
            {
                made.Meet(line, At(1_000 + endpoint), (endpoint % 20 * Hour) + (line * Minute));
            }
        }

        var (input, cases) = (made.Input(), made.Cases);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var run = EvidenceRanking.Rank(input, cases);

        Assert.Equal(2_000, run.Endpoints.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"{watch.Elapsed} for 100,000 pairs");
    }

    private static string Reason(HandMadeEvidence made, Endpoint endpoint, string feature) =>
        made.Of(made.Rank(), endpoint).Reasons.Single(reason => reason.Feature == feature).Value.ToString();

    /// <summary>Ten lines infected from two o'clock on; a C&amp;C that they keep, thirty adverts at ten.</summary>
    private static HandMadeEvidence TenBots(bool timeOrder = true, bool sampled = false)
    {
        var made = new HandMadeEvidence { TimeOrder = timeOrder, IsSampled = sampled };
        for (var line = 0; line < 10; line++)
        {
            made.List(line, Listed, (2 * Hour) + (line * Minute));
            made.Keep(line, Command, 2, 24, (line + 1) * Minute);
        }

        Campaign(made, 0, 30, 10 * Hour);
        return made;
    }

    private static void Campaign(HandMadeEvidence made, int first, int count, long atMs)
    {
        var random = new Random(first + 1);
        for (var endpoint = first; endpoint < first + count; endpoint++)
        {
            for (var line = 0; line < 10; line++)
            {
                if (random.NextDouble() < 0.8)
                {
                    made.Meet(line, At(endpoint), atMs + random.Next(40 * (int)Minute), 2, 9_000 + random.Next(40_000));
                }
            }
        }
    }
}
