// SPDX-License-Identifier: Apache-2.0
using Weir.Attributing;
using Weir.Cli.Configuring;
using Weir.Collecting.Sockets;
using Weir.Comparing;
using Weir.Decoding;
using Weir.Digesting;
using Weir.Matching;
using Weir.Matching.Feeds;
using Weir.Store.Flows;
using Weir.Wire;
using ConfiguredRole = Weir.Cli.Configuring.ListRole;
using ListRole = Weir.Matching.ListRole;

namespace Weir.Cli.Serving;

/// <summary>The configuration, section by section, as the stages take it.</summary>
internal static class StageOptions
{
    /// <summary>Name of the list that holds <c>matching.allow</c>.</summary>
    public const string AllowList = "matching.allow";

    /// <summary>Octets a pair takes in memory, its place in the hash table included.</summary>
    private const int OctetsPerPair = 112;

    public static UdpOptions Collecting(CollectingSettings settings) => new()
    {
        Listen = settings.Listen,
        Lanes = settings.Lanes,
        ReceiveBufferOctets = (int)settings.ReceiveBuffer.Octets,
        BatchDatagrams = settings.Batch,
        MaxDatagramOctets = (int)settings.MaxDatagram.Octets,
    };

    public static DecodingOptions Decoding(DecodingSettings settings) => new()
    {
        TemplateLifetime = settings.TemplateLifetime,
        Terms = [.. settings.Exporters.Select(e => new ExporterTerms(e.Address, (uint)e.Sampling, e.Role == ExporterRole.Border))],
    };

    public static SubscriberInterfaces Interfaces(DecodingSettings settings) =>
        new(settings.Exporters.Select(e => (e.Address, (IReadOnlySet<uint>)e.SubscriberInterfaces.Select(i => (uint)i).ToHashSet())));

    /// <summary>Networks with their access types numbered in the order of mention, from 1; 0 = none named.</summary>
    public static NetworkTable Attributing(AttributingSettings settings)
    {
        var kinds = settings.Networks.Select(n => n.Access).Where(a => a.Length > 0).Distinct().Take(byte.MaxValue).ToList();
        var excluded = settings.Excluded;
        return new NetworkTable(
        [
            .. settings.Networks.Select(n => new Network(n.Prefix, settings.Ipv6SubjectLength, (byte)(kinds.IndexOf(n.Access) + 1))),
            .. excluded.Resolvers.Concat(excluded.Relays).Concat(excluded.Monitoring).Distinct()
                .Select(p => new Network(p, settings.Ipv6SubjectLength, Excluded: true)),
        ]);
    }

    public static List<FeedOptions> Lists(MatchingSettings settings) =>
    [
        .. settings.Lists.Select(list => new FeedOptions
        {
            Name = list.Name,
            Path = list.Path,
            Role = RoleOf(list.Role),
            MinHits = list.MinHits,
            Confidence = (byte)list.Confidence,
        }),
    ];

    /// <summary><c>matching.allow</c> as a list of its own; none where it is empty.</summary>
    public static List<Feed> Allowed(MatchingSettings settings, DateTimeOffset now)
    {
        var tag = new ListTag(AllowList, ListRole.Allow, 100, "");
        return settings.Allow.Count == 0 ? [] :
        [
            new Feed
            {
                Name = AllowList,
                Path = "",
                Format = "configuration",
                Role = ListRole.Allow,
                Entries = [.. settings.Allow.Select(what => new ListEntry(what, 0, 0, tag, 0, 0, ListEntry.Never, 0))],
                Domains = [],
                Refused = new Refusals(0, []),
                Ignored = new Dictionary<string, int>(),
                ReadAt = now,
            },
        ];
    }

    public static DigestOptions Digesting(DigestingSettings settings) => new()
    {
        PairsInMemory = (int)Math.Min(int.MaxValue / 2, settings.Memory.Octets / OctetsPerPair),
    };

    /// <param name="settings">The section.</param>
    /// <param name="now">Start of the program: flows of before were not heard.</param>
    public static RingOptions Ring(EvidenceSettings settings, DateTimeOffset now) => new()
    {
        Directory = settings.RingDir,
        Octets = settings.RingSize.Octets,
        Span = settings.Ring,
        HeardFromMs = now.ToUnixTimeMilliseconds(),
    };

    public static ComparingOptions Comparing(ComparingSettings settings) => new() { Q = settings.Q, Strict = settings.Strict };

    public static StoreAddress Server(StoreSettings settings) =>
        StoreAddress.OfServer(settings.Url!.ToString()) with
        {
            Login = settings.User is { } user ? new StoreLogin(user, settings.Password?.Value ?? "") : null,
        };

    private static ListRole RoleOf(ConfiguredRole role) => role switch
    {
        ConfiguredRole.C2 => ListRole.C2,
        ConfiguredRole.Sinkhole => ListRole.Sinkhole,
        ConfiguredRole.Attacker => ListRole.Attacker,
        ConfiguredRole.Bogon => ListRole.Bogon,
        _ => ListRole.Allow,
    };
}
