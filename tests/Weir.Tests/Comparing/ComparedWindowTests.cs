// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Desk.Comparisons;

namespace Weir.Tests.Comparing;

public sealed class ComparedWindowTests
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch.AddDays(Epochs.DaysPerEpoch * 2_900);

    [Fact]
    public void It_ends_now_and_begins_on_an_hour()
    {
        var now = Epoch.AddDays(3).AddMinutes(150);

        var window = ComparedWindow.Of(now, TimeSpan.FromDays(1), hasEpochs: true, isSampled: false);

        Assert.Equal(now.ToUnixTimeMilliseconds(), window.UntilMs);
        Assert.Equal(Epoch.AddDays(2).AddHours(2).ToUnixTimeMilliseconds(), window.FromMs);
        Assert.True(window.TwoWayOnly);
    }

    [Theory]
    [InlineData(13, 13)]
    [InlineData(12, 12)]
    public void It_does_not_reach_into_the_epoch_before(int hours, int kept)
    {
        var window = ComparedWindow.Of(Epoch.AddHours(hours), TimeSpan.FromDays(1), hasEpochs: true, isSampled: false);

        Assert.Equal(Epoch.ToUnixTimeMilliseconds(), window.FromMs);
        Assert.Equal(kept * 3_600_000L, window.LengthMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2.5)]
    [InlineData(11.9)]
    public void Early_in_an_epoch_the_last_window_of_the_one_before_is_compared(double hours)
    {
        var window = ComparedWindow.Of(Epoch.AddHours(hours), TimeSpan.FromDays(1), hasEpochs: true, isSampled: false);

        Assert.Equal(Epoch.ToUnixTimeMilliseconds(), window.UntilMs);
        Assert.Equal(Epoch.AddDays(-1).ToUnixTimeMilliseconds(), window.FromMs);
    }

    [Fact]
    public void No_window_of_any_length_touches_two_epochs()
    {
        for (var minute = 0; minute < 20 * 24 * 60; minute += 37)
        {
            foreach (var days in (int[])[1, 3, 7])
            {
                var window = ComparedWindow.Of(
                    Epoch.AddMinutes(minute), TimeSpan.FromDays(days), hasEpochs: true, isSampled: false);

                Assert.True(window.LengthMs >= days * 43_200_000L, $"{days} days at minute {minute}");
                Assert.Equal(Of(window.FromMs), Of(window.UntilMs - 1));
            }
        }

        static uint Of(long ms) => Epochs.OfDay((uint)(ms / 86_400_000));
    }

    [Fact]
    public void Where_nobody_has_a_pseudonym_there_is_no_such_bound_and_under_sampling_one_direction_is_enough()
    {
        var window = ComparedWindow.Of(Epoch.AddHours(1), TimeSpan.FromDays(2), hasEpochs: false, isSampled: true);

        Assert.Equal(Epoch.AddHours(-47).ToUnixTimeMilliseconds(), window.FromMs);
        Assert.False(window.TwoWayOnly);
    }
}
