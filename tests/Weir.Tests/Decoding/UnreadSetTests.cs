// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>Data of IPFIX that comes before its template and is never read: its records are among those that are
/// missing, whatever becomes of the run that has them waiting.</summary>
public sealed class UnreadSetTests
{
    private const ushort Port = 4_739;
    private const int Domain = 7;

    private static readonly byte[] _teach = Set(2, Template(256, "8/4 12/4 2/4"));

    [Fact]
    public void Records_that_wait_for_their_template_are_missing_until_they_are_read()
    {
        var lane = new TestLane();
        _ = lane.Decode(Port, Data(100, 5), Data(105, 3));
        Assert.Equal((0L, 5L), (Heard(lane).Lost, Heard(lane).Unread));

        Assert.Equal(8, lane.Decode(Port, IpfixOf(Domain, 108, _teach)).Count);
        Assert.Equal((8L, 0L, 0L), (Heard(lane).Flows, Heard(lane).Lost, Heard(lane).Unread));
    }

    /// <summary>Templates come seldom, a run knows none when it begins, and most are killed before they come.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Everything_sent_adds_up_over_many_runs_that_were_killed_while_data_waited(int seed)
    {
        var random = new Random(seed);
        var (sent, counted, taught) = (0u, 0L, 0);
        IReadOnlyList<SequenceState> places = [];
        for (var run = 0; run < 40; run++)
        {
            var lane = new TestLane();
            lane.Decoder.Resume(places);
            var durable = random.Next(1, 30);
            for (var i = 0; i < 30; i++)
            {
                var teaches = ++taught % 64 == 0;
                var records = random.Next(1, 9);
                var message = teaches ? IpfixOf(Domain, sent, _teach, Records(records)) : Data(sent, records);
                sent += (uint)records;
                if (i < 20 || random.Next(3) > 0)
                {
                    _ = lane.Decode(Port, message);
                }

                if (i == durable && lane.Decoder.Places().Count > 0)
                {
                    counted += Sum(lane);
                    places = lane.Decoder.Places();
                }
            }
        }

        var last = new TestLane();
        last.Decoder.Resume(places);
        _ = last.Decode(Port, IpfixOf(Domain, sent, _teach, Records(4)));
        Assert.Equal(sent + 4, counted + Sum(last));
    }

    /// <summary>Two line cards under one name: what one loses is not what the other's unread message was worth.
    /// </summary>
    [Fact]
    public void What_another_sequence_loses_is_not_what_an_unread_set_was_worth()
    {
        const uint other = 900_000_000;
        var lane = new TestLane();
        _ = lane.Decode(Port, IpfixOf(Domain, 1_000_000, _teach, Records(5)), Data(other, 5), Data(1_000_005, 5));
        _ = lane.Decode(Port, Untaught(1_000_010), Data(other + 10, 5), Data(1_000_025, 5));
        Assert.Equal((5L, 15L), (Heard(lane).Lost, Heard(lane).Unread));
    }

    [Fact]
    public void A_sequence_that_begins_anew_behind_an_unread_set_takes_nothing_from_what_is_missing()
    {
        var lane = new TestLane();
        _ = lane.Decode(Port, IpfixOf(Domain, 50_000_000, _teach, Records(5)), Untaught(50_000_005), Data(0, 5));
        Assert.Equal((0L, 0L), (Heard(lane).Lost, Heard(lane).Unread));
        _ = lane.Decode(Port, Data(10, 5));
        Assert.Equal((5L, 0L), (Heard(lane).Lost, Heard(lane).Unread));
    }

    [Fact]
    public void A_message_that_comes_late_behind_an_unread_set_gives_its_own_back()
    {
        var lane = new TestLane();
        _ = lane.Decode(Port, IpfixOf(Domain, 100, _teach, Records(5)), Data(110, 5), Untaught(115), Data(105, 5));
        Assert.Equal((0L, 0L, 1L), (Heard(lane).Lost, Heard(lane).Unread, Heard(lane).Late));
        _ = lane.Decode(Port, Data(130, 5));
        Assert.Equal((0L, 15L), (Heard(lane).Lost, Heard(lane).Unread));
    }

    [Fact]
    public void Who_counts_messages_misses_no_records_of_a_set_that_is_read_late()
    {
        var lane = new TestLane();
        _ = lane.Decode(Port, [.. Enumerable.Range(0, 40).Select(static i =>
            IpfixOf(Domain, (uint)(100 + i), i == 0 ? [_teach, Records(5)] : [Records(5)]))]);
        var before = (Heard(lane).Lost, Heard(lane).Unread);
        _ = lane.Decode(Port, Untaught(140), Data(141, 5), IpfixOf(Domain, 142, Set(2, Template(257, "8/4 12/4 2/4"))));
        Assert.Equal(((0L, 0L), 220L), (before, Heard(lane).Flows));
        Assert.Equal((0L, 0L), (Heard(lane).Lost, Heard(lane).Unread));
    }

    /// <summary>A number behind an unread set is taken as it comes: that says nothing for one sequence of all domains.
    /// </summary>
    [Fact]
    public void Domains_with_unread_sets_and_loss_are_not_taken_for_one_sequence()
    {
        const int rounds = 12;
        const uint other = 1_000_000;
        var lane = new TestLane();
        _ = lane.Decode(Port, IpfixOf(1, 0, _teach), IpfixOf(2, other, _teach));
        for (var i = 0u; i < rounds; i++)
        {
            _ = lane.Decode(
                Port, IpfixOf(1, i * 15, Records(15, 257)),
                IpfixOf(2, other + ((i + 1) * 5_000) + (i * 5), Records(5)));
        }

        Assert.Equal(("", rounds * 5_000L), (Heard(lane).Numbering, Heard(lane).Lost));
    }

    /// <summary>Cards of one router export under one address: who lacks a template is told by its domain.</summary>
    [Fact]
    public void Each_domain_tells_what_it_lacks_and_gives_back_its_own_alone()
    {
        var lane = new TestLane();
        _ = lane.Decode(Port, Data(0, 5), IpfixOf(8, 900, Records(3)), Data(5, 5), IpfixOf(8, 903, Records(2)));
        _ = lane.Decode(Port, Data(10, 1), IpfixOf(8, 905, Records(1)));
        Assert.Equal([new(Domain, 3, 10), new DomainUnread(8, 3, 5)], Heard(lane).UnreadDomains);
        Assert.Equal((6L, 15L), (Heard(lane).UnknownTemplateSets, Heard(lane).Unread));

        _ = lane.Decode(Port, IpfixOf(8, 906, _teach));
        Assert.Equal([new DomainUnread(Domain, 3, 10)], Heard(lane).UnreadDomains);
        _ = lane.Decode(Port, IpfixOf(Domain, 11, _teach));
        Assert.Empty(Heard(lane).UnreadDomains);
    }

    [Fact]
    public void Where_domains_share_a_sequence_the_records_are_of_the_domain_whose_set_was_not_read()
    {
        var lane = new TestLane();
        var number = 0u;
        _ = lane.Decode(Port, IpfixOf(1, 0, _teach), IpfixOf(2, 0, _teach));
        for (var i = 0; i < 12; i++, number += 10)
        {
            _ = lane.Decode(Port, IpfixOf(1, number, Records(5)), IpfixOf(2, number + 5, Records(5)));
        }

        Assert.Equal("its domains share one sequence", Heard(lane).Numbering);
        _ = lane.Decode(Port, IpfixOf(2, number, Records(7, 257)), IpfixOf(1, number + 7, Records(5)));
        Assert.Equal([new DomainUnread(2, 1, 7)], Heard(lane).UnreadDomains);
    }

    [Fact]
    public void Domains_beyond_what_is_listed_are_counted_together()
    {
        var lane = new TestLane();
        for (var domain = 1; domain <= 70; domain++)
        {
            _ = lane.Decode(Port, IpfixOf((uint)domain, 0, Records(1)));
        }

        var heard = Heard(lane);
        Assert.Equal((65, 6L), (heard.UnreadDomains.Count, heard.UnreadDomains[^1].Sets));
        Assert.Null(heard.UnreadDomains[^1].Domain);
        Assert.Equal(heard.UnknownTemplateSets, heard.UnreadDomains.Sum(one => one.Sets));
    }

    /// <summary>Who invents domains fills no memory, and what the first ones lack is told as before.</summary>
    [Fact]
    public void Domains_beyond_what_is_kept_apart_are_one_count_and_give_back_from_it()
    {
        var unread = new UnreadDomains(most: 2);
        for (var domain = 1u; domain <= 9; domain++)
        {
            unread.Add(domain, sets: 1, records: domain);
        }

        unread.Add(9, sets: -1, records: -9);
        Assert.Equal([new(1, 1, 1), new(2, 1, 2), new DomainUnread(null, 6, 33)], unread.List());
    }

    private static long Sum(TestLane lane) =>
        Heard(lane) is var heard ? heard.Flows + heard.Counts.NotFlows + heard.Lost + heard.Unread : 0;

    private static ExporterListing Heard(TestLane lane) => Assert.Single(lane.Decoder.List());

    private static byte[] Data(uint number, int records) => IpfixOf(Domain, number, Records(records));

    private static byte[] Untaught(uint number) => IpfixOf(Domain, number, Records(15, 257));

    private static byte[] Records(int count, int template = 256) =>
        Set(template, Join([.. Enumerable.Repeat(Join(Ip("198.51.100.10"), Ip("203.0.113.66"), U32(10)), count)]));
}
