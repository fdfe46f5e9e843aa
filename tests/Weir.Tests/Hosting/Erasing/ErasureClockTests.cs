// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Erasing;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Erasing;

public sealed class ErasureClockTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-clock-").FullName;
    private readonly SteppedTime _time = new(Start);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(-11_520, false)]
    [InlineData(-1_440, false)]
    [InlineData(-10, false)]
    [InlineData(10, false)]
    [InlineData(1_440, false)]
    [InlineData(11_520, false)]
    [InlineData(-11_520, true)]
    [InlineData(-1_440, true)]
    [InlineData(-10, true)]
    [InlineData(10, true)]
    [InlineData(1_440, true)]
    [InlineData(11_520, true)]
    public void A_clock_that_is_set_moves_erasing_by_an_hour_at_most_and_is_told_beyond(int minutes, bool isRestarted)
    {
        var clock = Open();
        clock.Save();
        _time.Step = TimeSpan.FromMinutes(minutes);
        clock = isRestarted ? Open() : clock;
        _time.Advance(TimeSpan.FromHours(3));

        Assert.True(clock.Now - Start.AddHours(3) <= ErasureClock.Tolerance, $"{clock.Now:u}");
        Assert.Equal(Math.Abs(minutes) > 60, clock.Doubt.Length > 0);

        _time.Step = TimeSpan.Zero;
        Assert.Equal((Start.AddHours(3), ""), (clock.Now, clock.Doubt));
    }

    [Fact]
    public void Without_a_witness_it_is_believed_after_a_day_of_running_however_often_it_was_started()
    {
        Open().Save();
        _time.Step = TimeSpan.FromDays(8);
        for (var hour = 0; hour < 24; hour += 4)
        {
            var clock = Open();
            _ = clock.Now;
            _time.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
            Assert.Contains("timedatectl", clock.Doubt, StringComparison.Ordinal);
            clock.Save();
        }

        var last = Open();
        _ = last.Now;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(("", _time.GetUtcNow()), (last.Doubt, last.Now));
        last.Save();
        Assert.Equal("", Open().Doubt);
    }

    [Fact]
    public void A_process_that_stood_still_believes_the_clock_when_exporters_say_the_same()
    {
        Open().Save();
        _time.Step = TimeSpan.FromDays(3); // no time that this process saw
        var clock = Open();
        Assert.Equal(Start, clock.Now);

        clock.Hear(_time.GetUtcNow().AddMinutes(-40));
        Assert.Equal(("", Start.AddDays(3)), (clock.Doubt, clock.Now));
    }

    [Fact]
    public void An_exporter_that_is_ahead_or_behind_moves_nothing_while_the_clock_is_right()
    {
        var clock = Open();
        clock.Hear(Start.AddDays(-400));
        clock.Hear(Start.AddYears(5));
        Assert.Equal((Start, ""), (clock.Now, clock.Doubt));
    }

    [Fact]
    public void A_file_that_says_nothing_is_no_witness()
    {
        File.WriteAllText(Path.Combine(_folder, "clock"), "yesterday");
        var clock = Open();
        Assert.Equal(DateTimeOffset.UnixEpoch, clock.Now);
        _time.Advance(ErasureClock.Patience);
        Assert.Equal(_time.GetUtcNow(), clock.Now);
    }

    private ErasureClock Open() => ErasureClock.Open(Path.Combine(_folder, "clock"), _time);
}
