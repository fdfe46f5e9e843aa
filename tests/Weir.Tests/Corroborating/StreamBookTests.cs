// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Collector.Corroborating;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Tests.Corroborating;

/// <summary>What a datagram is worth as grounds, by the stream it continues (rules.md R21, attacks 10 and 49).</summary>
public sealed class StreamBookTests
{
    private const long Start = 1_767_571_200_000;
    private const long Minute = 60_000;
    private const long Earned = 10 * Minute;
    private const ushort Port = 2_055;

    /// <summary>Begins close to the end of the numbers, wraps, loses, overtakes: it keeps its standing.</summary>
    [Fact]
    public void A_stream_is_corroborated_after_ten_minutes_whatever_the_way_does_to_it() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var book = Book();
            var sender = new Sender(ExportProtocol.Ipfix, uint.MaxValue - (uint)random.Next(20_000));
            var sent = Enumerable.Range(0, 1_500).Select(i => sender.Next(Start + (i * 500L), 1 + random.Next(30))).ToList();
            for (var i = 1; i < sent.Count - 1; i++)
            {
                if (random.Next(12) == 0)
                {
                    (sent[i], sent[i + 1]) = (sent[i + 1] with { AtMs = sent[i].AtMs }, sent[i] with { AtMs = sent[i + 1].AtMs });
                }
            }

            var heard = sent.Where((_, i) => i < 5 || random.Next(15) > 0).ToList();
            var worth = heard.Select(one => (one.AtMs, Standing: Take(book, one))).ToList();
            Assert.Equal(FlowStanding.Stray, worth[0].Standing);
            Assert.All(worth.Skip(1), one => Assert.Equal(
                one.AtMs - Start < Earned ? FlowStanding.Doubtful : FlowStanding.Corroborated, one.Standing));
            Assert.Equal(1, book.FiguresAt(heard[^1].AtMs).Standing);
            Assert.Equal(0, book.FiguresAt(heard[^1].AtMs).ContestedMs);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Trait("Attack", "10")]
    [Fact]
    public void A_stranger_without_the_number_gives_no_grounds_and_takes_no_standing() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var book = Book();
            var sender = new Sender(ExportProtocol.NetFlow9, (uint)random.Next());
            var at = Established(book, sender);
            for (var i = 0; i < 200; i++)
            {
                // Far from where the stream stands, and by another start of the exporter.
                var forged = random.Next(2) == 0
                    ? sender.Peek(at) with { Number = sender.Number + 100_000 + (uint)random.Next(1 << 30) }
                    : sender.Peek(at) with { BootMs = sender.BootMs + 3_600_000 + (uint)random.Next(1 << 30) };
                Assert.True(Take(book, forged with { Digest = (ulong)random.NextInt64() })
                    is FlowStanding.Stray or FlowStanding.Doubtful);
                at += 200;
                Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Next(at, 1)));
            }

            Assert.Equal(0, book.FiguresAt(at).ContestedMs);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void A_wide_gap_is_loss_once_the_numbers_before_it_stay_silent()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.NetFlow9, 7);
        var at = Established(book, sender, everyMs: 100) + 30_000;
        sender.Skip(10 * 30);

        var worth = Enumerable.Range(0, 30).Select(i => Take(book, sender.Next(at + (i * 100), 1))).ToList();
        Assert.Equal(FlowStanding.Stray, worth[0]);
        Assert.Equal(FlowStanding.Doubtful, worth[1]);
        Assert.Equal(FlowStanding.Corroborated, worth[^1]);
        Assert.Equal(FlowStanding.Stray, Take(book, sender.Peek(at + 4_000) with { Number = sender.Number + 5_000 }));
        Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Next(at + 4_000, 1)));
    }

    /// <summary>Two messages ten minutes apart, or many with a pause between them, are no ten minutes of going on.</summary>
    [Fact]
    public void Standing_takes_going_on_all_the_time()
    {
        var book = Book();
        var seldom = new Sender(ExportProtocol.NetFlow9, 1);
        _ = Take(book, seldom.Next(Start, 1));
        _ = Take(book, seldom.Next(Start + 1_000, 1));
        Assert.Equal(FlowStanding.Doubtful, Take(book, seldom.Next(Start + Earned + 1_000, 1)));

        var few = new Sender(ExportProtocol.NetFlow9, 90_000) { Port = 7 };
        for (var i = 0; i < ExportStream.Enough; i++)
        {
            Assert.NotEqual(FlowStanding.Corroborated, Take(book, few.Next(Start + (i * 45_000), 1)));
        }

        Assert.Equal(FlowStanding.Corroborated, Take(book, few.Next(Start + (ExportStream.Enough * 45_000), 1)));
    }

    /// <summary>Whoever sends perfect streams of a domain or a port that he invents has nothing of it while the true one is
    /// heard; the configuration may name it, and another boot of the exporter needs no name.</summary>
    [Theory]
    [InlineData(1, 40_000)]
    [InlineData(77, 2_055)]
    public void A_further_stream_beside_an_established_one_stays_doubtful_until_it_is_named(int domain, int port)
    {
        foreach (var isNamed in (bool[])[false, true])
        {
            var book = new StreamBook(new CorroboratingOptions(), _ => isNamed);
            var sender = new Sender(ExportProtocol.Ipfix, 1_000);
            var at = Established(book, sender);
            var further = new Sender(ExportProtocol.Ipfix, 90_000_000) { Domain = (uint)domain, Port = (ushort)port };
            var worth = FlowStanding.Stray;
            for (var until = at + Earned + Minute; at < until; at += 1_000)
            {
                worth = Take(book, further.Next(at, 4));
                Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Next(at, 4)));
            }

            Assert.Equal(isNamed ? FlowStanding.Corroborated : FlowStanding.Doubtful, worth);
            Assert.Equal(isNamed ? "corroborated" : "further", book.FiguresAt(at).ToWord(Earned, at));
        }
    }

    [Fact]
    public void An_exporter_that_counts_messages_where_it_should_count_records_can_never_corroborate()
    {
        var book = Book();
        for (var i = 0; i < 1_000; i++)
        {
            var told = new Sender(ExportProtocol.Ipfix, 500 + (uint)i).Next(Start + (i * 1_000), 30);
            var worth = Take(book, told with { Digest = (ulong)i });
            Assert.Equal(i == 0 ? FlowStanding.Stray : FlowStanding.Doubtful, worth);
        }

        var figures = book.FiguresAt(Start + 1_000_000);
        Assert.Equal((0L, "never"), (figures.ContestedMs, figures.ToWord(1_000_000, Start + 1_000_000)));
    }

    [Fact]
    public void An_exporter_that_boots_anew_has_its_standing_to_earn_anew()
    {
        var book = Book();
        var at = Established(book, new Sender(ExportProtocol.NetFlow9, 5_000));
        var again = new Sender(ExportProtocol.NetFlow9, 0) { BootMs = (uint)at };

        Assert.Equal(FlowStanding.Stray, Take(book, again.Next(at += 1_000, 1)));
        Assert.Equal(FlowStanding.Doubtful, Take(book, again.Next(at += 1_000, 1)));
        Assert.Equal(FlowStanding.Corroborated, Take(book, Run(book, again, at, Earned)));
    }

    [Fact]
    public void Two_ports_of_one_exporter_each_earn_their_own()
    {
        var book = Book();
        var (flows, options) = (
            new Sender(ExportProtocol.Ipfix, 1_000), new Sender(ExportProtocol.Ipfix, 90_000_000) { Port = 40_000 });
        var at = Established(book, flows);

        Assert.Equal(FlowStanding.Stray, Take(book, options.Next(at, 4)));
        Assert.Equal(FlowStanding.Doubtful, Take(book, options.Next(at + 1_000, 4)));
        var late = Run(book, options, at + 1_000, Earned);
        Assert.Equal(FlowStanding.Corroborated, Take(book, late));
        Assert.Equal(FlowStanding.Corroborated, Take(book, flows.Skip(30).Next(late.AtMs, 30)));
        Assert.Equal(2, book.FiguresAt(late.AtMs).Standing);
    }

    [Fact]
    public void A_datagram_that_comes_twice_counts_once_and_is_nobodys_contest()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.SFlow5, 1);
        var at = Established(book, sender);
        var one = sender.Next(at + 500, 1);

        Assert.Equal(FlowStanding.Corroborated, Take(book, one));
        Assert.Equal(FlowStanding.Stray, Take(book, one));
        Assert.Equal((1L, 0L), (book.FiguresAt(at).Copies, book.FiguresAt(at).ContestedMs));
        Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Next(at + 1_000, 1)));
    }

    /// <summary>The neighbour sends the next number first, with other octets: the true datagram comes after it, in
    /// doubt and never left out; one alone seals nothing.</summary>
    [Trait("Attack", "49")]
    [Fact]
    public void Who_takes_the_next_number_again_and_again_seals_that_stream_alone()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.NetFlow9, 900) { Domain = 3 };
        var beside = new Sender(ExportProtocol.NetFlow9, 500_000) { Domain = 4, Port = 9 };
        var at = Established(book, sender);
        _ = Established(book, beside);

        _ = Take(book, sender.Peek(at + 100) with { Digest = 666 });
        Assert.Equal(FlowStanding.Doubtful, Take(book, sender.Next(at + 200, 1)));
        for (var i = 1; i < ExportStream.GoesOn; i++)
        {
            Assert.Equal(FlowStanding.Doubtful, Take(book, sender.Next(at += 1_200, 1)));
        }

        Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Next(at += 1_200, 1)));
        Assert.Equal(0, book.FiguresAt(at).ContestedMs);

        for (var i = 0; i < 10; i++)
        {
            _ = Take(book, sender.Peek(at += 1_000) with { Digest = 666 + (ulong)i });
            Assert.NotEqual(FlowStanding.Stray, Take(book, sender.Next(at, 1)));
        }

        Assert.Equal("contested", book.FiguresAt(at).ToWord(Earned, at));
        Assert.Equal(FlowStanding.Contested, Take(book, sender.Next(at + 1_000, 1)));
        Assert.Equal(FlowStanding.Corroborated, Take(book, beside.Next(at + 1_000, 1)));

        // While that lasts, and no longer; and a restart of ours forgets neither.
        var again = Book();
        foreach (var (key, stream) in book.Save())
        {
            again.Resume(in key, in stream);
        }

        Assert.Equal(FlowStanding.Contested, Take(again, sender.Peek(at + 2_000)));
        Assert.Equal(FlowStanding.Corroborated, Take(book, Run(book, sender, at + 1_000, Earned + 2_000)));
    }

    /// <summary>Before the third number shows that two go on, nothing that either tells is believed from the first on
    /// that came twice: a contact that is certain is told at once.</summary>
    [Trait("Attack", "49")]
    [Fact]
    public void Nothing_of_a_stream_is_believed_between_a_number_that_came_twice_and_the_contest_that_it_began()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.NetFlow9, 900);
        var at = Established(book, sender);

        Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Peek(at + 500) with { Digest = 666 }));
        List<FlowStanding> worth = [Take(book, sender.Next(at + 1_000, 1))];
        for (var i = 1UL; i < ExportStream.GoesOn; i++)
        {
            worth.Add(Take(book, sender.Peek(at + 1_500) with { Digest = 666 + i }));
            worth.Add(Take(book, sender.Next(at + 2_000, 1)));
        }

        var doubtful = Enumerable.Repeat(FlowStanding.Doubtful, (2 * ExportStream.GoesOn) - 2);
        Assert.Equal([.. doubtful, FlowStanding.Contested], worth);
    }

    /// <summary>However far ahead he sends, and however often, the true sender is heard and keeps its standing.</summary>
    [Trait("Attack", "49")]
    [Theory]
    [InlineData(9)]
    [InlineData(400)]
    [InlineData(3_000)]
    public void Who_jumps_ahead_takes_no_stream_over(int ahead)
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.Ipfix, 50);
        var at = Established(book, sender, everyMs: 100, records: 30);
        for (var round = 0; round < 20; round++)
        {
            var forged = sender.Number + (uint)ahead;
            for (var i = 0; i < 4; i++)
            {
                _ = Take(book, sender.Peek(at) with { Number = forged + (uint)i, Digest = (ulong)(round + i) });
            }

            for (var i = 0; i < 10; i++)
            {
                Assert.NotEqual(FlowStanding.Stray, Take(book, sender.Next(at += 100, 30)));
            }
        }

        for (var i = 0; i < 20; i++)
        {
            _ = Take(book, sender.Next(at += 100, 30));
        }

        Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Next(at += 100, 30)));
        Assert.Equal(0, book.FiguresAt(at).ContestedMs);
    }

    [Trait("Attack", "49")]
    [Fact]
    public void A_second_port_that_goes_on_with_the_same_numbers_seals_nobody_but_itself()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.Ipfix, 70_000);
        var at = Established(book, sender);
        for (var i = 0; i < 800; i++)
        {
            var told = sender.Next(at += 1_000, 30);
            Assert.NotEqual(
                FlowStanding.Corroborated, Take(book, told with { Port = 5_555, Digest = 1 + (ulong)i }));
            Assert.Equal(FlowStanding.Corroborated, Take(book, told));
        }
    }

    /// <summary>Both clocks are set now and then; a number that is near and an uptime that goes on are the same boot.
    /// </summary>
    [Fact]
    public void A_clock_that_is_set_takes_no_standing()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.SFlow5, 70_000);
        var at = Established(book, sender);
        var told = sender.Next(at + 1_000, 1);
        Assert.Equal(FlowStanding.Corroborated, Take(book, told with { BootMs = told.BootMs + 1_800_000, AtMs = told.AtMs + 1_800_000 }));
    }

    [Fact]
    public void Messages_that_never_continue_each_other_are_said_to_be_worth_nothing()
    {
        var book = Book();
        for (var i = 0; i < 40; i++)
        {
            var other = new Sender(ExportProtocol.NetFlow9, (uint)i * 77) { Port = (ushort)(10_000 + i) };
            Assert.Equal(FlowStanding.Stray, Take(book, other.Next(Start + (i * Minute), 1)));
        }

        var figures = book.FiguresAt(Start + (40 * Minute));
        Assert.True(figures.CanNever(40 * Minute));
        Assert.False(figures.CanNever(5 * Minute), "it may come yet");
        Assert.Equal("never", figures.ToWord(40 * Minute, Start + (40 * Minute)));
    }

    [Fact]
    public void Standing_outlives_a_restart_of_ours_and_not_an_hour_of_silence()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.NetFlow9, 12);
        var at = Established(book, sender);
        var (again, silent) = (Book(), Book());
        foreach (var (key, stream) in book.Save())
        {
            again.Resume(in key, in stream);
            silent.Resume(in key, in stream);
        }

        Assert.Equal(FlowStanding.Corroborated, Take(again, sender.Peek(at + 5_000) with { Number = sender.Number + 5 }));
        Assert.Equal(FlowStanding.Doubtful, Take(silent, sender.Peek(at + (61 * Minute))));
    }

    /// <summary>We were away for a minute: what was sent meanwhile is loss, and a second later all is as it was.</summary>
    [Fact]
    public void Standing_outlives_what_was_lost_while_we_were_away()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.NetFlow9, 12);
        var at = Established(book, sender, everyMs: 100);
        var again = Book();
        foreach (var (key, stream) in book.Save())
        {
            again.Resume(in key, in stream);
        }

        at += Minute;
        sender.Skip(600);
        var worth = Enumerable.Range(0, 60).Select(i => Take(again, sender.Next(at + (i * 100), 1))).ToList();
        Assert.Equal(FlowStanding.Corroborated, worth[^1]);
    }

    /// <summary>A flood of forged datagrams makes room for itself alone.</summary>
    [Fact]
    public void What_is_forged_is_bounded_and_drives_no_true_stream_out()
    {
        var book = Book();
        var sender = new Sender(ExportProtocol.NetFlow9, 42);
        var at = Established(book, sender);
        for (var i = 0; i < 5_000; i++)
        {
            var junk = new Sender(ExportProtocol.NetFlow9, (uint)i * 1_000_003) { Port = (ushort)(1_024 + i), BootMs = 5 };
            _ = Take(book, junk.Next(at, 1));
            _ = Take(book, junk.Next(at, 1));
            _ = Take(book, sender.Peek(at) with { BootMs = 9, Number = (uint)i * 999_983 });
        }

        Assert.InRange(book.Kept, 1, StreamBook.MostStreams + StreamBook.MostFirsts);
        Assert.Equal(FlowStanding.Corroborated, Take(book, sender.Next(at + 500, 1)));
    }

    [Fact]
    public void Strangers_keep_no_exporter_that_boots_anew_from_earning()
    {
        var book = Book();
        var at = Established(book, new Sender(ExportProtocol.NetFlow9, 5_000));
        var again = new Sender(ExportProtocol.NetFlow9, 0) { BootMs = (uint)at };
        var worth = FlowStanding.Stray;
        for (var i = 0; i < 700; i++)
        {
            for (var junk = 0; junk < 20; junk++)
            {
                _ = Take(book, again.Peek(at) with { BootMs = 9, Number = (uint)((i * 20) + junk) * 999_983 });
            }

            worth = Take(book, again.Next(at += 1_000, 1));
        }

        Assert.Equal(FlowStanding.Corroborated, worth);
    }

    /// <summary>All the places that are its own stood once, and others have all the room beyond them.</summary>
    [Fact]
    public void Standing_that_nothing_was_heard_of_for_an_hour_makes_room()
    {
        var book = new StreamBook(new CorroboratingOptions { Streams = new(0) });
        var at = 0L;
        for (ushort port = 1; port <= StreamBook.FreeStreams; port++)
        {
            at = Established(book, new Sender(ExportProtocol.NetFlow9, 5_000) { Port = port });
        }

        Assert.Equal((StreamBook.FreeStreams, true), (book.Kept, book.HasStanding(at + (50 * Minute))));
        var again = new Sender(ExportProtocol.NetFlow9, 0) { Port = 99, BootMs = (uint)at };
        _ = Take(book, again.Next(at + (50 * Minute), 1));
        Assert.True(book.LacksRoom); // standing makes none

        at += 70 * Minute;
        Assert.False(book.HasStanding(at));
        _ = Take(book, again.Next(at, 1));
        Assert.Equal(FlowStanding.Doubtful, Take(book, again.Next(at + 1_000, 1)));
        Assert.Equal((StreamBook.FreeStreams, 1L), (book.Kept, book.WithoutRoom));
    }

    private StreamBook Book() => new(new CorroboratingOptions());

    private static long Established(StreamBook book, Sender sender, int everyMs = 1_000, int records = 30)
    {
        var at = Start;
        for (; at - Start <= Earned; at += everyMs)
        {
            _ = Take(book, sender.Next(at, sender.CountsMessages ? 1 : records));
        }

        Assert.Equal(
            FlowStanding.Corroborated, Take(book, sender.Next(at, sender.CountsMessages ? 1 : records)));
        return at;
    }

    private static Message Run(StreamBook book, Sender sender, long fromMs, long forMs)
    {
        var at = fromMs + 1_000;
        for (; at - fromMs < forMs; at += 1_000)
        {
            _ = Take(book, sender.Next(at, sender.CountsMessages ? 1 : 4));
        }

        return sender.Next(at, sender.CountsMessages ? 1 : 4);
    }

    private static FlowStanding Take(StreamBook book, Message told)
    {
        var uptime = told.BootMs is { } boot ? (uint)told.AtMs - boot : 0;
        var standing = book.Observe(
            new ExportHeader(told.Protocol, told.Domain, told.Number, told.AtMs, uptime), told.Port, told.Digest, told.AtMs);
        book.Advance(told.Units, isWhole: true);
        return standing;
    }

    private readonly record struct Message(
        ExportProtocol Protocol, uint Domain, ushort Port, uint Number, uint Units, uint? BootMs, ulong Digest, long AtMs);

    /// <summary>An exporter's process.</summary>
    private sealed class Sender(ExportProtocol protocol, uint number)
    {
        private ulong _digest = number;

        public uint Domain { get; init; } = 1;

        public ushort Port { get; init; } = StreamBookTests.Port;

        public uint BootMs { get; init; } = unchecked((uint)(Start - 86_400_000));

        public uint Number { get; private set; } = number;

        public bool CountsMessages => protocol is ExportProtocol.NetFlow9 or ExportProtocol.SFlow5;

        public Message Peek(long atMs) => new(
            protocol, Domain, Port, Number, 1, protocol == ExportProtocol.Ipfix ? null : BootMs, ++_digest, atMs);

        public Message Next(long atMs, int units)
        {
            var told = Peek(atMs) with { Units = (uint)units };
            Number += (uint)units;
            return told;
        }

        public Sender Skip(uint units)
        {
            Number += units;
            return this;
        }
    }
}
