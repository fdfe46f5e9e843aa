// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Desk.Escalations;
using Weir.Desk.Reporting.Html;

namespace Weir.Tests.Escalating;

/// <summary>The table, over all steps, states and rungs.</summary>
public sealed class EscalationStateMachineTests
{
    // For each step and state one word of six places, from ground to strict: where it leads (g t r b l s), a dot
    // where it may not.
    private static readonly Dictionary<string, string> Table = new()
    {
        ["tell standing"] = "t.....", ["remind standing"] = ".r....", ["block standing"] = ".bbbls",
        ["leaky standing"] = ".lllll", ["leaky released"] = ".l....", ["leaky suspended"] = ".lllll",
        ["strict standing"] = ".ssss.", ["strict released"] = ".s....", ["strict suspended"] = ".sssss",
        ["release standing"] = "...ttt", ["release checking"] = "...ttt", ["release suspended"] = "...ttt",
        ["check standing"] = "gtrbls",
        ["check released"] = ".t....",
        ["check checking"] = "gtrbls",
        ["check suspended"] = "gtrbbb",
        ["prove checking"] = "gtrbls",
        ["relapse checking"] = "gtrbls",
        ["relapse clean"] = "gtrbbb",
        ["appeal standing"] = "...bls",
        ["appeal checking"] = "...bls",
        ["suspend standing"] = "...bls",
        ["suspend checking"] = "...bls",
        ["uphold standing"] = "...bls",
        ["uphold checking"] = "...bls",
        ["uphold suspended"] = "gtrbbb",
        ["end standing"] = "gtrbls",
        ["end released"] = "gtrbls",
        ["end checking"] = "gtrbls",
        ["end suspended"] = "gtrbls",
        ["end clean"] = "gtrbls",
    };

    [Fact]
    public void A_ladder_takes_these_steps_and_no_other()
    {
        foreach (var (step, state) in from step in Enum.GetValues<EscalationStep>()
                                      from state in Enum.GetValues<EscalationState>()
                                      select (step, state))
        {
            var name = $"{EscalationStateMachine.ToName(step)} {EscalationStateMachine.ToName(state)}";
            var row = string.Concat(Enum.GetValues<EscalationLevel>().Select(rung =>
                EscalationStateMachine.Find(step, rung, state) is { } found ? "gtrbls"[(int)(found.To ?? rung)] : '.'));
            Assert.Equal($"{name} {Table.GetValueOrDefault(name, "......")}", $"{name} {row}");
        }
    }

    [Fact]
    public void Where_a_step_leads_is_one_row_alone()
    {
        foreach (var (step, state, rung) in from step in Enum.GetValues<EscalationStep>()
                                            from state in Enum.GetValues<EscalationState>()
                                            from rung in Enum.GetValues<EscalationLevel>()
                                            select (step, state, rung))
        {
            Assert.InRange(EscalationStateMachine.Table.Count(r => r.Step == step
                && r.From == state && r.Min <= rung && rung <= r.Max), 0, 1);
        }
    }

    [Fact]
    public void No_garden_is_entered_by_leave_of_the_rules_and_the_strict_one_by_two_people_alone()
    {
        foreach (var (row, rung) in from row in EscalationStateMachine.Table
                                    from rung in Enum.GetValues<EscalationLevel>()
                                    where row.Min <= rung && rung <= row.Max
                                    select (row, rung))
        {
            var (before, after) = (GardenAt(row.From, rung), GardenAt(row.Next, row.To ?? rung));
            if (after != WalledGarden.None && after != before)
            {
                Assert.Equal(after == WalledGarden.Strict ? ApprovalKind.TwoPeople : ApprovalKind.OnePerson, row.Leave);
            }
        }
    }

    private static WalledGarden GardenAt(EscalationState state, EscalationLevel rung) =>
        new Escalation { Case = default, Since = default, ClearAt = default, State = state, Rung = rung }.Wanted;
}
