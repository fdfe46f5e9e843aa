// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Desk.Console.Now;
using Weir.Hosting.Html;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>The first page: what it counts is what its links open, and it is drawn once for all who look.</summary>
public sealed partial class ConsoleNowTests
{
    [Fact]
    public async Task A_count_of_floods_opens_the_floods_that_it_counts()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        await console.Cases.HandleAsync(
            Flood(1, 1),
            Event(2, 2, RuleId.FloodIn, Class(Direction.In, Udp, [53], "203.0.113.7")),
            Event(3, 3, RuleId.SynFloodOut, Class(Direction.Out, Tcp, [443], "203.0.113.8")),
            Event(4, 4, RuleId.Scan, Class(Direction.Out, Tcp, [23])));
        var browser = await console.SignInAsync("ana");
        var now = await browser.GetAsync("/");

        var link = FloodLink().Match(now.Text);
        Assert.Equal("3", link.Groups["n"].Value);
        var cases = await browser.GetAsync(link.Groups["to"].Value);
        Assert.Equal(3, Regex.Count(cases.Text, "<tr data-row>"));
        Assert.DoesNotContain("class=\"note amber\"", cases.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_is_drawn_once_in_each_language()
    {
        var drawings = new NowDrawings();
        Markup Draw() => Markup.Format($"drawn {drawings.Drawn}");

        var first = drawings.Get([1, 2], "en", isWall: false, Draw);
        Assert.Equal(first, drawings.Get([1, 2], "en", isWall: false, Draw));
        Assert.NotEqual(first, drawings.Get([1, 3], "en", isWall: false, Draw));
        Assert.NotEqual(first, drawings.Get([1, 2], "de", isWall: false, Draw));
        Assert.NotEqual(first, drawings.Get([1, 2], "en", isWall: true, Draw));
        Assert.Equal(4, drawings.Drawn);
    }

    [GeneratedRegex("""href="(?<to>/cases\?rule=[^"]*flood[^"]*)">(?<n>\d+)[^<]*flood""")]
    private static partial Regex FloodLink();
}
