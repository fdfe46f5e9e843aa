// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>What the sockets count, per listener and lane. Read when asked; nothing is done per datagram.</summary>
public sealed class SocketMetrics
{
    private readonly Func<UdpIntake?> _intake;

    public SocketMetrics(IMeterFactory meters, Func<UdpIntake?> intake)
    {
        _intake = intake;
        var meter = meters.Create("Weir.Collecting.Sockets");
        meter.CreateObservableCounter(
            "weir.collecting.received_datagrams", () => PerSocket(s => s.Datagrams), "{datagram}",
            "Datagrams taken from the sockets, truncated ones included.");
        meter.CreateObservableCounter("weir.collecting.received", () => PerSocket(s => s.Octets), "By",
            "UDP payload taken from the sockets.");
        meter.CreateObservableCounter(
            "weir.collecting.kernel_dropped_datagrams", () => PerSocket(s => s.KernelDropped), "{datagram}",
            "Datagrams the kernel dropped before they were taken, the buffer being full or the checksum wrong. Sent = "
                + "received + this, but for the wire.");
        meter.CreateObservableCounter(
            "weir.collecting.truncated_datagrams", () => PerSocket(s => s.Truncated), "{datagram}",
            "Datagrams longer than collecting.max-datagram; their first part was handed on.");
        meter.CreateObservableGauge("weir.collecting.socket_buffer", () => PerSocket(s => s.GrantedBufferOctets), "By",
            "Buffer the kernel granted, its own overhead included.");
        meter.CreateObservableCounter("weir.collecting.lane_cpu", () => PerLane(l => l.CpuTime.TotalSeconds), "s",
            "Processor time of a lane's thread, decoding to digesting included. A rate near 1 means the lane is full.");
        meter.CreateObservableCounter("weir.collecting.paused", () => PerLane(l => l.Rested.TotalSeconds), "s",
            "How long the intake was stopped, by a full disk for example; what arrives meanwhile is in "
                + "kernel_dropped_datagrams once the buffer is full.");
        meter.CreateObservableGauge(
            "weir.collecting.intake_open", () => _intake() is { } open && open.Gate.IsOpen ? 1 : 0, null,
            "1 while datagrams are taken, 0 while the intake is stopped.");
    }

    private IEnumerable<Measurement<long>> PerSocket(Func<UdpSocket, long?> count) =>
        from socket in _intake()?.Sockets ?? []
        let value = count(socket)
        where value is not null
        select new Measurement<long>(value.Value, [new("listener", socket.Listener), new("lane", Text(socket.Lane))]);

    private IEnumerable<Measurement<double>> PerLane(Func<UdpLane, double> count) =>
        from lane in _intake()?.Lanes ?? []
        select new Measurement<double>(count(lane), [new("lane", Text(lane.Number))]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
