// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sockets;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Collecting.Sockets;

/// <summary>What a taker saw; shared by the copies of the struct.</summary>
internal sealed class ReceivedDatagrams
{
    public long Datagrams;
    public long Octets;
    public long Ends;
    public long Sum;
    public List<(IpKey Exporter, ushort Port, long AtMs, byte[] Payload)>? Kept;
    public readonly HashSet<IpKey> Exporters = [];
}

internal readonly struct RecordingBatchHandler(ReceivedDatagrams seen) : IDatagramBatchHandler
{
    public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
    {
        lock (seen)
        {
            seen.Octets += payload.Length;
            seen.Sum += payload.IsEmpty ? 0 : payload[0];
            seen.Exporters.Add(exporter);
            seen.Kept?.Add((exporter, exporterPort, arrivedAtMs, payload.ToArray()));
            Volatile.Write(ref seen.Datagrams, seen.Datagrams + 1);
        }
    }

    public void OnBatchEnd() => Interlocked.Increment(ref seen.Ends);
}

internal static class Loopback
{
    public static UdpOptions Any(int lanes = 1) => new() { Listen = [new(IPAddress.Loopback, 0)], Lanes = lanes };

    public static UdpIntake Open(UdpOptions options, IntakeGate? gate = null) =>
        UdpIntake.Open(options, gate ?? new IntakeGate(), TimeProvider.System, NullLogger<UdpIntake>.Instance);

    public static Socket SenderTo(IPEndPoint target, IPAddress? from = null)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(from, 0));
        }

        socket.Connect(target);
        return socket;
    }

    /// <summary>Waits for something that must happen;</summary>
    public static void Until(Func<bool> happened) => Weir.Tests.Support.Until.IsSo(happened, "it happened");
}
