// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
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
        var first = Open().Show("blackhole 203.0.113.9/32", Of(40));

        Assert.Equal(first, Open().Show("blackhole 203.0.113.9/32", Of(41)));
        Assert.InRange(first.NonCaseSubjects, 10, 70);
        _time.Advance(TimeSpan.FromDays(1));
        var figures = Enumerable.Range(0, 40).Select(day =>
        {
            _time.Advance(TimeSpan.FromDays(1));
            return Open().Show("blackhole 203.0.113.9/32", Of(40)).NonCaseSubjects;
        }).ToHashSet();
        Assert.True(figures.Count > 2, "a count stands as it is");
    }

    /// <summary>The rail is the exact count's, whatever is shown: five may be hit, and six not.</summary>
    [Fact]
    public void What_is_shown_lies_on_the_side_of_the_bound_where_the_exact_count_does()
    {
        foreach (var target in Enumerable.Range(0, 200))
        {
            Assert.True(Open().Show($"a {target}", Of(5)).NonCaseSubjects <= 5);
            Assert.True(Open().Show($"b {target}", Of(6)).NonCaseSubjects > 5);
        }
    }

    private static Collateral Of(int hit) => new(hit, 1_500, DateTimeOffset.UnixEpoch);

    private CollateralFigures Open() => new(
        new PublishingOptions
        {
            FiguresFile = Path.Combine(_folder, "figures.json"),
            ComparisonsFolder = Path.Combine(_folder, "comparisons"),
        }, _time);
}
