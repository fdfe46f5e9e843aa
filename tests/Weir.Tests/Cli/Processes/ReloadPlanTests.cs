// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Hosting.Configuration;
using Weir.Hosting.Reloading;

namespace Weir.Tests.Cli.Processes;

public sealed class ReloadPlanTests
{
    private static readonly WeirConfiguration _before = Read("""
        matching:
          lists:
            - name: a
              path: /etc/a
        detecting:
          floors:
            out: 100
        """);

    private static WeirConfiguration Read(string text)
    {
        var reading = ConfigurationReader.Read<WeirConfiguration>(text, _ => "");
        Assert.DoesNotContain(reading.Faults, fault => !fault.Sentence.StartsWith("attributing", StringComparison.Ordinal));
        return reading.Value;
    }

    [Fact]
    public void A_configuration_does_not_differ_from_itself_read_again() =>
        Assert.Empty(ConfigurationDifference.Between(WeirConfiguration.Shipped(), WeirConfiguration.Shipped()));

    [Fact]
    public void Each_setting_is_changed_by_the_process_it_is_for_and_the_rest_waits()
    {
        var next = Read("""
            collecting:
              listen: ["127.0.0.1:2056"]
            decoding:
              active-timeout: 5m
              exporters:
                - address: 192.0.2.1
                  role: border
            matching:
              allow: [198.51.100.0/24]
              lists:
                - name: a
                  path: /etc/b
            detecting:
              details: 128
              floors:
                out: 200
                syn: 7
            """);
        string[] waits = ["collecting.listen", "decoding.active-timeout", "detecting.details"];
        Assert.Equal(
            (Joined(["matching.lists", "matching.allow"]), Joined(waits)), Compare(ProcessNames.Desk, next));
        Assert.Equal(
            (Joined(["decoding.exporters", "detecting.floors.out", "detecting.floors.syn"]), Joined(waits)),
            Compare(ProcessNames.Collector, next));
        Assert.Equal(("", Joined(waits)), Compare(ProcessNames.Store, next));

        var taken = ReloadPlan.Take(_before, next);
        Assert.Equal((200, _before.Detecting.Details), (taken.Detecting.Floors.Out, taken.Detecting.Details));
        Assert.Equal(_before.Decoding.ActiveTimeout, taken.Decoding.ActiveTimeout);
        Assert.Equal(("", Joined(waits)), (
            Joined(ReloadPlan.Compare(ProcessNames.Desk, taken, next).Changed),
            Joined(ReloadPlan.Compare(ProcessNames.Desk, taken, next).AtNextStart)));
    }

    [Fact]
    public void What_came_of_all_children_is_told_once_and_one_refusal_is_all_s()
    {
        ReloadResult One(string process, ReloadOutcome outcome, string[] changed, string[] waits, string[] reasons) =>
            new() { Process = process, Pid = 2, Outcome = outcome, Changed = changed, AtNextStart = waits, Reasons = reasons };
        var whole = ChildReload.Merge(
            new() { Process = "serve", Pid = 3 },
            [
                One("desk", ReloadOutcome.Reloaded, ["matching.lists"], ["web.listen"], []),
                One("collector", ReloadOutcome.Reloaded, [], ["web.listen"], []),
            ]);
        Assert.Equal(ReloadOutcome.Reloaded, whole.Outcome);
        Assert.Equal(["matching.lists"], whole.Changed);
        Assert.Equal(["web.listen"], whole.AtNextStart);

        var refused = ChildReload.Merge(whole, [One("store", ReloadOutcome.Refused, [], [], ["it is gone"])]);
        Assert.Equal((ReloadOutcome.Refused, "store: it is gone"), (refused.Outcome, refused.Reasons.Single()));
    }

    [Fact]
    public void A_result_is_read_as_it_was_told()
    {
        var told = new ReloadResult
        {
            Process = "desk", Pid = 7, Count = 2, Outcome = ReloadOutcome.Refused, Reasons = ["weir.yaml:3:1: no"],
        };
        Assert.Equal(told.ToJson(), ReloadResult.Parse(told.ToJson())!.ToJson());
        Assert.Null(ReloadResult.Parse("<html>"));
        Assert.Null(ReloadResult.Parse("{}"));
    }

    private static (string Changed, string Waits) Compare(string process, WeirConfiguration next)
    {
        var (changed, waits) = ReloadPlan.Compare(process, _before, next);
        return (Joined(changed), Joined(waits));
    }

    private static string Joined(IEnumerable<string> names) => string.Join(' ', names);
}
