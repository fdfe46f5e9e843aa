// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Collector.Matching;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>The watchlist of a million endpoints: look-ups of what is not listed, of what is, memory, and the whole
/// matching step.</summary>
public static class WatchlistBench
{
    private const int Entries = 1_000_000;
    private const int Questions = 1 << 20;
    private const int Rounds = 8;
    private const int Block = 1 << 15;
    private const long At = 1_714_564_800_000;

    public static void Run(Scores scores)
    {
        var random = new Random(1);
        var tag = new ListTag("bench", ListRole.Attacker, 100, "");
        var entries = new ListEntry[Entries];
        for (var i = 0; i < Entries; i++)
        {
            // Three in four are IPv4; listed addresses lie below 128.0.0.0 and 2001::, so that the others
            // are not listed.
            var address = i % 4 != 0
                ? IpKey.FromV4((uint)random.Next(1 << 24, int.MaxValue))
                : new IpKey(new UInt128(0x2001_0000_0000_0000UL | (uint)random.Next(), (ulong)random.NextInt64()));
            entries[i] = new ListEntry(
                Prefix.From(address, 128), (ushort)random.Next(0, 65_536), 0, tag, 0, 0, ListEntry.Never, 0);
        }

        var feed = FeedOf(entries);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var list = Watchlist.From([feed], DateTimeOffset.UnixEpoch);
        var measured = GC.GetTotalMemory(forceFullCollection: true) - before;
        scores.AtMost(
            "watchlist", $"memory of {list.Count / 1e6:0.#} M entries, tables by their own count", list.Octets / 1e6,
            "MB", 64);
        scores.AtMost(
            "watchlist", $"memory of {list.Count / 1e6:0.#} M entries, by the collector", measured / 1e6, "MB", 64);

        var unlisted = new Endpoint[Questions];
        var listed = new Endpoint[Questions];
        for (var i = 0; i < Questions; i++)
        {
            unlisted[i] = new Endpoint(IpKey.FromV4(0x8000_0000u | (uint)random.Next()), 443, Protocols.Tcp);
            var entry = entries[random.Next(Entries)];
            listed[i] = new Endpoint(entry.What.Network, entry.Port, Protocols.Tcp);
        }

        MeasureLookups(scores, list, unlisted, "not listed", 50, expected: false);
        MeasureLookups(scores, list, listed, "listed, every entry asked once, one after the other", 0, expected: true);
        var few = listed.AsSpan(0, 2_048).ToArray();
        MeasureLookups(
            scores, list, [.. Enumerable.Range(0, Questions).Select(i => few[i * 31 % few.Length])],
            "listed, 2,048 busy ones", 10, expected: true);
        var networks = Watchlist.From(
            [feed, FeedOf([.. Enumerable.Range(0, 5_000)
                .Select(_ => new ListEntry(
                    Prefix.From(IpKey.FromV4((uint)random.Next()), 96 + random.Next(12, 25)), 0, 0, tag, 0, 0,
                    ListEntry.Never, 0))])],
            DateTimeOffset.UnixEpoch);
        MeasureLookups(
            scores, networks, unlisted, "not listed, 5,000 networks of 13 lengths beside", 50, expected: false);
        Match(scores, list, unlisted, "none listed", 50);
        Match(scores, list, listed, "every entry asked once", 10);
    }

    private static void MeasureLookups(
        Scores scores, Watchlist list, Endpoint[] endpoints, string what, int aim, bool expected)
    {
        // Short blocks of different questions, so that a busy machine disturbs some of them and not all.
        var best = double.MaxValue;
        var found = 0;
        for (var round = 0; round < Rounds; round++)
        {
            for (var start = 0; start < endpoints.Length; start += Block)
            {
                var watch = Stopwatch.GetTimestamp();
                foreach (ref readonly var endpoint in endpoints.AsSpan(start, Block))
                {
                    found += list.TryFind(endpoint, At, out _) ? 1 : 0;
                }

                best = Math.Min(best, Stopwatch.GetElapsedTime(watch).TotalSeconds);
            }
        }

        scores.AtLeast("watchlist", $"{what}: look-ups a second", Block / best / 1e6, "M", aim);
        if (found > 0 != expected)
        {
            throw new InvalidOperationException($"{what}: {found} found");
        }
    }

    private static void Match(Scores scores, Watchlist list, Endpoint[] endpoints, string what, int aim)
    {
        var matcher = new Matcher(new CurrentWatchlist(list), (block, _) => new SubjectKey(block.Bits));
        var flows = new Flow[FlowBatch.DefaultCapacity];
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            for (var start = 0; start < endpoints.Length; start += Block)
            {
                best = Math.Min(best, MatchBlock(matcher, flows, endpoints.AsSpan(start, Block)));
            }
        }

        scores.AtLeast("watchlist", $"in the matching step, {what}: flows a second", Block / best / 1e6, "M", aim);
    }

    /// <summary>Seconds of the matching step alone for a block of flows, batch by batch.</summary>
    private static double MatchBlock(Matcher matcher, Flow[] flows, ReadOnlySpan<Endpoint> endpoints)
    {
        var seconds = 0.0;
        for (var start = 0; start < endpoints.Length; start += flows.Length)
        {
            for (var i = 0; i < flows.Length; i++)
            {
                var remote = endpoints[start + i];
                flows[i] = new Flow
                {
                    Remote = remote.Address,
                    RemotePort = remote.Port,
                    SubjectPort = 50_000,
                    Protocol = Protocols.Tcp,
                    StartMs = At,
                    Place = FlowAttribution.Attributed,
                    PacketsOut = 1
                };
            }

            var watch = Stopwatch.GetTimestamp();
            matcher.Match(flows);
            seconds += Stopwatch.GetElapsedTime(watch).TotalSeconds;
        }

        return seconds;
    }

    internal static Feed FeedOf(IReadOnlyList<ListEntry> entries) => new()
    {
        Name = "bench", Path = "", Format = "plain", Role = ListRole.C2, Entries = entries, Domains = [], Refused =
            new RejectedLines(0, []),
        Ignored = new Dictionary<string, int>(), ReadAt = DateTimeOffset.UnixEpoch,
    };
}
