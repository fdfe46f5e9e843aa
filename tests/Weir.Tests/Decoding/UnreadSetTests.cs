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

    private static long Sum(TestLane lane) =>
        Heard(lane) is var heard ? heard.Flows + heard.Counts.NotFlows + heard.Lost + heard.Unread : 0;

    private static ExporterListing Heard(TestLane lane) => Assert.Single(lane.Decoder.List());

    private static byte[] Data(uint number, int records) => IpfixOf(Domain, number, Records(records));

    private static byte[] Records(int count) =>
        Set(256, Join([.. Enumerable.Repeat(Join(Ip("198.51.100.10"), Ip("203.0.113.66"), U32(10)), count)]));
}
