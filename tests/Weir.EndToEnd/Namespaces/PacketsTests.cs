// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.EndToEnd.Blocking;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>
/// Blocking proved by packets: three hosts on this machine, flows by softflowd, routes by GoBGP and BIRD, people at the
/// command line; asserted is what the routers show and what arrives.
/// </summary>
public class PacketsTests
{
    private static readonly string Rule4 = string.Create(
        CultureInfo.InvariantCulture, $"dst {NamespaceTopology.Command4}/32; proto 6; dport {Arrivals.CommandPort};");
    private static readonly string Rule6 = string.Create(
        CultureInfo.InvariantCulture,
        $"dst {NamespaceTopology.Command6}/128; next header 6; dport {Arrivals.CommandPort};");

    /// <summary>Outside the lab a figure carries noise: how many are below ten is not to be told, and nearly always is
    /// not. </summary>
    private const string Few = "^(<10|10|15|20) of (<10|10|15|20) subjects$";

    [Trait("Run", "prove")]
    [Trait("Part", "stories")]
    [Fact]
    public async Task A_command_server_is_cut_off_while_its_lease_lasts_and_nothing_else_is()
    {
        await using var story = await BlockingScenario.BeginAsync(
            "a lease, its end, a blackhole", "us-provider", withFrr: true);
        await RunStoryAsync(
            story, "blocked-by-packets.txt", (Few, Few, Few),
            4, () => Task.CompletedTask, until => Until.MomentAsync(until));
    }

    [Trait("Part", "stories")]
    [Fact]
    [Trait("Run", "prove")]
    public async Task Whatever_is_killed_between_two_steps_the_same_packets_arrive()
    {
        await using var story = await BlockingScenario.BeginAsync(
            "the same, Weir and GoBGP killed between any two steps", "lab", withFrr: false);
        await RunStoryAsync(
            story, "blocked-by-packets-killed.txt", ("^0 of 7 subjects$", "^3 of 7 subjects$", "^2 of 7 subjects$"),
            10, story.KillBothAsync, story.AwayUntilAsync);
    }

    private static async Task RunStoryAsync(
        BlockingScenario story, string file, (string Rule, string Whole4, string Whole6) collateral, int starts,
        Func<Task> between, Func<DateTimeOffset, Task> atTheEnd)
    {
        await story.NeighboursCallAsync();
        await story.ArriveAsync("before", 5, 5, 5, 5, 5, 5);

        var cases = await story.CasesAsync();
        await story.EveryLineIsStoredAsync();
        await between();
        Assert.Equal(cases, await story.CasesAsync());

        var four = await story.PlanAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"flowspec {NamespaceTopology.Command4} tcp {Arrivals.CommandPort} discard"),
            cases[0]);
        var six = await story.PlanAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"flowspec {NamespaceTopology.Command6} tcp {Arrivals.CommandPort} discard"),
            cases[1]);
        Assert.Matches(collateral.Rule, four.Collateral);
        Assert.Matches(collateral.Rule, six.Collateral);
        await between();
        await story.StandAsync("planned", four.Id, six.Id);
        await story.FlowSpecAsync("planned only");

        // A slow machine gets a longer lease: what is done within it takes as long as so many starts of Weir.
        var length = TimeSpan.FromSeconds(Math.Max(30, starts * story.StartTook.TotalSeconds));
        var from = TimeProvider.System.GetUtcNow();
        _ = await story.ApproveAsync(four.Id, length);
        var until = await story.ApproveAsync(six.Id, length);
        await between();
        await story.FlowSpecAsync("approved", Rule4, Rule6);
        await FrrAsync(story, flowSpec: true);
        await story.StandAsync("verified", four.Id, six.Id);
        await story.ArriveAsync("blocked", 0, 5, 5, 0, 5, 5);
        await between();
        await story.FlowSpecAsync("blocked", Rule4, Rule6);
        await story.ArriveAsync("blocked still", 0, 5, 5, 0, 5, 5);
        await story.TellRulesAsync();

        var left = until - TimeProvider.System.GetUtcNow();
        Assert.True(left > TimeSpan.Zero, $"the lease of {length} was over before it was looked at");
        story.Table.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  lease of {(until - from).TotalSeconds:0} s, {left.TotalSeconds:0} s of it left"));
        await atTheEnd(until);
        await story.FlowSpecAsync("the lease ends");
        await FrrAsync(story, flowSpec: false);
        await story.StandAsync("expired", four.Id, six.Id);
        await between();
        await story.StandAsync("expired", four.Id, six.Id);
        await story.FlowSpecAsync("ended");
        await story.ArriveAsync("after", 5, 5, 5, 5, 5, 5);

        await BlackholeAsync(story, cases, collateral, between);
        await story.Table.PublishAsync(file);
    }

    private static async Task BlackholeAsync(
        BlockingScenario story, string[] cases, (string Rule, string Whole4, string Whole6) collateral,
        Func<Task> between)
    {
        var four = await story.PlanAsync($"blackhole {NamespaceTopology.Command4}", cases[0]);
        var six = await story.PlanAsync($"blackhole {NamespaceTopology.Command6}", cases[1]);
        Assert.Matches(collateral.Whole4, four.Collateral);
        Assert.Matches(collateral.Whole6, six.Collateral);
        story.Table.AppendLine($"  collateral of the blackholes, said before: {four.Collateral}, {six.Collateral}");
        _ = await story.ApproveAsync(four.Id, TimeSpan.FromHours(1));
        _ = await story.ApproveAsync(six.Id, TimeSpan.FromHours(1));
        await between();
        await story.BlackholesAsync("blackholes approved", NamespaceTopology.Command4, NamespaceTopology.Command6);
        await FrrRoutesAsync(story, held: true);
        await story.StandAsync("verified", four.Id, six.Id);
        await story.ArriveAsync("blackhole", 0, 0, 5, 0, 0, 5);

        await story.WithdrawAsync(four.Id);
        await story.WithdrawAsync(six.Id);
        await between();
        await story.BlackholesAsync("blackholes withdrawn");
        await FrrRoutesAsync(story, held: false);
        await story.StandAsync("withdrawn", four.Id, six.Id);
        await story.ArriveAsync("after the blackhole", 5, 5, 5, 5, 5, 5);
    }

    /// <summary>What FRR shows, where it is a neighbour.</summary>
    private static async Task FrrAsync(BlockingScenario story, bool flowSpec)
    {
        if (story.Speakers.Frr is { } frr)
        {
            var shown = await Peer.UntilAsync(
                "the rules at FRR", frr.FlowSpecAsync,
                answer => answer.Contains(NamespaceTopology.Command4, StringComparison.Ordinal) == flowSpec
                    && answer.Contains(NamespaceTopology.Command6, StringComparison.Ordinal) == flowSpec,
                120);
            story.Table.AppendLine(flowSpec ? $"  FRR:\n{shown}" : "  FRR: no rule left");
        }
    }

    private static async Task FrrRoutesAsync(BlockingScenario story, bool held)
    {
        if (story.Speakers.Frr is { } frr)
        {
            var shown = await Peer.UntilAsync(
                "the blackholes at FRR", () => frr.RoutesAsync(NamespaceTopology.Command4, NamespaceTopology.Command6),
                answer => answer.Split("Community: blackhole no-export").Length - 1 == (held ? 2 : 0)
                    && (held || answer.Split("Network not in table").Length - 1 == 2),
                120);
            story.Table.AppendLine($"  FRR:\n{shown.Trim()}");
        }
    }
}
