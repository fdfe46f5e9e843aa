// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Hosting.StoreClient;
using Weir.Tests.Store;
using Weir.Wire;

namespace Weir.Tests.StoreProcess;

/// <summary>Seven hundred lines on one day, forty of them infected; thirty of these share an endpoint, five
/// another.</summary>
internal static class ComparedData
{
    public const long FromMs = Pairs.Day * 1_000L;
    public const long UntilMs = FromMs + (24 * HourMs);

    public static readonly Endpoint Shared = At("192.0.2.80", 8443);
    public static readonly Endpoint Few = At("192.0.2.90", 4444);
    public static readonly Endpoint Control = At("203.0.113.1", 443);
    public static readonly Endpoint Allowed = At("203.0.113.200", 443);

    private const long HourMs = 3_600_000;
    private const int Lines = 700;
    private const int Infected = 40;

    public static SubjectKey Line(int number) => new((UInt128)(uint)number * 0x9E3779B97F4A7C15UL + 7);

    /// <param name="house">Whose store takes them.</param>
    /// <param name="days">So many days later; the same lines and endpoints.</param>
    public static async Task FillAsync(StoreHouse house, int days = 0)
    {
        var random = new Random(1);
        List<PairDigest> pairs = [];
        for (var line = 0; line < Lines; line++)
        {
            for (var n = 5 + random.Next(30); n > 0; n--)
            {
                var popular = (int)(Math.Pow(random.NextDouble(), 3) * 2_000);
                pairs.Add(Pair(line, At($"198.18.{popular / 250}.{popular % 250}", 443), random.Next(24)));
            }
        }

        List<SightingRow> sightings = [];
        for (var line = 0; line < Infected; line++)
        {
            pairs.Add(Pair(line, Control, 12));
            sightings.Add(Seen(line, Control, 12));
            if (line < 30)
            {
                pairs.Add(Pair(line, Shared, 14));
            }
        }

        for (var line = 35; line < Infected; line++)
        {
            pairs.Add(Pair(line, Few, 15));
        }

        sightings.Add(Seen(200, Allowed, 3));
        foreach (var (name, octets) in house.Segments(spool =>
        {
            spool.Write(pairs.OrderBy(row => row.HourSeconds).Select(row => Later(row, days)).ToArray());
            spool.Write(sightings.Select(row => Later(row, days)).ToArray());
        }))
        {
            using var body = new MemoryStream(octets, writable: false);
            _ = await new StoreSegments(house.Edge).SendAsync(name, body, isInDoubt: false, default);
        }
    }

    /// <summary>A list that allows one listed endpoint.</summary>
    public static Watchlist Lists()
    {
        var tag = new ListTag("allowed", ListRole.Allow, 100, "");
        return Watchlist.From(
            [
                new Feed
                {
                    Name = "allowed", Path = "", Format = "test", Role = ListRole.Allow,
                    Entries =
                    [
                        new(Prefix.From(Allowed.Address, 128), 443, Protocols.Tcp, tag, 0, 0, ListEntry.Never, 0),
                    ],
                    Domains = [], Refused = new(0, []), Ignored = new Dictionary<string, int>(),
                    ReadAt = DateTimeOffset.UnixEpoch,
                },
            ],
            DateTimeOffset.UnixEpoch);
    }

    private static Endpoint At(string address, ushort port) => new(IpKey.Parse(address), port, Protocols.Tcp);

    private static PairDigest Pair(int line, Endpoint endpoint, int hour) => new()
    {
        HourSeconds = Pairs.Day + (uint)(hour * 3_600),
        Subject = Line(line),
        Endpoint = endpoint,
        TwoWay = 1,
        Flows = 1,
        PacketsOut = 5,
        PacketsIn = 4,
        OctetsOut = 500,
        OctetsIn = 400,
        FirstMs = FromMs + (hour * HourMs) + line,
        LastMs = FromMs + (hour * HourMs) + line + 1_000,
    };

    private static PairDigest Later(PairDigest row, int days) => row with
    {
        HourSeconds = (uint)(row.HourSeconds + (days * 86_400)),
        FirstMs = row.FirstMs + (days * 24 * HourMs),
        LastMs = row.LastMs + (days * 24 * HourMs),
    };

    private static SightingRow Later(SightingRow row, int days) => row with
    {
        Sighting = row.Sighting with
        {
            FirstMs = row.Sighting.FirstMs + (days * 24 * HourMs),
            LastMs = row.Sighting.LastMs + (days * 24 * HourMs),
        },
    };

    private static SightingRow Seen(int line, Endpoint endpoint, int hour) => new(
        new Sighting(
            Line(line), endpoint, "c2", ContactKind.Exchange, FromMs + (hour * HourMs) + line,
            FromMs + (hour * HourMs) + line + 1_000, 1),
        (byte)ListRole.C2, 100);
}
