// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Desk.Comparisons;

namespace Weir.Tests.Comparing;

public sealed class ComparedWindowTests
{
    private const long DayMs = 86_400_000;

    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch.AddDays(Epochs.DaysPerEpoch * 2_900);

    [Theory]
    [InlineData(3.1, 2, 3)]
    [InlineData(3.0, 2, 3)]
    [InlineData(2.99, 1, 2)]
    [InlineData(0.5, -1, 0)]
    public void A_providers_window_is_the_last_utc_day_that_is_over(double now, int from, int until)
    {
        var window = ComparedWindow.LatestOver(Epoch.AddDays(now), TimeSpan.FromDays(1), isSampled: false);

        Assert.Equal(Epoch.AddDays(from).ToUnixTimeMilliseconds(), window.FromMs);
        Assert.Equal(Epoch.AddDays(until).ToUnixTimeMilliseconds(), window.UntilMs);
        Assert.True(window.TwoWayOnly);
    }

    [Fact]
    public void Windows_of_one_length_never_share_a_day_and_none_touches_two_epochs()
    {
        foreach (var days in (double[])[0.1, 1, 2, 3, 4, 5, 6, 7])
        {
            var length = Math.Max(1, Math.Ceiling(days));
            HashSet<(long From, long Until)> seen = [];
            for (var hour = 0; hour < 30 * 24; hour++)
            {
                var now = Epoch.AddHours(hour);
                var window = ComparedWindow.LatestOver(now, TimeSpan.FromDays(days), isSampled: true);
                Assert.True(window.UntilMs <= now.ToUnixTimeMilliseconds());
                Assert.True(now.ToUnixTimeMilliseconds() - window.UntilMs <= 14 * DayMs);
                Assert.Equal((0, 0), (window.FromMs % DayMs, window.UntilMs % DayMs));
                Assert.InRange(window.LengthMs, (long)(length * DayMs / 2), (long)(length * DayMs));
                Assert.Equal(Epochs.At(window.FromMs), Epochs.At(window.UntilMs - 1));
                seen.Add((window.FromMs, window.UntilMs));
            }

            Assert.All(seen, one => Assert.DoesNotContain(
                seen, other => other != one && other.From < one.Until && one.From < other.Until));
        }
    }

    [Fact]
    public void The_labs_window_ends_now_and_begins_on_an_hour()
    {
        var now = Epoch.AddDays(3).AddMinutes(150);

        var window = ComparedWindow.UntilNow(now, TimeSpan.FromDays(1), isSampled: true);

        Assert.Equal(now.ToUnixTimeMilliseconds(), window.UntilMs);
        Assert.Equal(Epoch.AddDays(2).AddHours(2).ToUnixTimeMilliseconds(), window.FromMs);
        Assert.False(window.TwoWayOnly);
    }
}
