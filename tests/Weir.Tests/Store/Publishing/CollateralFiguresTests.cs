// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Store.ClickHouse;
using Weir.Store.Publishing;
using Weir.Tests.Support;

namespace Weir.Tests.Store.Publishing;

public sealed class CollateralFiguresTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-collateral-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_target_has_one_figure_a_day_after_a_restart_and_whatever_is_counted_meanwhile()
    {
        var first = Shown("203.0.113.9/32 0 ", 40);

        Assert.Equal(first, Shown("203.0.113.9/32 0 ", 41));
        Assert.InRange(first.NonCaseSubjects, 10, 70);
        _time.Advance(TimeSpan.FromDays(1));
        var figures = Enumerable.Range(0, 40).Select(day =>
        {
            _time.Advance(TimeSpan.FromDays(1));
            return Shown("203.0.113.9/32 0 ", 40).NonCaseSubjects;
        }).ToHashSet();
        Assert.True(figures.Count > 2, "a count stands as it is");
    }

    /// <summary>The rail is the exact count's, whatever is shown: five may be hit, and six not.</summary>
    [Fact]
    public void What_is_shown_lies_on_the_side_of_the_bound_where_the_exact_count_does()
    {
        foreach (var target in Enumerable.Range(0, 200))
        {
            Assert.True(Shown($"a {target}", 5, $"{target}").NonCaseSubjects <= 5);
            Assert.True(Shown($"b {target}", 6, $"{target}").NonCaseSubjects > 5);
        }
    }

    /// <summary>A rule's rate, action and spelling are no other question.</summary>
    [Theory]
    [InlineData("flowspec 203.0.113.9/32 tcp 443 discard", "flowspec  203.0.113.9/32 tcp 443 rate=1 ")]
    [InlineData("flowspec 203.0.113.9/32 tcp 443,80 discard", "flowspec 203.0.113.9/32 tcp 80,443 discard")]
    public void What_counts_the_same_lines_is_one_figure(string one, string other)
    {
        Assert.True(MitigationTarget.TryParse(one, out var first, out var fault), fault);
        Assert.True(MitigationTarget.TryParse(other, out var second, out fault), fault);

        Assert.Equal(CollateralCounts.Counted(first!), CollateralCounts.Counted(second!));
    }

    /// <summary>Each figure is another draw for whoever met something there: a network has so many a day.</summary>
    [Fact]
    public void A_network_has_so_many_figures_a_day_and_keeps_them()
    {
        for (var port = 1; port <= CollateralFigures.PerNetwork; port++)
        {
            Assert.NotNull(Show($"203.0.113.9/32 6 {port}", 40));
        }

        Assert.Null(Show("203.0.113.9/32 6 99", 40));
        Assert.NotNull(Show("203.0.113.9/32 6 1", 40));
        Assert.NotNull(Show("198.51.100.9/32 6 99", 40, "198.51.100.0/24"));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(Show("203.0.113.9/32 6 99", 40));
    }

    private Collateral Shown(string counted, int hit, string network = "203.0.113.0/24") =>
        Assert.NotNull(Show(counted, hit, network));

    private Collateral? Show(string counted, int hit, string network = "203.0.113.0/24") =>
        Open().Show(counted, network, new(hit, 1_500, DateTimeOffset.UnixEpoch));

    private CollateralFigures Open() => new(
        new PublishingOptions
        {
            FiguresFile = Path.Combine(_folder, "figures.json"),
            ComparisonsFolder = Path.Combine(_folder, "comparisons"),
        }, _time);
}
