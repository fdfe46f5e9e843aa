// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.SelfTesting.Rules;
using Weir.Collector.Detecting;
using Weir.Desk.Policy;
using Weir.Tests.Store;

namespace Weir.Tests.Cli.SelfTesting;

/// <summary>That the examples come out under what is shipped is shown through the program (SelftestTests); here, that
/// whoever spoils a threshold or a rule sees which do not.</summary>
public sealed class RulesSelfTestTests
{
    private static readonly RulesTestSettings Shipped = new() { StoreProcess = Engines.CommandLine };

    [Fact]
    public async Task A_floor_above_the_flood_raises_no_event_and_what_stands_on_it_does_not_come_out()
    {
        var played = await PlayAsync(
            Shipped with { Detecting = new DetectingOptions { Floors = new Floors { Out = 1_000_000 } } });

        Assert.Superset(new HashSet<int> { 1, 2, 4, 14, 15, 18 }, Failed(played));
        Assert.Contains("no scope for ddos-source", played[0].Seen, StringComparison.Ordinal);
        Assert.DoesNotContain(5, Failed(played));
    }

    [Fact]
    public async Task A_mail_threshold_out_of_reach_opens_no_second_scope()
    {
        var played = await PlayAsync(Shipped with { Detecting = new DetectingOptions { MailConnections = 30_000 } });

        Assert.Equal([3], Failed(played));
        Assert.Contains("no scope for spam-source", played[2].Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_smaller_k_and_base_show_what_is_to_be_held_back()
    {
        var played = await PlayAsync(
            Shipped with { Policy = PolicyProfile.UsProvider with { K = 5, BaseMinimum = 50 } });

        Assert.Superset(new HashSet<int> { 7, 10, 11 }, Failed(played));
        Assert.DoesNotContain(1, Failed(played));
    }

    private static async Task<List<RuleCheckResult>> PlayAsync(RulesTestSettings under)
    {
        var played = new List<RuleCheckResult>();
        await foreach (var check in new RulesSelfTest(under).RunAsync(CancellationToken.None))
        {
            played.Add(check);
        }

        return played;
    }

    private static HashSet<int> Failed(IEnumerable<RuleCheckResult> played) =>
        [.. played.Where(check => !check.Passed).Select(check => check.Number)];
}
