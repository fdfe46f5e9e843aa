// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Cli.Configuring;

internal sealed record CollectingSettings
{
    [Setting("Addresses and UDP ports. The default listens on this machine alone; name the address that faces your "
        + "routers, or 0.0.0.0 and \"[::]\" for all.", Example = "\"0.0.0.0:2055\"")]
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = new UdpOptions().Listen;

    [Setting("Receiving threads. An exporter always meets the same one.", Min = "1", Max = "64")]
    public int Lanes { get; init; } = 1;

    [Setting(
        "Socket buffer asked of the kernel, per socket and lane. Without CAP_NET_ADMIN net.core.rmem_max limits it.",
        Min = "64KiB", Max = "1GiB")]
    public ByteSize ReceiveBuffer { get; init; } = ByteSize.MiB(32);

    [Setting("Datagrams taken by one system call.", Min = "1", Max = "1024")]
    public int Batch { get; init; } = 128;

    [Setting("Longest datagram taken whole; a longer one is cut and counted. The default is more than UDP can carry.",
        Min = "1500B", Max = "65535B")]
    public ByteSize MaxDatagram { get; init; } = new(65_535);
}

internal sealed record DecodingSettings
{
    [Setting("How long a template is believed after it was last sent. Three times the exporters' refresh is a good "
        + "choice; 30 minutes is the common refresh.", Min = "1m", Max = "1d")]
    public TimeSpan TemplateLifetime { get; init; } = TimeSpan.FromMinutes(90);

    [Setting("How long exporters hold a running flow before they export it. Contacts are judged this much later, and a "
        + "longer one here costs nothing but time.", Min = "1s", Max = "1h")]
    public TimeSpan ActiveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    [Setting("How far an exporter's clock may be from ours. Beyond it the time of arrival stands for its flows, which "
        + "is said in health.", Min = "1h", Max = "30d")]
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromDays(7);

    [Setting("Which header tells a flow where one packet carries another. `usual`: the inner of IP in IP, segment "
        + "routing and GRE unless an outer end is a subscriber, the outer of VXLAN and GTP-U. `outer`, `inner`: always.")]
    public TunnelPreference Tunnels { get; init; } = TunnelPreference.Usual;

    [Setting("File that keeps templates and sampling rates across a restart.")]
    public string TemplateFile { get; init; } = "/var/lib/weir/templates";

    [Setting("What the exporters do not tell themselves.")]
    public IReadOnlyList<ExporterSettings> Exporters { get; init; } = [];
}

internal sealed record ExporterSettings
{
    [Setting("The exporter's address, or a network of exporters; the longest match counts.", Required = true,
        Example = "192.0.2.1")]
    public Prefix Address { get; init; }

    [Setting("Name shown beside the address.", Example = "edge-1")]
    public string Name { get; init; } = "";

    [Setting("Packets per sampled packet; wins over what the exporter says. 0 believes the exporter.",
        Min = "0", Max = "16777216")]
    public long Sampling { get; init; }

    [Setting("`edge` faces subscribers, `border` faces the world: a flow seen by both counts once.")]
    public ExporterRole Role { get; init; } = ExporterRole.Edge;

    [Setting("SNMP indices of its interfaces that face subscribers: a foreign source coming in there "
        + "is counted as spoofed (BCP 38).", Min = "1", Max = "4294967295")]
    public IReadOnlyList<long> SubscriberInterfaces { get; init; } = [];
}

internal enum ExporterRole
{
    Edge,
    Border,
}

internal sealed record AttributingSettings
{
    [Setting("The provider's own prefixes; the longest match counts. At least one.")]
    public IReadOnlyList<NetworkSettings> Networks { get; init; } = [];

    [Setting("Prefix length that stands for one subscriber line in IPv6, in bits.", Min = "32", Max = "128")]
    public int Ipv6SubjectLength { get; init; } = 64;

    [Setting("Own addresses that are no subscribers.")]
    public ExcludedSettings Excluded { get; init; } = new();
}

internal sealed record NetworkSettings
{
    [Setting("Network in CIDR notation.", Required = true, Example = "192.0.2.0/24")]
    public Prefix Prefix { get; init; }

    [Setting("Name shown in reports.", Example = "north")]
    public string Name { get; init; } = "";

    [Setting("Access type: subjects are compared with others of the same one.", Example = "ftth")]
    public string Access { get; init; } = "";

    [Setting("Group for reports: region, brand, node.", Example = "region-1")]
    public string Group { get; init; } = "";

    [Setting("What leads from an address to its line: `static` the address itself, `leased` leases, `cgnat` logs of "
        + "port blocks. The last two need a vault.")]
    public NetworkAttribution Attribution { get; init; } = NetworkAttribution.Static;

    [Setting("Rate of a line in it, Mbit/s; half of that is a flood. 0 where lines differ.",
        Min = "0", Max = "1000000")]
    public long LineRate { get; init; }
}

internal enum NetworkAttribution
{
    Static,
    Leased,
    Cgnat,
}

internal sealed record ExcludedSettings
{
    [Setting("Recursive resolvers.", Example = "192.0.2.53")]
    public IReadOnlyList<Prefix> Resolvers { get; init; } = [];

    [Setting("Mail relays, proxies, Tor and VPN exits.", Example = "192.0.2.25")]
    public IReadOnlyList<Prefix> Relays { get; init; } = [];

    [Setting("Monitoring and scanning hosts.", Example = "192.0.2.100")]
    public IReadOnlyList<Prefix> Monitoring { get; init; } = [];
}
