// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Matching;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.Matching;

/// <summary>What is certain is told as it happens; what is doubtful waits for its window, as before.</summary>
public sealed class CertainContactTests
{
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Ack = 16;
    private const byte Spoken = 2 | 8 | 16;
    private const long Noon = 1_714_564_800_000;

    private static readonly CurrentWatchlist List = new(WatchlistTests.ListOf(
        WatchlistTests.FeedOf("c2", ListRole.C2, "192.0.2.1:443", "192.0.2.2:53"),
        WatchlistTests.FeedOf("scanners", ListRole.Attacker, "192.0.2.8")));

    private readonly List<Sighting> _told = [];

    private Matcher NewMatcher() =>
        new(List, (block, _) => new SubjectKey(block.Bits), exporters: null, atOnce: _told.Add);

    private static Flow Sent(
        ulong packets, byte flags, byte protocol = Protocols.Tcp, long at = Noon, string remote = "192.0.2.1",
        uint subject = 7) => new()
    {
        Subject = IpKey.FromV4(0x0A00_0000 + subject),
        Remote = IpKey.Parse(remote),
        SubjectPort = 50_000,
        RemotePort = protocol == Protocols.Udp ? (ushort)53 : (ushort)443,
        Protocol = protocol,
        StartMs = at,
        EndMs = at + 500,
        PacketsOut = packets,
        FlagsOut = flags,
        SamplingInterval = 1,
        Traits = flags == 0 ? FlowTraits.None : FlowTraits.FlagsKnown,
        Place = FlowAttribution.Attributed,
    };

    private static Flow Received(
        ulong packets, byte flags, byte protocol = Protocols.Tcp, long at = Noon, string remote = "192.0.2.1",
        uint subject = 7) => Sent(0, 0, protocol, at, remote, subject) with
    {
        PacketsIn = packets,
        FlagsIn = flags,
        Traits = flags == 0 ? FlowTraits.None : FlowTraits.FlagsKnown,
    };

    /// <summary>Every union of flags that later packets can make, both ways.</summary>
    [Fact]
    public void What_is_certain_stays_an_exchange_whatever_comes_after_it()
    {
        for (var now = 0; now < 1 << 10; now++)
        {
            var (outward, inward) = (new OneWayTraffic(3, (byte)(now & 31)), new OneWayTraffic(3, (byte)(now >> 5)));
            if (!ExchangeRule.IsCertain(Protocols.Tcp, outward, inward, flagsKnown: true))
            {
                continue;
            }

            for (var later = 0; later < 1 << 10; later++)
            {
                Assert.Equal(ContactKind.Exchange, ExchangeRule.Judge(
                    Protocols.Tcp, new(4, (byte)(outward.Flags | (later & 31))), new(4, (byte)(inward.Flags | (later >> 5))),
                    flagsKnown: true, sampled: false));
            }
        }
    }

    [Theory]
    [InlineData(2, Spoken, 2, Spoken, true)]
    [InlineData(3, Syn | Ack, 3, Syn | Ack, true)]
    [InlineData(2, Spoken, 2, Syn | Ack, false)]
    [InlineData(2, Syn | Ack, 2, Spoken, false)]
    [InlineData(9, Syn, 9, Syn | Ack, false)]
    [InlineData(9, Rst | Ack, 9, Syn | Ack, false)]
    [InlineData(9, Syn, 9, Rst | Ack, false)]
    [InlineData(9, Spoken, 1, Spoken, false)]
    [InlineData(3, 0, 3, 0, true)]
    [InlineData(2, 0, 2, 0, false)]
    public void TCP_is_certain_when_both_sent_data_or_three_packets(
        ulong sent, byte out_, ulong received, byte in_, bool certain)
    {
        NewMatcher().Match([Sent(sent, out_), Received(received, in_)]);

        Assert.Equal(certain, _told.Count == 1);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, true)]
    public void UDP_is_certain_when_it_was_answered_again(ulong sent, ulong received, bool certain)
    {
        NewMatcher().Match([
            Sent(sent, 0, Protocols.Udp, remote: "192.0.2.2"), Received(received, 0, Protocols.Udp, remote: "192.0.2.2")]);

        Assert.Equal(certain, _told.Count == 1);
    }

    [Fact]
    public void It_is_told_with_the_packet_that_makes_it_certain_and_once_while_the_pair_is_known()
    {
        var matcher = NewMatcher();
        matcher.Match([Sent(4, Spoken)]);
        Assert.Empty(_told);
        matcher.Match([Received(4, Spoken)]);
        var told = Assert.Single(_told);
        Assert.Equal((ContactKind.Exchange, "c2", 1u, Noon, Noon + 500), (
            told.Kind, told.List, told.Contacts, told.FirstMs, told.LastMs));

        for (var minute = 1; minute < 40; minute++)
        {
            matcher.Match([Sent(4, Spoken, at: Noon + (minute * 60_000)), Received(4, Spoken, at: Noon + (minute * 60_000))]);
        }

        Assert.Single(_told);
        Assert.Equal(4u, Assert.Single(matcher.Drain(long.MaxValue)).Contacts);
        matcher.Match([Sent(4, Spoken, at: Noon + 86_400_000), Received(4, Spoken, at: Noon + 86_400_000)]);
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public void What_a_list_calls_an_attacker_and_what_nobody_forwarded_is_not_told()
    {
        NewMatcher().Match([
            Sent(9, Spoken, remote: "192.0.2.8"), Received(9, Spoken, remote: "192.0.2.8"),
            Sent(9, Spoken) with { Traits = FlowTraits.FlagsKnown | FlowTraits.Dropped }, Received(9, Spoken)]);

        Assert.Empty(_told);
    }

    /// <summary>Whatever comes after, in any order, from whichever exporter: what was told is an exchange when its
    /// window closes, and the event of the window has the number of the one told at once.</summary>
    [Fact]
    public void What_was_told_at_once_is_an_exchange_in_the_end()
    {
        var all = 0;
        for (var seed = 1; seed <= 300; seed++)
        {
            _told.Clear();
            var matcher = NewMatcher();
            var flows = RandomFlows(new Random(seed));
            foreach (var flow in flows)
            {
                matcher.Match([flow]);
            }

            var decided = CncContactEvents.From(matcher.Drain(long.MaxValue)
                .Where(row => row.Kind == ContactKind.Exchange));
            all += _told.Count;
            foreach (var told in _told)
            {
                Assert.Contains(decided, e => e.Subject == told.Subject && e.FromMs <= told.FirstMs
                    && e.UntilMs >= told.LastMs && e.Number == CncContactEvents.AtOnce(told).Number);
            }
        }

        Assert.InRange(all, 100, 600);
    }

    [Fact]
    public void The_event_at_once_opens_what_the_event_of_its_window_closes()
    {
        var matcher = NewMatcher();
        matcher.Match([Sent(4, Spoken, at: Noon + 5_000), Received(4, Spoken, at: Noon + 5_000)]);
        matcher.Match([Sent(1, Syn, at: Noon + 1_000), Sent(4, Spoken, at: Noon + 90_000)]);
        var (opened, closed) = (
            CncContactEvents.AtOnce(Assert.Single(_told)),
            Assert.Single(CncContactEvents.From(matcher.Drain(long.MaxValue))));

        Assert.Equal((EventPhase.Opened, EventPhase.Closed), (opened.Phase, closed.Phase));
        Assert.Equal(opened.Number, closed.Number);
        Assert.Equal((Noon + 5_000, Noon + 5_500), (opened.FromMs, opened.UntilMs));
        Assert.Equal((Noon + 1_000, Noon + 90_500), (closed.FromMs, closed.UntilMs));
    }

    /// <summary>The doubtful window before closes with the one that was told: the row begins with it, and its event is
    /// the one that was opened all the same.</summary>
    [Fact]
    public void A_doubtful_window_before_the_edge_makes_no_other_event_of_what_was_told_behind_it()
    {
        var matcher = NewMatcher();
        foreach (var (at, packets) in ((long, ulong)[])[(Noon + 590_000, 1), (Noon + 601_000, 2), (Noon + 1_250_000, 2)])
        {
            matcher.Match([
                Sent(packets, 0, Protocols.Udp, at, remote: "192.0.2.2"),
                Received(packets, 0, Protocols.Udp, at, remote: "192.0.2.2")]);
        }

        var opened = CncContactEvents.AtOnce(Assert.Single(_told));
        Assert.Equal(Noon + 601_000, opened.FromMs);
        var row = Assert.Single(matcher.Drain(long.MaxValue));
        Assert.Equal((Noon + 590_000, 3u), (row.FirstMs, row.Contacts));
        Assert.Equal(opened.Number, Assert.Single(CncContactEvents.From([row])).Number);

        // What it lasts beyond is the next event's.
        matcher.Match([
            Sent(1, 0, Protocols.Udp, Noon + 9_000_000, remote: "192.0.2.2"),
            Received(1, 0, Protocols.Udp, Noon + 9_000_000, remote: "192.0.2.2")]);
        Assert.NotEqual(opened.Number, Assert.Single(CncContactEvents.From(matcher.Drain(long.MaxValue))).Number);
    }

    [Fact]
    public void More_packets_of_a_pair_that_was_told_allocate_nothing()
    {
        var matcher = NewMatcher();
        Flow[] flows = [Sent(4, Spoken), Received(4, Spoken)];
        matcher.Match(flows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            matcher.Match(flows);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Flow[] RandomFlows(Random random)
    {
        byte[] flags = [Syn, Syn | Ack, Spoken, Rst, Rst | Ack, Ack, Ack | 1, 0];
        return [.. Enumerable.Range(0, 40).Select(_ =>
        {
            var (flag, packets) = (flags[random.Next(flags.Length)], (ulong)random.Next(1, 4));
            var at = Noon + (random.Next(0, 12) * 60_000L);
            var subject = (uint)random.Next(1, 3);
            var flow = random.Next(2) == 0
                ? Sent(packets, flag, at: at, subject: subject)
                : Received(packets, flag, at: at, subject: subject);
            return flow with
            {
                Role = (byte)random.Next(2),
                SamplingInterval = random.Next(8) == 0 ? 10u : 1u,
                Traits = random.Next(9) == 0 ? flow.Traits | FlowTraits.Dropped : flow.Traits,
            };
        })];
    }
}
