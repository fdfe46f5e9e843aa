// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Weir.Flows;
using Weir.Matching;
using Weir.Matching.Feeds;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>The watchlist of a million endpoints: look-ups of what is not listed, of what is, memory, and the whole matching step.</summary>
public static class WatchlistBench
{
    private const int Entries = 1_000_000;
    private const int Questions = 1 << 20;
    private const int Rounds = 8;
    private const int Block = 1 << 15;
    private const long At = 1_714_564_800_000;

    public static void Run(TextWriter output)
    {
        var random = new Random(1);
        var tag = new ListTag("bench", ListRole.Attacker, 100, "");
        var entries = new ListEntry[Entries];
        for (var i = 0; i < Entries; i++)
        {
            // Three in four are IPv4; listed addresses lie below 128.0.0.0 and 2001::, so that the others are not listed.
            var address = i % 4 != 0 ? IpKey.FromV4((uint)random.Next(1 << 24, int.MaxValue)) : new IpKey(new UInt128(0x2001_0000_0000_0000UL | (uint)random.Next(), (ulong)random.NextInt64()));
            entries[i] = new ListEntry(Prefix.Of(address, 128), (ushort)random.Next(0, 65_536), 0, tag, 0, 0, ListEntry.Never, 0);
        }

        var feed = FeedOf(entries);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var list = Watchlist.From([feed], DateTimeOffset.UnixEpoch);
        var measured = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"watchlist: {list.Count} entries, {list.Octets / 1e6:F1} MB of tables, {measured / 1e6:F1} MB by the collector (aim 64)"));

        var unlisted = new Endpoint[Questions];
        var listed = new Endpoint[Questions];
        for (var i = 0; i < Questions; i++)
        {
            unlisted[i] = new Endpoint(IpKey.FromV4(0x8000_0000u | (uint)random.Next()), 443, Protocols.Tcp);
            var entry = entries[random.Next(Entries)];
            listed[i] = new Endpoint(entry.What.Network, entry.Port, Protocols.Tcp);
        }

        Ask(output, list, unlisted, "not listed", 50);
        Ask(output, list, listed, "listed, every entry asked once (memory's own pace)", 10);
        var few = listed.AsSpan(0, 2_048).ToArray();
        Ask(output, list, [.. Enumerable.Range(0, Questions).Select(i => few[i * 31 % few.Length])], "listed, 2,048 busy ones", 10);
        var networks = Watchlist.From([feed, FeedOf([.. Enumerable.Range(0, 5_000).Select(_ => new ListEntry(Prefix.Of(IpKey.FromV4((uint)random.Next()), 96 + random.Next(12, 25)), 0, 0, tag, 0, 0, ListEntry.Never, 0))])], DateTimeOffset.UnixEpoch);
        Ask(output, networks, unlisted, "not listed, 5,000 networks of 13 lengths beside", 50);
        Match(output, list, unlisted, "none listed", 50);
        Match(output, list, listed, "every entry asked once", 10);
    }

    private static void Ask(TextWriter output, Watchlist list, Endpoint[] endpoints, string what, int aim)
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

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"watchlist: {what}: {Block / best / 1e6:F1} M look-ups/s per core, {found / Rounds} found (aim {aim} M)"));
    }

    private static void Match(TextWriter output, Watchlist list, Endpoint[] endpoints, string what, int aim)
    {
        var matcher = new Matcher(new WatchlistHolder(list), (block, _) => new SubjectKey(block.Bits));
        var flows = new Flow[FlowBatch.DefaultCapacity];
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var seconds = 0.0;
            for (var start = 0; start < endpoints.Length; start += flows.Length)
            {
                for (var i = 0; i < flows.Length; i++)
                {
                    flows[i] = new Flow { Remote = endpoints[start + i].Address, RemotePort = endpoints[start + i].Port, SubjectPort = 50_000, Protocol = Protocols.Tcp, StartMs = At, Place = FlowPlace.Attributed, PacketsOut = 1 };
                }

                var watch = Stopwatch.GetTimestamp();
                matcher.Match(flows);
                seconds += Stopwatch.GetElapsedTime(watch).TotalSeconds;
            }

            best = Math.Min(best, seconds);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"matching: {endpoints.Length / best / 1e6:F1} M flows/s per core, {what} (aim {aim} M)"));
    }

    private static Feed FeedOf(IReadOnlyList<ListEntry> entries) => new()
    {
        Name = "bench", Path = "", Format = "plain", Role = ListRole.C2, Entries = entries, Domains = [], Refused = new Refusals(0, []),
        Ignored = new Dictionary<string, int>(), ReadAt = DateTimeOffset.UnixEpoch,
    };
}
