// SPDX-License-Identifier: Apache-2.0
//
// Every number of the mechanical counters (statistics.md B.11) with its range, unit and default.
using Weir.Collector.Decoding;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>Settings of detecting; the section <c>detecting</c>.</summary>
public sealed record DetectingOptions : ISection
{
    [Setting("Subjects whose counters are held, 96 octets each; the one idle longest gives way to a newcomer.",
        Min = "1000", Max = "100000000")]
    public int Subjects { get; init; } = 1_000_000;

    [Setting("Blocks of 1 KiB for subjects above half a floor. What is wanted beyond is refused and counted.",
        Min = "64", Max = "10000000")]
    public int Details { get; init; } = 65_536;

    [Setting("An event closes when nothing of it was seen for so long.", Min = "30s", Max = "1h")]
    public TimeSpan HoldDown { get; init; } = TimeSpan.FromMinutes(2);

    [Setting("Bins in a row above the threshold before a volume rule fires. A bin is 10 s, or a twelfth of "
        + "`decoding.active-timeout` where that is more.", Min = "1", Max = "30")]
    public int Bins { get; init; } = 3;

    [Setting("Times the floor from which a flood is told within seconds: in two of three seconds of flow time, and "
        + "where exporters sample with 32 packets looked at in each. 0 never.", Min = "0", Max = "1000")]
    public double FastFactor { get; init; } = 10;

    [Setting("Standard deviations above the line's own mean that are too much, once that is above the floor.",
        Min = "1", Max = "100")]
    public double Deviations { get; init; } = 6;

    [Setting("Weight of the newest bin in the line's own mean and variance.", Min = "0.001", Max = "1")]
    public double Weight { get; init; } = 0.05;

    [Setting("Bins after which a line's own mean counts.", Min = "1", Max = "1000")]
    public int BaselineBins { get; init; } = 30;

    [Setting("What any line may send or receive.")]
    public Floors Floors { get; init; } = new();

    [Setting("Other floors for lines of networks with that `group`.")]
    public IReadOnlyList<GroupFloors> Groups { get; init; } = [];

    [Setting("Share of a flood that must go to one remote.", Min = "0", Max = "1")]
    public double TopShare { get; init; } = 0.5;

    [Setting("Share of a line's rate that is a flood, for networks with a `line-rate`.", Min = "0.05", Max = "1")]
    public double LineShare { get; init; } = 0.5;

    [Setting("Share of bare SYN among the TCP packets sent in a SYN flood.", Min = "0", Max = "1")]
    public double SynShare { get; init; } = 0.9;

    [Setting("Octets that a service sends for one that it was sent, above which it reflects.",
        Min = "1", Max = "10000")]
    public double ReflectionRatio { get; init; } = 10;

    [Setting("UDP ports of services that reflect and amplify.", Min = "1", Max = "65535")]
    public IReadOnlyList<ushort> AmplifierPorts { get; init; } = Amplifiers.Ports;

    [Setting("Share of a flood's octets from one of these ports by which it is named.", Min = "0", Max = "1")]
    public double AmplificationShare { get; init; } = 0.5;

    [Setting("Packets received for one sent, below which traffic is a conversation and no flood.",
        Min = "1", Max = "10000")]
    public double OneWayRatio { get; init; } = 10;

    [Setting("TCP ports to which mail is sent; the first eight count.", Min = "1", Max = "65535")]
    public IReadOnlyList<ushort> MailPorts { get; init; } = Contracts.Flows.MailPorts.Usual;

    [Setting("New mail connections in each of two minutes on end that are spam at line speed.",
        Min = "1", Max = "60000")]
    public int MailConnections { get; init; } = 60;

    [Setting("Distinct mail remotes in ten minutes that are.", Min = "1", Max = "10000")]
    public int MailRemotes { get; init; } = 20;

    [Setting("Distinct unanswered remotes on one port, or ports of one remote, within 60 s that are a scan.",
        Min = "10", Max = "400")]
    public int ScanTargets { get; init; } = 100;

    [Setting("Share of them that must be unanswered.", Min = "0", Max = "1")]
    public double ScanUnanswered { get; init; } = 0.8;

    [Setting("Where exporters sample: distinct remotes on one port in ten minutes that are a scan.",
        Min = "50", Max = "100000")]
    public int SampledScanTargets { get; init; } = 500;

    [Setting("Packets a minute from sources outside the networks, behind one interface that faces "
        + "subscribers, that are spoofing.", Min = "1", Max = "1000000")]
    public double SpoofedPackets { get; init; } = 100;

    [Setting("Remotes that are never counted: own measuring stations, mirrors, the speed test.",
        Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> AllowRemotes { get; init; } = [];

    [Setting("Subjects that may send mail at any rate: business lines with a mail server.", Example = "192.0.2.25")]
    public IReadOnlyList<Prefix> MayMail { get; init; } = [];

    [Setting("Mail relays of the provider outside its networks: mail to them counts for nobody, and no scope holds it. "
        + "Those inside belong into attributing.networks with `excluded: true`.", Example = "198.51.100.25")]
    public IReadOnlyList<Prefix> MailRelays { get; init; } = [];

    /// <summary>How long exporters hold a running flow, as <c>decoding.active-timeout</c> says: a bin is judged this
    /// much after it ended; bins are a twelfth of it where that is more than 10 s.</summary>
    public TimeSpan ActiveTimeout { get; init; } = new DecodingOptions().ActiveTimeout;

    public void Validate(SectionFaults faults) => faults.AddTwice("groups", Groups, group => group.Name);

    /// <summary>Floors of network groups by name: what a group does not say is as for all.</summary>
    internal Dictionary<string, Floors> FloorsByGroup() =>
        Groups.ToDictionary(group => group.Name, group => group.Over(Floors), StringComparer.Ordinal);
}

/// <summary>What a line may send or receive before a rule looks closer.</summary>
public sealed record Floors
{
    [Setting("Packets a second sent, of one protocol or of all.", Min = "1", Max = "1000000000000")]
    public long Out { get; init; } = 20_000;

    [Setting("Bare SYN a second sent.", Min = "1", Max = "1000000000000")]
    public long Syn { get; init; } = 1_000;

    [Setting("Bits a second sent by a service that reflects.", Min = "1", Max = "1000000000000")]
    public long Reflection { get; init; } = 5_000_000;

    [Setting("Packets a second received.", Min = "1", Max = "1000000000000")]
    public long In { get; init; } = 20_000;

    [Setting("Bits a second received.", Min = "1", Max = "1000000000000")]
    public long InBits { get; init; } = 200_000_000;
}

/// <summary>The same for networks of a group.</summary>
public sealed record GroupFloors
{
    [Setting("The `group` of networks it is for.", Required = true, Example = "hosting")]
    public string Name { get; init; } = "";

    [Setting("Packets a second sent; 0 as for all.", Min = "0", Max = "1000000000000")]
    public long Out { get; init; }

    [Setting("Bare SYN a second sent; 0 as for all.", Min = "0", Max = "1000000000000")]
    public long Syn { get; init; }

    [Setting("Bits a second sent by a service that reflects; 0 as for all.", Min = "0", Max = "1000000000000")]
    public long Reflection { get; init; }

    [Setting("Packets a second received; 0 as for all.", Min = "0", Max = "1000000000000")]
    public long In { get; init; }

    [Setting("Bits a second received; 0 as for all.", Min = "0", Max = "1000000000000")]
    public long InBits { get; init; }

    /// <param name="general">What stands where this group says nothing.</param>
    internal Floors Over(Floors general) => new()
    {
        Out = Out > 0 ? Out : general.Out,
        Syn = Syn > 0 ? Syn : general.Syn,
        Reflection = Reflection > 0 ? Reflection : general.Reflection,
        In = In > 0 ? In : general.In,
        InBits = InBits > 0 ? InBits : general.InBits,
    };
}

/// <summary>UDP services known to answer with more than they are asked, and the name of the attack.</summary>
public static class Amplifiers
{
    private static readonly (ushort Port, string Name)[] Known =
    [
        (17, "QOTD"), (19, "CHARGEN"), (53, "DNS"), (69, "TFTP"), (111, "portmapper"), (123, "NTP"), (137, "NetBIOS"),
        (161, "SNMP"), (177, "XDMCP"), (389, "CLDAP"), (427, "SLP"), (500, "ISAKMP"), (520, "RIP"), (1_434, "MS SQL"),
        (1_900, "SSDP"), (3_283, "ARD"), (3_389, "RDP"), (3_702, "WS-Discovery"), (4_500, "ISAKMP"), (5_060, "SIP"),
        (5_093, "Sentinel"), (5_351, "NAT-PMP"), (5_353, "mDNS"), (5_683, "CoAP"), (10_001, "Ubiquiti"),
        (11_211, "memcached"), (27_015, "Steam"), (37_810, "DHDiscover"),
    ];

    public static IReadOnlyList<ushort> Ports { get; } = [.. Known.Select(k => k.Port)];

    /// <summary>The service's name, or its port where it has none.</summary>
    public static string ToName(ushort port) =>
        Array.Find(Known, k => k.Port == port).Name ?? port.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
