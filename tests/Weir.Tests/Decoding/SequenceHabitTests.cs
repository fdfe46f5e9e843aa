// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>Exporters that number what their protocol does not: no loss is counted where there is none, and loss
/// where there is.</summary>
public class SequenceHabitTests
{
    private const int Messages = 80;
    private const int Records = 5;
    private const int Lost = 25;
    private static readonly byte[] _teach9 = Set(0, Template(256, "8/4 12/4 2/4"));
    private static readonly byte[] _teach = Set(2, Template(256, "8/4 12/4 2/4"));
    private static readonly byte[] _data =
        Set(256, Join([.. Enumerable.Repeat(Join(Ip("198.51.100.10"), Ip("203.0.113.66"), U32(10)), Records)]));

    private static ExporterListing Heard(Func<int, byte[]> message, int lost = -1)
    {
        var lane = new TestLane();
        _ = lane.Decode(2_055, [.. Enumerable.Range(0, Messages).Where(i => i != lost).Select(message)]);
        return Assert.Single(lane.Decoder.List());
    }

    private static byte[] Counted9(int i) => V9Of(7, (uint)(100 + (i * Records)), i == 0 ? [_teach9, _data] : [_data]);

    private static byte[] Numbered(int i) => IpfixOf(7, (uint)(100 + i), i == 0 ? [_teach, _data] : [_data]);

    private static byte[] Together(int i) => V9Of((uint)(i % 3), (uint)(100 + i), i < 3 ? [_teach9, _data] : [_data]);

    [Fact]
    public void NetFlow_9_that_counts_records_has_lost_nothing()
    {
        var heard = Heard(Counted9);
        Assert.Equal((0L, Messages * Records), (heard.Lost, (int)heard.Flows));
        Assert.Contains("counts records", heard.Numbering, StringComparison.Ordinal);
        Assert.Equal(Records, Heard(Counted9, Lost).Lost);
    }

    [Fact]
    public void IPFIX_that_counts_messages_has_lost_nothing_and_a_lost_message_is_told()
    {
        var heard = Heard(Numbered);
        Assert.Equal(0, heard.Lost);
        Assert.InRange(heard.Late, 0, 10);
        Assert.Equal(1, Heard(Numbered, Lost).Lost);
    }

    [Fact]
    public void Domains_that_share_one_sequence_have_lost_nothing_and_a_lost_message_is_told_once()
    {
        var heard = Heard(Together);
        Assert.Equal(0, heard.Lost);
        Assert.Contains("share one sequence", heard.Numbering, StringComparison.Ordinal);
        Assert.Equal(1, Heard(Together, Lost + 10).Lost);
    }

    /// <summary>One sequence of three domains that counts records, and nothing lost: learnt without a false loss, and
    /// over the wrap of its 32 bits.</summary>
    [Theory]
    [InlineData(100u)]
    [InlineData(uint.MaxValue - 150)]
    public void Domains_that_share_a_sequence_of_records_have_lost_nothing(uint first)
    {
        byte[] Message(int i) =>
            V9Of((uint)(i % 3), first + (uint)(i * Records), i < 3 ? [_teach9, _data] : [_data]);
        Assert.Equal(0, Heard(Message).Lost);
        foreach (var lost in Enumerable.Range(4, Messages - 5))
        {
            Assert.Equal((lost, (long)Records), (lost, Heard(Message, lost).Lost));
        }
    }

    [Fact]
    public void What_is_lost_while_the_habit_is_learnt_is_lost_once()
    {
        Assert.Equal(Records, Heard(Counted9, 4).Lost);
        Assert.Equal(1, Heard(Together, 7).Lost);
    }

    [Fact]
    public void A_message_that_comes_twice_gives_nothing_back_and_one_that_comes_late_does()
    {
        static byte[] Message(int i) => V9Of(7, (uint)i, i == 0 ? [_teach9, _data] : [_data]);
        var lane = new TestLane();
        _ = lane.Decode(2_055, [.. Enumerable.Range(0, 40).Where(static i => i is < 10 or > 12).Select(Message)]);
        _ = lane.Decode(2_055, Message(39), Message(38), Message(38));
        Assert.Equal(3, Assert.Single(lane.Decoder.List()).Lost);
        _ = lane.Decode(2_055, Message(11), Message(11));
        Assert.Equal(2, Assert.Single(lane.Decoder.List()).Lost);
        _ = lane.Decode(2_055, Message(10), Message(12), Message(12), Message(40));
        Assert.Equal(0, Assert.Single(lane.Decoder.List()).Lost);
    }

    /// <summary>Numbers begin again with a restart: what an earlier life lacks is not what this one does.</summary>
    [Fact]
    public void A_message_from_before_a_restart_gives_nothing_back_and_one_of_after_it_gives_once()
    {
        byte[] Message(int i, uint upMs) => Join(
            U16(9, i == 0 ? 2 : 1), U32(upMs, ExportedAt, (uint)i, 7), i == 0 ? Join(_teach9, _data) : _data);
        const uint before = 90_000_000;
        const uint after = 1_000;
        var lane = new TestLane();
        long LostAfter(params byte[][] messages)
        {
            _ = lane.Decode(2_055, messages);
            return Assert.Single(lane.Decoder.List()).Lost;
        }

        int[] come = [0, 1, 2, 3, 4, 6, 7];
        Assert.Equal(1, LostAfter([.. come.Select(i => Message(i, before))]));
        Assert.Equal(2, LostAfter([.. come.Select(i => Message(i, after))]));
        Assert.Equal(2, LostAfter(Message(5, before)));
        Assert.Equal(1, LostAfter(Message(5, after)));
        Assert.Equal(1, LostAfter(Message(5, after)));
    }

    /// <summary>A wide gap was another sequence's beginning. What the one before it lost is lost, and so is what the
    /// other one did, however many gaps came between.</summary>
    [Theory]
    [InlineData(0, new[] { 10, 12, 13 }, 1)]
    [InlineData(33, new[] { 10, 11, 12 }, 33)]
    [InlineData(33, new[] { 10, 12, 13 }, 34)]
    public void A_wide_gap_that_was_none_is_given_back_and_nothing_else(int holes, int[] goesOn, long lost)
    {
        static byte[] Message(int i) => V9Of(7, (uint)i, i == 0 ? [_teach9, _data] : [_data]);
        var lane = new TestLane();
        _ = lane.Decode(2_055, [.. Enumerable.Range(0, 10).Select(Message), Message(5_000)]);
        _ = lane.Decode(2_055, [.. Enumerable.Range(1, holes).Select(static i => Message(5_000 + (2 * i)))]);
        Assert.Equal(4_990 + holes, Assert.Single(lane.Decoder.List()).Lost);
        _ = lane.Decode(2_055, [.. goesOn.Select(Message)]);
        Assert.Equal(lost, Assert.Single(lane.Decoder.List()).Lost);
    }

    [Fact]
    public void A_number_that_never_changes_tells_nothing()
    {
        var heard = Heard(i => V9Of(7, 0, i == 0 ? [_teach9, _data] : [_data]));
        Assert.Equal(0, heard.Lost);
        Assert.InRange(heard.Late, 0, 10);
        Assert.Contains("never changes", heard.Numbering, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_counts_as_the_protocol_says_is_never_taken_for_another()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var (next, lane, lost) = (new uint[3], new TestLane(), 0);
            for (var i = 0; i < 200; i++)
            {
                var domain = random.Next(3);
                var message = V9Of((uint)domain, next[domain]++, i < 20 ? [_teach9, _data] : [_data]);
                if (i > 20 && i < 180 && random.Next(10) == 0)
                {
                    lost++;
                    continue;
                }

                _ = lane.Decode(2_055, message);
            }

            var heard = Assert.Single(lane.Decoder.List());
            Assert.Equal("", heard.Numbering);
            Assert.InRange(heard.Lost, lost - 3, lost);
        }
    }
}
