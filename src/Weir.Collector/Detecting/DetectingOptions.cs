// SPDX-License-Identifier: Apache-2.0
//
// Every number of the mechanical counters (statistics.md B.11) with its range, unit and default.
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>Settings of detecting; the <c>detecting</c> section.</summary>
public sealed record DetectingOptions
{
    /// <summary>Subjects a process keeps counters of, 1,000 to 100 million. Default 1 million; 96 octets each, pages
    /// are taken as they fill.</summary>
    public int Subjects { get; init; } = 1_000_000;

    /// <summary>Blocks of 1 KiB for subjects above half a floor, 64 to 10 million. Default 65,536.</summary>
    public int Details { get; init; } = 65_536;

    /// <summary>How long exporters hold a running flow, 1 s to 1 h. Default 2 min. A bin is judged this much after it
    /// ended; bins are a twelfth of it where that is more than 10 s.</summary>
    public TimeSpan ActiveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>An event closes after so long without evidence, 30 s to 1 h. Default 2 min.</summary>
    public TimeSpan HoldDown { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bins in a row above the threshold before a volume rule fires, 1 to 30. Default 3.</summary>
    public int Bins { get; init; } = 3;

    /// <summary>Standard deviations above the line's own mean, 1 to 100. Default 6.</summary>
    public double Deviations { get; init; } = 6;

    /// <summary>Weight of the newest bin in the line's own mean, 0.001 to 1. Default 0.05.</summary>
    public double Weight { get; init; } = 0.05;

    /// <summary>Bins before a line's own mean counts, 1 to 1,000. Default 30.</summary>
    public int BaselineBins { get; init; } = 30;

    /// <summary>Floors where no group says otherwise.</summary>
    public Floors Floors { get; init; } = new();

    /// <summary>Floors of network groups by name.</summary>
    public IReadOnlyDictionary<string, Floors> Groups { get; init; } = new Dictionary<string, Floors>();

    /// <summary>Share of a flood that must go to one remote, 0 to 1. Default 0.5.</summary>
    public double TopShare { get; init; } = 0.5;

    /// <summary>Share of a line's rate that is a flood, where the rate is known, 0.05 to 1. Default 0.5.</summary>
    public double LineShare { get; init; } = 0.5;

    /// <summary>Share of bare SYN among TCP packets sent, 0 to 1. Default 0.9.</summary>
    public double SynShare { get; init; } = 0.9;

    /// <summary>Octets sent by a service for one it was sent, 1 to 10,000. Default 10.</summary>
    public double ReflectionRatio { get; init; } = 10;

    /// <summary>UDP ports of services that reflect.</summary>
    public IReadOnlyList<ushort> AmplifierPorts { get; init; } = Amplifiers.Ports;

    /// <summary>Share of a flood's octets from one such port that names it, 0 to 1. Default 0.5.</summary>
    public double AmplificationShare { get; init; } = 0.5;

    /// <summary>Packets received for one sent from which traffic is no conversation, 1 to 10,000. Default 10.</summary>
    public double OneWayRatio { get; init; } = 10;

    /// <summary>Ports mail is sent to.</summary>
    public IReadOnlyList<ushort> MailPorts { get; init; } = [25, 465, 587];

    /// <summary>New mail connections in each of two minutes that follow each other, 1 to 60,000. Default 60.</summary>
    public int MailConnections { get; init; } = 60;

    /// <summary>Distinct mail remotes in ten minutes, 1 to 10,000. Default 20.</summary>
    public int MailRemotes { get; init; } = 20;

    /// <summary>Distinct unanswered remotes on one port, or ports of one remote, within 60 s, 10 to
    /// 400. Default 100.</summary>
    public int ScanTargets { get; init; } = 100;

    /// <summary>Share of them that must be unanswered, 0 to 1. Default 0.8.</summary>
    public double ScanUnanswered { get; init; } = 0.8;

    /// <summary>Sampled: distinct remotes on one port in ten minutes, 50 to 100,000. Default 500.</summary>
    public int SampledScanTargets { get; init; } = 500;

    /// <summary>Packets a minute with sources that are not the provider's, from one interface, 1 to 1
    /// million. Default 100.</summary>
    public double SpoofedPackets { get; init; } = 100;

    /// <summary>Remotes that are never counted.</summary>
    public IReadOnlyList<Prefix> AllowRemotes { get; init; } = [];

    /// <summary>Subjects that may send mail at any rate.</summary>
    public IReadOnlyList<Prefix> MayMail { get; init; } = [];
}

/// <summary>What a line may send or receive before a rule looks closer. Each range is 1 to 1e12.</summary>
public sealed record Floors
{
    /// <summary>Packets a second sent, of one protocol or of all. Default 20,000.</summary>
    public double Out { get; init; } = 20_000;

    /// <summary>Packets a second sent that are bare SYN. Default 1,000.</summary>
    public double Syn { get; init; } = 1_000;

    /// <summary>Bits a second sent by a service that reflects. Default 5 million.</summary>
    public double Reflection { get; init; } = 5_000_000;

    /// <summary>Packets a second received. Default 20,000.</summary>
    public double In { get; init; } = 20_000;

    /// <summary>Bits a second received. Default 200 million.</summary>
    public double InBits { get; init; } = 200_000_000;
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
