// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using FsCheck.Xunit;
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Tests.Files;

public sealed class TextTests
{
    private static readonly TimeReading Utc = new(0, false);

    [Theory]
    [InlineData("1545403816.962094", "2018-12-21T14:50:16.962Z")]
    [InlineData("1545403816", "2018-12-21T14:50:16Z")]
    [InlineData("1545403816962", "2018-12-21T14:50:16.962Z")]
    [InlineData("1545403816962094", "2018-12-21T14:50:16.962Z")]
    [InlineData("2017-07-07 13:39:36.267908", "2017-07-07T13:39:36.267Z")]
    [InlineData("2019/04/04 16:23:00.325010", "2019-04-04T16:23:00.325Z")]
    [InlineData("2026-12-22 19:01:38", "2026-12-22T19:01:38Z")]
    [InlineData("2020-02-29T23:59:59.5Z", "2020-02-29T23:59:59.5Z")]
    [InlineData("2020-02-29T23:59:59+02:00", "2020-02-29T21:59:59Z")]
    [InlineData("2020-02-29T23:59:59-0130", "2020-03-01T01:29:59Z")]
    [InlineData("7/7/2017 3:30", "2017-07-07T03:30:00Z")]
    [InlineData("03/07/2017 09:00:01", "2017-07-03T09:00:01Z")]
    [InlineData("7/7/2017 3:30:12 PM", "2017-07-07T15:30:12Z")]
    [InlineData("31/12/2017 12:05 AM", "2017-12-31T00:05:00Z")]
    public void Times_are_read_as_tools_write_them(string text, string expected)
    {
        Assert.True(TextTime.TryParse(Encoding.ASCII.GetBytes(text), Utc, out var ms));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), ms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("yesterday")]
    [InlineData("2017-13-07 13:39:36")]
    [InlineData("2017-02-29 13:39:36")]
    [InlineData("2017-07-07 24:00:00")]
    [InlineData("2017-07-07 13:39:36x")]
    [InlineData("32/07/2017 3:30")]
    [InlineData("7/7/2017 13:30 PM")]
    [InlineData("7/7/2017 3:3")]
    [InlineData("-5")]
    [InlineData("99999999999999999999")]
    public void What_is_no_time_is_refused(string text) =>
        Assert.False(TextTime.TryParse(Encoding.ASCII.GetBytes(text), Utc, out _));

    [Theory]
    [InlineData("7/7/2017 3:30", 15)]
    [InlineData("7/7/2017 7:59", 19)]
    [InlineData("7/7/2017 8:30", 8)]
    [InlineData("7/7/2017 12:30", 12)]
    [InlineData("7/7/2017 3:30 AM", 3)]
    public void The_working_day_has_no_small_hours_unless_the_column_says_so(string text, int hour)
    {
        Assert.True(TextTime.TryParse(Encoding.ASCII.GetBytes(text), new(0, true), out var ms));
        Assert.Equal(hour, DateTimeOffset.FromUnixTimeMilliseconds(ms).Hour);
    }

    [Fact]
    public void An_offset_is_taken_from_local_times_and_not_from_those_with_a_zone()
    {
        var reading = new TimeReading(3_600_000, false);
        Assert.True(TextTime.TryParse("2020-01-01 01:00:00"u8, reading, out var local)
            & TextTime.TryParse("2020-01-01T01:00:00Z"u8, reading, out var zoned));
        Assert.Equal(3_600_000, zoned - local);
    }

    [Property(MaxTest = 1000, Replay = "1729,1")]
    public void Every_day_agrees_with_the_calendar(uint seconds)
    {
        var text = DateTimeOffset.FromUnixTimeSeconds(seconds)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.True(TextTime.TryParse(Encoding.ASCII.GetBytes(text), Utc, out var ms));
        Assert.Equal(seconds * 1_000L, ms);
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2001:db8::")]
    [InlineData("fe80::74:a6ed:d0dd:53e7")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1::8")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("1:2:3:4:5:6:192.0.2.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    public void Addresses_read_as_the_shared_type_reads_them(string text)
    {
        Assert.True(TextAddress.TryParse(Encoding.ASCII.GetBytes(text), out var key));
        Assert.Equal(IpKey.Parse(text), key);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1:2")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData("12345::")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1:2:3:4:5:6:7:192.0.2.1")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.256")]
    [InlineData("192.0.2.01")]
    [InlineData("192.0.2.1.")]
    [InlineData("192..2.1")]
    [InlineData("00:00:00:00:00:00")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.False(TextAddress.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Property(MaxTest = 2000, Replay = "1729,1")]
    public void Every_written_address_reads_back(ulong upper, ulong lower, bool v4, byte zeros)
    {
        var shift = zeros % 64;
        var key = v4 ? IpKey.FromV4((uint)lower) : new IpKey(new UInt128(upper >> shift << shift, lower >> shift));
        Assert.True(TextAddress.TryParse(Encoding.ASCII.GetBytes(key.ToString()), out var read), key.ToString());
        Assert.Equal(key, read);
    }

    [Property(MaxTest = 2000, Replay = "1729,1")]
    public void Mutated_addresses_are_judged_as_the_shared_type_judges_them(uint seed)
    {
        var random = new Random((int)(seed & int.MaxValue));
        var text = new StringBuilder(random.Next(2) == 0 ? "2001:db8:0:1::52:9" : "203.0.113.57");
        for (var i = 0; i < 2; i++)
        {
            text[random.Next(text.Length)] = "0123456789abcdef:."[random.Next(18)];
        }

        var asText = text.ToString();
        var mine = TextAddress.TryParse(Encoding.ASCII.GetBytes(asText), out var key);
        Assert.True(mine == IpKey.TryParse(asText, out var theirs) && (!mine || key == theirs), asText);
    }

    [Theory]
    [InlineData("0.102784", 102)]
    [InlineData("3", 3000)]
    [InlineData("-0.5", -500)]
    [InlineData("9.5e-07", 0)]
    [InlineData("1.25e1", 12500)]
    public void Seconds_become_milliseconds(string text, long expected)
    {
        Assert.True(TextNumber.TryThousands(Encoding.ASCII.GetBytes(text), out var ms));
        Assert.Equal(expected, ms);
    }

    [Property(MaxTest = 2000, Replay = "1729,1")]
    public void Random_text_never_throws(byte[] text)
    {
        _ = TextTime.TryParse(text, Utc, out _);
        _ = TextAddress.TryParse(text, out _);
        _ = TextNumber.TryThousands(text, out _);
        _ = FlagText.TryOne(text, out _);
        _ = FlagText.Argus(text);
        _ = FlagText.ZeekHistory(text);
        _ = FlagText.ZeekState(text);
    }
}
