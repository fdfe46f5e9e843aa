// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>Where flow exports are awaited, and how.</summary>
public sealed record UdpOptions
{
    /// <summary>The ports exporters use by habit: NetFlow, IPFIX (IANA), sFlow (IANA), NetFlow again.</summary>
    public static IReadOnlyList<int> DefaultPorts { get; } = [2055, 4739, 6343, 9995];

    /// <summary>Addresses and UDP ports. Default: the four ports on 127.0.0.1. Any protocol is
    /// taken on any of them.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [.. DefaultPorts.Select(
        port => new IPEndPoint(IPAddress.Loopback, port))];

    /// <summary>Receiving threads, 1 to 64. Default 1. An exporter always meets the same one.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Socket buffer asked of the kernel, octets per socket. Default 32 MiB; what was granted is in
    /// <see cref="UdpSocket.GrantedBufferOctets"/>.</summary>
    public int ReceiveBufferOctets { get; init; } = 32 << 20;

    /// <summary>Datagrams taken by one system call, 1 to 1,024. Default 128.</summary>
    public int BatchDatagrams { get; init; } = 128;

    /// <summary>Longest datagram taken whole, octets. Default 65,535: no UDP datagram is longer.</summary>
    public int MaxDatagramOctets { get; init; } = 65_535;

    /// <summary>Whether several datagrams are taken by one call where the system has one. Default true.</summary>
    public bool Batched { get; init; } = true;
}
