// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;

namespace Weir.Tests.Cases;

/// <summary>The tables of steps, over all pairs.</summary>
public sealed class CaseStateMachineTests
{
    [Fact]
    public void A_case_takes_these_steps_and_no_other()
    {
        // Rows from, columns to: open, assigned, snoozed, closed, erased.
        string[] table = [".asc.", "oasc.", "oasc.", "o...e", "....."];
        Assert.Equal(table, Enum.GetValues<CaseState>().Select(from => string.Concat(Enum.GetValues<CaseState>()
            .Select((to, i) => CaseStateMachine.MayGo(from, to) ? "oasce"[i] : '.'))));
    }

    [Fact]
    public void A_scope_takes_these_steps_and_no_other()
    {
        // Open, sealed, ended, erased. What ended is never in force again.
        string[] table = ["o.e.", "osex", "...x", "...."];
        Assert.Equal(table, Enum.GetValues<ScopeState>().Select(from => string.Concat(Enum.GetValues<ScopeState>()
            .Select((to, i) => CaseStateMachine.MayGo(from, to) ? "osex"[i] : '.'))));
    }
}
