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

    /// <summary>rules.md R27: clocks that step back extend nothing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_clock_that_steps_back_extends_nothing_and_one_that_is_ahead_ends_nothing_by_itself(bool isRestarted)
    {
        var clock = Open();
        _time.Advance(TimeSpan.FromHours(10));
        Assert.Equal(Start.AddHours(10), clock.Latest);
        clock.Save();

        _time.Step = TimeSpan.FromDays(-30);
        clock = isRestarted ? Open() : clock;
        Assert.Equal(Start.AddHours(10), clock.Latest);
        Assert.Equal(Start.AddHours(10), clock.Settled);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Start.AddHours(11), clock.Latest);

        _time.Step = TimeSpan.FromDays(30);
        clock = isRestarted ? Open() : clock;
        Assert.Equal(Start.AddHours(11).AddDays(30), clock.Latest);
        Assert.True(clock.Settled <= Start.AddHours(11), $"{clock.Settled:u}");
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

    /// <summary>A time server that was a year ahead for a moment, for routers too.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_time_that_clock_and_exporters_took_back_is_given_up_after_a_day_of_running(bool isRestarted)
    {
        var clock = Open();
        _time.Step = TimeSpan.FromDays(365);
        clock.Hear(_time.GetUtcNow());
        Assert.Equal(Start.AddDays(365), clock.Settled);

        _time.Step = TimeSpan.Zero;
        clock.Hear(Start);
        for (var hour = 0; hour < 23; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            clock.Hear(_time.GetUtcNow().AddMinutes(-20));
            Assert.Equal(Start.AddDays(365).AddHours(hour + 1), clock.Settled);
        }

        Assert.Contains("exporters say the same as the clock: it is believed in 1 h", clock.Doubt);
        clock.Save();
        clock = isRestarted ? Open() : clock;
        Assert.NotEqual("", clock.Doubt);
        clock.Hear(_time.GetUtcNow());
        _time.Advance(TimeSpan.FromHours(1));

        var now = Start.AddHours(24);
        Assert.Equal(("", now, now, now), (clock.Doubt, clock.Now, clock.Settled, clock.Latest));
        clock.Save();
        Assert.Equal(now, Open().Settled);
    }

    [Fact]
    public void A_clock_that_stepped_back_alone_is_not_believed_however_long_it_runs()
    {
        var clock = Open();
        _time.Step = TimeSpan.FromDays(-30);
        for (var hour = 1; hour <= 72; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            clock.Hear(Start.AddHours(hour));
        }

        Assert.Equal((Start.AddHours(72), Start.AddHours(72)), (clock.Settled, clock.Latest));
        Assert.NotEqual("", clock.Doubt);
    }

    [Theory]
    [InlineData(" 0", true)]
    [InlineData(" 0 0", true)]
    [InlineData("", false)]
    [InlineData(" 0 0 0", false)]
    [InlineData(" 0 86401", false)]
    [InlineData(" 0 -1", false)]
    public void A_file_is_read_whole_or_not_at_all(string rest, bool isRead)
    {
        File.WriteAllText(Path.Combine(_folder, "clock"), $"{Start.ToUnixTimeSeconds()}{rest}\n");
        Assert.Equal(isRead ? Start : DateTimeOffset.UnixEpoch, Open().Now);
    }

    [Theory]
    [InlineData("no time")]
    [InlineData("0 0 0")]
    public void A_file_that_says_no_time_is_named_with_what_to_do(string text)
    {
        var path = Path.Combine(_folder, "clock");
        File.WriteAllText(path, text);
        Assert.StartsWith($"{path} holds no time that can be read", Open().Doubt, StringComparison.Ordinal);

        // What is written down of it says no more.
        var clock = Open();
        _time.Advance(TimeSpan.FromHours(1));
        clock.Save();
        Assert.Contains("move the file away", Open().Doubt, StringComparison.Ordinal);
        Assert.DoesNotContain("1970", Open().Doubt, StringComparison.Ordinal);
    }

    private ErasureClock Open() => ErasureClock.Open(Path.Combine(_folder, "clock"), _time);
}
