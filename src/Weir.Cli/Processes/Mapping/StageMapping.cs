// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Collector.Attributing;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Store.ClickHouse;
using Weir.Store.Comparing;
using ListRole = Weir.Contracts.Lists.ListRole;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The configuration, section by section, as the stages take it.</summary>
internal static class StageMapping
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
        MaxFlowAge = settings.ActiveTimeout + TimeSpan.FromHours(1),
        ClockTolerance = settings.ClockTolerance,
        Tunnels = settings.Tunnels,
        Terms = [.. settings.Exporters.Select(
            e => new ExporterOptions(e.Address, (uint)e.Sampling, e.Role == ExporterRole.Border))],
    };

    public static SubscriberInterfaces Interfaces(DecodingSettings settings) =>
        new(settings.Exporters.Select(
            e => (e.Address, (IReadOnlySet<uint>)e.SubscriberInterfaces.Select(i => (uint)i).ToHashSet())));

    /// <summary>Networks with their kinds of line, access and group.</summary>
    public static NetworkTable Attributing(AttributingSettings settings)
    {
        var lines = new SubscriberLineKinds(settings.Networks.Select(n => new SubscriberLineKind(n.Access, n.Group)));
        var excluded = settings.Excluded;
        return new NetworkTable(
        [
            .. settings.Networks.Select(n => new Network(
                n.Prefix, settings.Ipv6SubjectLength, lines.CodeOf(n.Access, n.Group),
                Attribution: AttributionOf(n.Attribution), Group: n.Group, LineRate: n.LineRate * 1e6)),
            .. excluded.Resolvers.Concat(excluded.Relays).Concat(excluded.Monitoring).Distinct()
                .Select(p => new Network(p, settings.Ipv6SubjectLength, Excluded: true)),
        ], lines);
    }

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
                Refused = new RejectedLines(0, []),
                Ignored = new Dictionary<string, int>(),
                ReadAt = now,
            },
        ];
    }

    public static DetectingOptions Detecting(DetectingSettings settings, TimeSpan activeTimeout)
    {
        var floors = new Floors
        {
            Out = settings.Floors.Out,
            Syn = settings.Floors.Syn,
            Reflection = settings.Floors.Reflection,
            In = settings.Floors.In,
            InBits = settings.Floors.InBits
        };
        return new DetectingOptions
        {
            Subjects = settings.Subjects,
            Details = settings.Details,
            ActiveTimeout = activeTimeout,
            HoldDown = settings.HoldDown,
            Bins = settings.Bins,
            Deviations = settings.Deviations,
            Weight = settings.Weight,
            BaselineBins = settings.BaselineBins,
            Floors = floors,
            Groups = settings.Groups.ToDictionary(
                g => g.Name,
                g => new Floors
                {
                    Out = Or(g.Out, floors.Out),
                    Syn = Or(g.Syn, floors.Syn),
                    Reflection = Or(g.Reflection, floors.Reflection),
                    In = Or(g.In, floors.In),
                    InBits = Or(g.InBits, floors.InBits),
                },
                StringComparer.Ordinal),
            TopShare = settings.TopShare,
            LineShare = settings.LineShare,
            SynShare = settings.SynShare,
            ReflectionRatio = settings.ReflectionRatio,
            AmplifierPorts = [.. settings.AmplifierPorts.Select(port => (ushort)port)],
            AmplificationShare = settings.AmplificationShare,
            OneWayRatio = settings.OneWayRatio,
            MailPorts = [.. settings.MailPorts.Select(port => (ushort)port)],
            MailConnections = settings.MailConnections,
            MailRemotes = settings.MailRemotes,
            ScanTargets = settings.ScanTargets,
            ScanUnanswered = settings.ScanUnanswered,
            SampledScanTargets = settings.SampledScanTargets,
            SpoofedPackets = settings.SpoofedPackets,
            AllowRemotes = settings.AllowRemotes,
            MayMail = settings.MayMail,
        };

        static double Or(long asked, double general) => asked > 0 ? asked : general;
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

    public static ComparingOptions Comparing(ComparingSettings settings) =>
        new() { Q = settings.Q, Strict = settings.Strict };

    public static StoreAddress Server(StoreSettings settings) =>
        StoreAddress.ForServer(settings.Url!.ToString()) with
        {
            Login = settings.User is { } user ? new StoreLogin(user, settings.Password?.Value ?? "") : null,
        };

    private static SubscriberMapping AttributionOf(NetworkAttribution attribution) => attribution switch
    {
        NetworkAttribution.Leased => SubscriberMapping.Leased,
        NetworkAttribution.Cgnat => SubscriberMapping.Cgnat,
        _ => SubscriberMapping.Static,
    };
}
