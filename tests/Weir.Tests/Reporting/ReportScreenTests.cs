// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Tests.Support;

namespace Weir.Tests.Reporting;

/// <summary>What the screen says before any figure, and of exporters' clocks.</summary>
public class ReportScreenTests
{
    private static string Screen(Report report)
    {
        using var screen = new StringWriter();
        ReportScreen.Write(
            new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(report),
            ReportScreen.ConsoleFor(screen, isTerminal: false));
        return screen.ToString();
    }

    [Theory]
    [InlineData("lab")]
    [InlineData("us-provider")]
    public void That_no_list_was_in_force_is_said_first_and_nobody_is_counted_as_infected(string profile)
    {
        var told = Screen(SampleReport.Create(profile) with { Watchlists = [] });

        var said = told.IndexOf("No list of command servers was in force", StringComparison.Ordinal);
        Assert.InRange(said, 0, told.IndexOf("flows:", StringComparison.Ordinal));
        Assert.Contains("infected not judged", told, StringComparison.Ordinal);
        Assert.DoesNotContain("not judged", Screen(SampleReport.Create(profile)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3_600, false)]
    [InlineData(34_560_000, true)]
    [InlineData(-34_560_000, true)]
    [InlineData(1_779_969_600, false)]
    public void A_clock_a_day_off_is_said_where_it_is_believed(double skew, bool isSaid) => Assert.Equal(
        isSaid, Screen(SampleReport.Create("lab") with
        {
            Exporters = [new() { Address = "192.0.2.1", Protocol = "netflow9", Flows = 1, ClockSkewSeconds = skew }],
        }).ReplaceLineEndings(" ").Contains("its datagrams arrived", StringComparison.Ordinal));
}
