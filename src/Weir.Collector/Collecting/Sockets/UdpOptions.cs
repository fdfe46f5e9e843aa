// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Collecting.Sessions;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>Where flow exports are awaited, and how; the section <c>collecting</c>.</summary>
public sealed record UdpOptions : ISection
{
    /// <summary>The ports exporters of all protocols use by habit, ascending.</summary>
    public static IReadOnlyList<int> DefaultPorts { get; } =
        [.. ExportProtocols.All.SelectMany(protocol => protocol.UsualPorts).Distinct().Order()];

    [Setting("Addresses and UDP ports. The default listens on this machine alone; name the address that faces your "
        + "routers, or 0.0.0.0 and \"[::]\" for all.", Example = "\"0.0.0.0:2055\"")]
    public IReadOnlyList<IPEndPoint> Listen { get; init; } =
        [.. DefaultPorts.Select(port => new IPEndPoint(IPAddress.Loopback, port))];

    [Setting("Receiving threads. An exporter always meets the same one.", Min = "1", Max = "64")]
    public int Lanes { get; init; } = 1;

    [Setting(
        "Socket buffer asked of the kernel, per socket and lane. Without CAP_NET_ADMIN net.core.rmem_max limits it.",
        Min = "64KiB", Max = "1GiB")]
    public ByteSize ReceiveBuffer { get; init; } = ByteSize.MiB(32);

    [Setting("Datagrams taken by one system call.", Key = "batch", Min = "1", Max = "1024")]
    public int BatchDatagrams { get; init; } = 128;

    [Setting("Longest datagram taken whole; a longer one is cut and counted. The default is more than UDP can carry.",
        Min = "1500B", Max = "65535B")]
    public ByteSize MaxDatagram { get; init; } = new(65_535);

    [Setting("Exporters whose datagrams are decoded. Outside a lab no others are, and none while none is named; `weir "
        + "exporters` prints the lines to add for those that are heard. Belongs into the governance.")]
    public IReadOnlyList<KnownExporterOptions> Exporters { get; init; } = [];

    [Setting("How long a stream of datagrams has to go on, by sequence and uptime, before what it tells is corroborated; "
        + "until then, outside a lab, what it gives rise to is sealed. Less than 10m only by the governance; 0s: "
        + "nobody asks, and whoever can send to the port is believed.", Min = "0s", Max = "1d")]
    public TimeSpan CorroboratedAfter { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("IPFIX over TCP and TLS.")]
    public SessionOptions Sessions { get; init; } = new();

    /// <summary>Whether several datagrams are taken by one call where the system has one. Default true.</summary>
    public bool Batched { get; init; } = true;

    public void Validate(SectionFaults faults)
    {
        faults.AddTwice("listen", Listen, at => at.ToString());
        faults.AddTwice("exporters", Exporters, one => one.Network.ToString());
        if (Listen.Count == 0)
        {
            faults.Add("listen", "names no address; write one, or take the key out for the default ports");
        }
    }
}
