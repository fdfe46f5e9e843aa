// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Store.Runs;

namespace Weir.Tests.Comparing;

/// <summary>What the infections of lines are called that are in a group of peers.</summary>
public sealed class PeerReportTests
{
    [Fact]
    public void Two_nets_in_one_group_make_no_infection_that_nobody_has()
    {
        var told = Name(
            ["a", "b", "c", "d", "e", "f", "g"], ("a", "i1"), ("b", "i1"), ("c", "i1"), ("d", "i2"), ("e", "i2"),
            ("f", "i2"), ("g", "i1 i2"));

        Assert.Equal(
            [
                ("a", "i1!"), ("b", "i1!"), ("c", "i1!"), ("d", "i2!"), ("e", "i2!"), ("f", "i2!"), ("g", "i1! i2"),
            ],
            told);
    }

    [Fact]
    public void A_line_whose_own_infection_nobody_else_of_the_group_has_has_one_more()
    {
        var told = Name(["a", "b", "c"], ("a", "i1"), ("b", "i3 i1"), ("c", "i2"));

        Assert.Equal([("a", "i1!"), ("b", "i3 i1!"), ("c", "i2 p1!")], told);
    }

    [Fact]
    public void A_line_of_which_nothing_else_is_known_stands_after_the_others()
    {
        var told = Name(["a", "b", "d"], ("b", "i1"), ("c", "i1"), ("d", "i1"));

        Assert.Equal([("b", "i1!"), ("c", "i1"), ("d", "i1!"), ("a", "p1!")], told);
    }

    /// <summary>Infections by line, those of the kind with a mark.</summary>
    private static IEnumerable<(string Line, string Infections)> Name(
        string[] lines, params (string Line, string Ids)[] infections) =>
        from line in PeerReport.Name(
            [
                .. infections.Select(one => new ReportLineInfections(
                    one.Line, [.. one.Ids.Split(' ').Select(id => new ReportInfection(id, [], []))])),
            ],
            [new ReportPeerGroup("p1", lines, 9, 9, 0.001)])
        select (line.Subject, string.Join(
            ' ', line.Infections.Select(one => one.Kind == PeerReport.Kind ? $"{one.Id}!" : one.Id)));
}
