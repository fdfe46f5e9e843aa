// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Wire;

public class TimeTests
{
    private const long Exported = ExportedAt * 1000L;
    private const ulong NtpSeconds = ExportedAt + 2_208_988_800UL;

    [Fact]
    public void Every_unit_of_absolute_time_is_read()
    {
        Assert.Equal((Exported - 2_000, Exported - 1_000), Times("150/4 151/4", U32(ExportedAt - 2, ExportedAt - 1)));
        Assert.Equal((Exported - 7, Exported), Times("152/8 153/8", U64((ulong)Exported - 7), U64((ulong)Exported)));
        Assert.Equal((Exported + 500, Exported + 250), Times(
            "154/8 157/8", U64((NtpSeconds << 32) | 0x8000_0000), U64((NtpSeconds << 32) | 0x4000_0000)));
        Assert.Equal((Exported - 3, Exported - 1), Times("158/4 159/4", U32(3_000, 1_000)));
    }

    [Fact]
    public void Microseconds_since_1970_in_place_of_ntp_are_recognised() =>
        Assert.Equal(
            (Exported, Exported), Times("154/8 155/8", U64((ulong)Exported * 1_000), U64((ulong)Exported * 1_000)));

    [Fact]
    public void A_duration_gives_the_missing_end() =>
        Assert.Equal((Exported - 900, Exported - 400), Times("152/8 161/4", U64((ulong)Exported - 900), U32(500)));

    [Fact]
    public void An_event_time_serves_where_no_other_is_told() =>
        Assert.Equal((Exported - 5, Exported - 5), Times("323/8", U64((ulong)Exported - 5)));

    [Fact]
    public void Uptimes_count_from_the_start_the_record_or_options_tell()
    {
        Assert.Equal((Exported - 90, Exported - 80), Times("160/8 22/4 21/4", U64((ulong)Exported - 100), U32(10, 20)));
        var options = Set(3, U16(257, 2, 1, 144, 4, 160, 8));
        var found = PayloadSequence.Decode(Ipfix(
            options, Set(257, U32(1), U64((ulong)Exported - 100)), Set(2, Template(256, "8/4 12/4 22/4 21/4")),
            Set(256, Ends(), U32(10, 20))));
        Assert.Equal((Exported - 90, Exported - 80), (found.Flows[0].StartMs, found.Flows[0].EndMs));
    }

    [Fact]
    public void Uptimes_without_a_start_keep_the_length_of_the_flow() =>
        Assert.Equal((Exported - 10, Exported), Times("22/4 21/4", U32(10, 20)));

    [Fact]
    public void A_record_that_tells_no_time_says_so_with_zero() =>
        Assert.Equal((0L, 0L), Times("2/4", U32(1)));

    private static byte[] Ends() => Join(Ip("10.0.0.1"), Ip("192.0.2.7"));

    private static (long Start, long End) Times(string fields, params byte[][] record)
    {
        var found = PayloadSequence.Decode(
            Ipfix(Set(2, Template(256, "8/4 12/4 " + fields)), Set(256, Ends(), Join(record))));
        var flow = Assert.Single(found.Flows);
        return (flow.StartMs, flow.EndMs);
    }
}
