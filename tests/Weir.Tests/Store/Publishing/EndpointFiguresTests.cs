// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Store.Publishing;

namespace Weir.Tests.Store.Publishing;

/// <summary>Each contact stands in one figure, and an endpoint has seven a quarter.</summary>
public sealed class EndpointFiguresTests : IDisposable
{
    private const string Server = "192.0.2.7:443/tcp";
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-figures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_figure_may_be_asked_for_again_and_no_other_of_the_same_contacts()
    {
        var figures = Open();
        Assert.Equal(FigureLeave.Given, figures.Take(Server, Day(10), "comparison"));

        figures = Open();
        Assert.Equal(FigureLeave.Given, figures.Take(Server, Day(10), "comparison"));
        Assert.Equal(FigureLeave.ToldElsewhere, figures.Take(Server, Day(10), "endpoint-contacts"));
        Assert.Equal(FigureLeave.ToldElsewhere, figures.Take("192.0.2.7", Day(10), "comparison"));
        Assert.Equal(FigureLeave.ToldElsewhere, figures.Take("192.0.2.0/24", Day(10), "comparison"));
        Assert.Equal(FigureLeave.ToldElsewhere, figures.Take(Server, new(8, 12), "comparison"));
        Assert.Equal(FigureLeave.Given, figures.Take("192.0.2.7:444/tcp", Day(10), "comparison"));
        Assert.Equal(FigureLeave.Given, figures.Take("192.0.2.7", Day(11), "comparison"));
        Assert.Equal(FigureLeave.ToldElsewhere, figures.Take(Server, Day(11), "endpoint-contacts"));
        Assert.Equal(FigureLeave.Given, figures.Take("192.0.3.0/24", Day(10), "comparison"));
    }

    [Fact]
    public void An_endpoint_has_seven_figures_a_quarter_whatever_tells_them()
    {
        var figures = Open();
        var first = QuarterDay;
        foreach (var day in Enumerable.Range(0, 7))
        {
            Assert.Equal(FigureLeave.Given, figures.Take(
                Server, Day(first + (uint)day), day % 2 == 0 ? "comparison" : "endpoint-contacts"));
        }

        Assert.Equal(FigureLeave.Spent, Open().Take(Server, Day(first + 7), "comparison"));
        Assert.Equal(FigureLeave.Given, Open().Take(Server, Day(first + 3), "endpoint-contacts"));
        Assert.Equal(FigureLeave.Given, Open().Take("192.0.2.8:443/tcp", Day(first + 7), "comparison"));
        Assert.Equal(FigureLeave.Given, Open().Take(Server, Day(first + 92), "comparison"));
        Assert.Equal(FigureLeave.Spent, Open().Take(Server, Day(first + 8), "comparison"));
    }

    [Fact]
    public void Who_asks_about_an_endpoint_leaves_the_comparison_its_figures()
    {
        foreach (var day in Enumerable.Range(0, 3))
        {
            Assert.Equal(FigureLeave.Given, Open().Take(Server, Day(QuarterDay + (uint)day), "endpoint-contacts"));
        }

        Assert.Equal(FigureLeave.Spent, Open().Take(Server, Day(QuarterDay + 3), "endpoint-contacts"));
        Assert.Equal(FigureLeave.Given, Open().Take(Server, Day(QuarterDay + 3), "comparison"));
    }

    [Fact]
    public void Of_many_the_first_are_given_and_what_lies_around_them_is_not()
    {
        var given = Open().TakeAll([Server, "192.0.2.9:80/tcp", "192.0.2.7", "198.51.100.7", "192.0.2.0/24"], Day(10), "comparison");

        Assert.Equal([Server, "192.0.2.9:80/tcp", "198.51.100.7"], given.Order(StringComparer.Ordinal));
        Assert.Equal(
            [Server, "198.51.100.7", "[2001:db8::7]:443/tcp"],
            FigureNames.Disjoint(["[2001:db8::7]:443/tcp", "2001:db8::/48", Server, "192.0.2.7", "198.51.100.7"])
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_damaged_ledger_is_named_and_not_begun_anew()
    {
        _ = Open().Take(Server, Day(10), "comparison");
        File.WriteAllText(Path.Combine(_folder, "figures.json"), """{"192.0.2.7:443/tcp":[{"Days":"tuesday","By":"x"}]}""");

        Assert.Contains(
            "figures.json is damaged", Assert.Throws<InvalidDataException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-22", true)]
    [InlineData("2026-11-22..2026-11-24", true)]
    [InlineData("2026-11-24..2026-11-22", false)]
    [InlineData("2026-11-22T14", false)]
    [InlineData("", false)]
    public void Windows_of_days_are_written_and_read(string text, bool isOne)
    {
        Assert.Equal(isOne, PublishedDays.TryParse(text, out var days));
        Assert.True(!isOne || days.ToString() == text);
    }

    /// <summary>The first of October 2026.</summary>
    private static uint QuarterDay =>
        (uint)(new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).TotalDays;

    private static PublishedDays Day(uint day) => new(day, day + 1);

    private EndpointFigures Open() => new(new PublishingOptions
    {
        FiguresFile = Path.Combine(_folder, "figures.json"),
        ComparisonsFolder = Path.Combine(_folder, "comparisons"),
    });
}
