// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Matching;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.Matching;

public class MatcherTests
{
    private const long Noon = 1_714_564_800_000;
    private const long Minute = 60_000;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Spoken = 2 | 8 | 16;

    private static readonly Watchlist List = WatchlistTests.ListOf(
        WatchlistTests.FeedOf("c2", ListRole.C2, "192.0.2.1:443", "192.0.2.2", "192.0.2.3:53", "198.51.100.0/24"),
        WatchlistTests.FeedOf("second", ListRole.C2, "192.0.2.2"),
        WatchlistTests.FeedOf("scanners", ListRole.Attacker, "192.0.2.8"),
        WatchlistTests.FeedOf("bogons", ListRole.Bogon, "203.0.113.0/24"),
        WatchlistTests.FeedOf("good", ListRole.Allow, "198.51.100.7"));

    private static Matcher NewMatcher(int capacity = ContactTracker.DefaultCapacity) =>
        new(new CurrentWatchlist(List), (block, _) => new SubjectKey(block.Bits), capacity: capacity);

    private static Flow Out(
        string remote, ushort port, long at, byte flags = Spoken, ulong packets = 4, byte protocol = Protocols.Tcp,
        string subject = "10.0.0.7", long lasts = 1_000) =>
        new()
        {
            Subject = IpKey.Parse(subject),
            Remote = IpKey.Parse(remote),
            SubjectPort = 50_000,
            RemotePort = port,
            Protocol = protocol,
            StartMs = at,
            EndMs = at + lasts,
            PacketsOut = packets,
            OctetsOut = packets * 60,
            FlagsOut = flags,
            SamplingInterval = 1, Traits = FlowTraits.FlagsKnown, Place = FlowAttribution.Attributed,
        };

    /// <summary>Without SYN, so that it does not prove the other direction by itself.</summary>
    private static Flow In(
        string remote, ushort port, long at, byte flags = 8 | 16, ulong packets = 4, byte protocol = Protocols.Tcp,
        string subject = "10.0.0.7", long lasts = 1_000) =>
            Out(remote, port, at, 0, 0, protocol, subject, lasts) with
            {
                PacketsIn = packets,
                OctetsIn = packets * 60,
                OctetsOut = 0,
                FlagsIn = flags
            };

    [Fact]
    public void What_was_not_forwarded_is_an_attempt_of_who_sent_it_and_no_exchange()
    {
        static Flow Dropped(Flow flow) => flow with { Traits = flow.Traits | FlowTraits.Dropped };
        Assert.Equal(
            ContactKind.Attempt,
            Assert.Single(Found(Dropped(Out("192.0.2.1", 443, Noon)), Dropped(In("192.0.2.1", 443, Noon)))).Kind);
        Assert.Empty(Found(Dropped(In("192.0.2.1", 443, Noon))));
        Assert.Equal(
            ContactKind.Attempt,
            Assert.Single(Found(Out("192.0.2.1", 443, Noon), Dropped(In("192.0.2.1", 443, Noon)))).Kind);
        Assert.Equal(
            ContactKind.Exchange,
            Assert.Single(Found(
                Out("192.0.2.1", 443, Noon), In("192.0.2.1", 443, Noon), Dropped(Out("192.0.2.1", 443, Noon)))).Kind);
    }

    private static Sighting[] Found(params Flow[] flows)
    {
        var matcher = NewMatcher();
        matcher.Match(flows);
        return [.. matcher.Drain(long.MaxValue)
            .OrderBy(s => s.Endpoint.Address).ThenBy(s => s.Kind).ThenBy(s => s.Subject)];
    }

    [Fact]
    public void Directions_exported_apart_are_one_exchange()
    {
        var sighting = Assert.Single(Found(Out("192.0.2.1", 443, Noon), In("192.0.2.1", 443, Noon + 50)));

        Assert.Equal(ContactKind.Exchange, sighting.Kind);
        Assert.Equal("192.0.2.1:443/tcp", sighting.Endpoint.ToString());
        Assert.Equal(("c2", 1u, (byte)1), (sighting.List, sighting.Contacts, sighting.Sources));
        Assert.Equal((Noon, Noon + 1_050), (sighting.FirstMs, sighting.LastMs));
        Assert.Equal(new SubjectKey(IpKey.Parse("10.0.0.7").Bits), sighting.Subject);
    }

    /// <summary>Where the exporter sees one direction only, the answers prove the other (ADR 0007); to a neighbour's
    /// packets they are no contact more.</summary>
    [Fact]
    public void Answers_that_imply_a_partner_are_a_one_sided_contact_of_their_own()
    {
        var alone = Assert.Single(
            Found(In("192.0.2.1", 443, Noon, Spoken), In("192.0.2.1", 443, Noon + (60 * Minute), Spoken)));
        Assert.Equal((ContactKind.OneSided, 2u), (alone.Kind, alone.Contacts));

        Assert.Empty(Found(In("192.0.2.1", 443, Noon, Syn | 16, packets: 9)));
        var answered = Assert.Single(
            Found(Out("192.0.2.1", 443, Noon + (9 * Minute)), In("192.0.2.1", 443, Noon + (11 * Minute), Spoken)));
        Assert.Equal((ContactKind.Exchange, 1u), (answered.Kind, answered.Contacts));
    }

    [Fact]
    public void A_biflow_is_both_directions_at_once() =>
        Assert.Equal(
            ContactKind.Exchange,
            Assert.Single(Found(Out("192.0.2.1", 443, Noon) with { PacketsIn = 3, FlagsIn = Spoken })).Kind);

    /// <summary>The edge of a slot lies at 12:10; answers come from two minutes after it to
    /// beyond ten minutes.</summary>
    [Theory]
    [InlineData(9, 11, ContactKind.Exchange, 1u)]
    [InlineData(9, 18, ContactKind.Exchange, 1u)]
    [InlineData(1, 10, ContactKind.Exchange, 1u)]
    [InlineData(1, 12, ContactKind.Attempt, 1u)]
    [InlineData(9, 31, ContactKind.Attempt, 1u)]
    [InlineData(11, 9, ContactKind.Exchange, 1u)]
    [InlineData(19, 1, ContactKind.Attempt, 1u)]
    public void A_pair_of_directions_within_ten_minutes_is_not_split_by_an_edge(
        int sent, int received, ContactKind expected, uint contacts)
    {
        var sighting = Assert.Single(Found(
            Out("192.0.2.1", 443, Noon + (sent * Minute)),
            In("192.0.2.1", 443, Noon + (received * Minute), flags: Syn | 16)));

        Assert.Equal((expected, contacts), (sighting.Kind, sighting.Contacts));
    }

    [Fact]
    public void Answers_that_prove_an_unseen_question_are_a_one_sided_contact_and_backscatter_is_none()
    {
        Assert.Equal(ContactKind.OneSided, Assert.Single(Found(In("192.0.2.1", 443, Noon, flags: Syn | 8 | 16))).Kind);
        Assert.Empty(Found(In("192.0.2.1", 443, Noon, flags: Syn | 16)));
    }

    [Fact]
    public void Long_flows_whose_directions_are_cut_at_other_times_are_one_exchange()
    {
        var flows = Found(
            Out("192.0.2.1", 443, Noon, lasts: 30 * Minute),
            In("192.0.2.1", 443, Noon + (25 * Minute), lasts: 30 * Minute));

        Assert.Equal(ContactKind.Exchange, Assert.Single(flows).Kind);
    }

    [Fact]
    public void A_beacon_of_an_hour_is_one_row_of_six_contacts()
    {
        var flows = Enumerable.Range(0, 6).SelectMany(i => (Flow[])[
            Out("192.0.2.1", 443, Noon + (i * 10 * Minute)), In("192.0.2.1", 443, Noon + (i * 10 * Minute) + 100)]);

        var sighting = Assert.Single(Found([.. flows]));

        Assert.Equal((ContactKind.Exchange, 6u), (sighting.Kind, sighting.Contacts));
    }

    [Fact]
    public void A_refused_probe_is_an_answered_probe_and_an_unanswered_one_an_attempt()
    {
        var found = Found(
            Out("192.0.2.1", 443, Noon, Syn, 3), In("192.0.2.1", 443, Noon, Rst | 16, 3),
            Out("192.0.2.2", 81, Noon, Syn, 3));

        Assert.Equal([ContactKind.AnsweredProbe, ContactKind.Attempt], found.Select(sighting => sighting.Kind));
        Assert.Equal(2, found[1].Sources);
    }

    [Fact]
    public void Probes_from_the_endpoint_are_background_radiation()
    {
        var matcher = NewMatcher();
        matcher.Match([In("192.0.2.2", 443, Noon, Syn, 9), In("192.0.2.3", 53, Noon, 0, 9, Protocols.Udp)]);

        Assert.Empty(matcher.Drain(long.MaxValue));
        Assert.Equal(2, matcher.Contacts.Radiation);
    }

    [Fact]
    public void A_row_without_port_does_not_speak_of_the_subjects_own_server()
    {
        var served = Out("192.0.2.2", 51_234, Noon) with { SubjectPort = 443, PacketsIn = 9, FlagsIn = Spoken };
        var opened =
            Out("198.51.100.1", 443, Noon) with { Opener = FlowInitiator.Remote, PacketsIn = 9, FlagsIn = Spoken };

        Assert.Empty(Found(served, opened));
        Assert.Single(Found(served with { Opener = FlowInitiator.Subject }));
    }

    [Fact]
    public void Attackers_bogons_and_the_allowed_only_count()
    {
        var matcher = NewMatcher();
        matcher.Match(
        [
            Out("192.0.2.8", 1, Noon), Out("203.0.113.8", 1, Noon), Out("198.51.100.7", 1, Noon),
            Out("198.51.100.8", 1, Noon), Out("8.8.8.8", 1, Noon),
            Out("192.0.2.1", 443, Noon) with { Place = FlowAttribution.Foreign },
        ]);

        Assert.Equal(new MatchCounts(5, 1, 1, 1, 1, 1), matcher.Counts);
        Assert.Single(matcher.Drain(long.MaxValue));
    }

    [Fact]
    public void Under_sampling_one_direction_is_one_sided_and_scaled_counts_are_scaled_back()
    {
        var sampled = Out("192.0.2.1", 443, Noon, 16, 1) with { SamplingInterval = 1_000 };
        var scaled = Out("192.0.2.2", 443, Noon, Syn, 3_000) with
        {
            SamplingInterval = 1_000,
            Traits = FlowTraits.FlagsKnown | FlowTraits.Scaled
        };
        var answer = In("192.0.2.2", 443, Noon, Syn, 2_000) with
        {
            SamplingInterval = 1_000,
            Traits = FlowTraits.FlagsKnown | FlowTraits.Scaled
        };

        Assert.Equal([ContactKind.OneSided, ContactKind.Attempt], Found(sampled, scaled, answer).Select(sighting =>
            sighting.Kind));
    }

    [Fact]
    public void A_flow_seen_at_the_edge_and_at_the_border_counts_once()
    {
        var sent = Out("192.0.2.1", 443, Noon, Syn, 2);
        var received = In("192.0.2.1", 443, Noon, Syn | 16, 2);

        Assert.Equal(
            ContactKind.Attempt,
            Assert.Single(Found(sent, sent with { Role = 1 }, received, received with { Role = 1 })).Kind);
        Assert.Equal(ContactKind.Exchange, Assert.Single(Found(sent, sent, received, received)).Kind);
    }

    [Fact]
    public void A_window_is_closed_when_the_watermark_has_passed_all_that_could_change_it()
    {
        var matcher = NewMatcher();
        matcher.Match([Out("192.0.2.1", 443, Noon + (9 * Minute))]);

        Assert.Empty(matcher.Drain(Noon + (10 * Minute)));
        Assert.Empty(matcher.Drain(Noon + (19 * Minute)));
        matcher.Match([In("192.0.2.1", 443, Noon + (18 * Minute))]);
        var sighting = Assert.Single(matcher.Drain(Noon + (20 * Minute)));
        Assert.Equal(ContactKind.Exchange, sighting.Kind);
        Assert.Empty(matcher.Drain(long.MaxValue));
        Assert.Equal(0, matcher.Contacts.Radiation);
        Assert.Equal(0, matcher.Waiting);
    }

    /// <summary>What a closed window lent to its neighbour stays with the neighbour.</summary>
    [Fact]
    public void Draining_as_it_goes_finds_what_draining_at_the_end_finds()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var flows = RandomFlows(new Random(seed), 120);
            Array.Sort(flows, (a, b) => a.StartMs.CompareTo(b.StartMs));
            var stepwise = NewMatcher();
            var rows = new List<Sighting>();
            foreach (var flow in flows)
            {
                stepwise.Match([flow]);
                rows.AddRange(stepwise.Drain(flow.StartMs));
            }

            rows.AddRange(stepwise.Drain(long.MaxValue));
            Assert.Equal(Totals(Found(flows)), Totals(rows));
        }
    }

    [Fact]
    public void The_verdict_does_not_depend_on_the_order_of_flows()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var random = new Random(seed);
            var flows = RandomFlows(random, 60);
            var expected = Found(flows);
            random.Shuffle(flows);

            Assert.Equal(expected, Found(flows));
        }
    }

    [Fact]
    public void A_full_table_closes_its_oldest_windows_early_and_loses_no_contact()
    {
        var matcher = NewMatcher(capacity: 64);
        for (var i = 0; i < 1_000; i++)
        {
            matcher.Match(
                [Out("192.0.2.1", 443, Noon + (i * 10 * Minute)), In("192.0.2.1", 443, Noon + (i * 10 * Minute))]);
            Assert.True(matcher.Waiting <= 64);
        }

        var sighting = Assert.Single(matcher.Drain(long.MaxValue).GroupBy(s => s.Kind));
        Assert.Equal(ContactKind.Exchange, sighting.Key);
        Assert.Equal(1_000, sighting.Sum(s => s.Contacts));
        Assert.True(matcher.Contacts.ClosedEarly > 900);
        Assert.Equal(0, matcher.Contacts.Lost);
    }

    /// <summary>Wherever a run is cut, and whatever came to the next one before it took the windows up.</summary>
    [Fact]
    public void Windows_written_down_and_taken_up_by_another_run_end_as_if_nothing_had_been()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var flows = RandomFlows(random, 60);
            var (cut, early) = (random.Next(1, 50), random.Next(0, 10));
            var mark = Noon + (random.Next(0, 360) * Minute);
            var (whole, killed, next) = (NewMatcher(), NewMatcher(), NewMatcher());
            whole.Match(flows.AsSpan(0, cut));
            killed.Match(flows.AsSpan(0, cut));
            var (expected, found) = (whole.Drain(mark).ToList(), killed.Drain(mark).ToList());

            var written = killed.Save().Select(window => window.ToString()).ToList();
            next.Match(flows.AsSpan(cut, early));
            foreach (var line in written)
            {
                var saved = SavedWindow.Parse(line)!;
                next.Resume(new IpKey(saved.Subject.Pseudonym), saved);
            }

            whole.Match(flows.AsSpan(cut));
            next.Match(flows.AsSpan(cut + early));
            expected.AddRange(whole.Drain(long.MaxValue));
            found.AddRange(next.Drain(long.MaxValue));
            Assert.Equal(Totals(expected), Totals(found));
            Assert.Equal(killed.Waiting, written.Count);
        }
    }

    [Fact]
    public void A_line_of_a_window_keeps_its_list_and_what_is_no_line_is_none()
    {
        var list = WatchlistTests.ListOf(WatchlistTests.FeedOf("two words -", ListRole.C2, "192.0.2.1:443"));
        var matcher = new Matcher(new CurrentWatchlist(list), (block, _) => new SubjectKey(block.Bits));
        matcher.Match([Out("192.0.2.1", 443, Noon)]);
        var line = Assert.Single(matcher.Save()).ToString();
        Assert.Equal("two words -", SavedWindow.Parse(line)!.Tag.List);
        var words = line.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            Assert.Null(SavedWindow.Parse(string.Join(' ', words.Where((_, at) => at != i))));
            if (i is not (13 or 14))
            {
                Assert.Null(SavedWindow.Parse(string.Join(' ', words.Select((word, at) => at == i ? "x" : word))));
            }
        }
    }

    [Fact]
    public void A_list_put_in_force_applies_to_the_next_batch()
    {
        var holder = new CurrentWatchlist();
        var matcher = new Matcher(holder, (block, _) => new SubjectKey(block.Bits));
        matcher.Match([Out("192.0.2.1", 443, Noon)]);
        holder.Replace(List);
        matcher.Match([Out("192.0.2.1", 443, Noon)]);

        Assert.Equal(1, matcher.Counts.Listed);
    }

    [Fact]
    public void What_is_not_listed_allocates_nothing()
    {
        var matcher = NewMatcher();
        var flows = Enumerable.Range(0, 1_000).Select(i => Out($"8.8.{i / 250}.{i % 250}", 443, Noon)).ToArray();
        matcher.Match(flows);
        var before = GC.GetAllocatedBytesForCurrentThread();

        matcher.Match(flows);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Times_out_of_every_range_are_kept_within()
    {
        var matcher = NewMatcher();
        matcher.Match([
            Out("192.0.2.1", 443, long.MinValue), Out("192.0.2.1", 443, long.MaxValue - 2_000),
            Out("192.0.2.1", 443, 5) with { EndMs = long.MaxValue }]);

        Assert.Equal(2, matcher.Drain(long.MaxValue).Sum(s => s.Contacts));
    }

    private static string[] Totals(IEnumerable<Sighting> rows) =>
        [.. rows.GroupBy(s => (s.Subject, s.Endpoint, s.Kind))
            .Select(g => $"{g.Key} {g.Sum(s => s.Contacts)} {g.Min(s => s.FirstMs)} {g.Max(s => s.LastMs)}")
            .Order(StringComparer.Ordinal)];

    private static Flow[] RandomFlows(Random random, int count)
    {
        string[] remotes = ["192.0.2.1", "192.0.2.2"];
        byte[] flags = [Syn, Syn | 16, Spoken, Rst, Rst | 16, 16, 17];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var at = Noon + random.Next(0, 6 * 60) * Minute;
            var flag = flags[random.Next(flags.Length)];
            var lasts = random.Next(5) == 0 ? random.Next(1, 90) * Minute : random.Next(0, 60_000);
            var remote = remotes[random.Next(2)];
            var subject = $"10.0.0.{random.Next(1, 3)}";
            var flow = random.Next(2) == 0
                ? Out(remote, 443, at, flag, (ulong)random.Next(1, 5), subject: subject, lasts: lasts)
                : In(remote, 443, at, flag, (ulong)random.Next(1, 5), subject: subject, lasts: lasts);
            return random.Next(20) == 0
                ? flow with { Traits = FlowTraits.None }
                : flow with { SamplingInterval = random.Next(20) == 0 ? 10u : 1u };
        })];
    }
}
