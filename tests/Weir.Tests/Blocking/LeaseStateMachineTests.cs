// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using static Weir.Contracts.Mitigation.LeaseState;

namespace Weir.Tests.Blocking;

public class LeaseStateMachineTests
{
    private static readonly HashSet<(LeaseState, LeaseState)> Allowed =
    [
        (Planned, Approved), (Planned, Withdrawn), (Planned, Expired),
        (Approved, Announced), (Approved, Withdrawn), (Approved, Expired),
        (Announced, Verified), (Announced, Approved), (Announced, Withdrawn), (Announced, Expired),
        (Verified, Announced), (Verified, Approved), (Verified, Withdrawn), (Verified, Expired),
    ];

    [Fact]
    public void Every_pair_of_states_is_allowed_or_not_as_the_table_says()
    {
        var states = Enum.GetValues<LeaseState>();
        foreach (var from in states)
        {
            foreach (var to in states)
            {
                Assert.True(LeaseStateMachine.MayGo(from, to) == Allowed.Contains((from, to)), $"{from} → {to}");
            }
        }
    }

    [Fact]
    public void What_is_over_stays_over_and_every_state_has_a_word()
    {
        var states = Enum.GetValues<LeaseState>();
        Assert.All(states.Where(LeaseStateMachine.IsOver), over =>
            Assert.DoesNotContain(states, to => LeaseStateMachine.MayGo(over, to)));
        Assert.Equal(states.Length, states.Select(LeaseStateMachine.ToName).Distinct().Count());
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => LeaseStateMachine.ToName(0));
    }
}
