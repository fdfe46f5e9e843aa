// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>All lanes: every lane has a socket on every listening address, and an exporter always meets
/// the same lane.</summary>
public sealed class UdpIntake : IDisposable
{
    private UdpIntake(UdpLane[] lanes, IntakeGate gate) => (Lanes, Gate) = (lanes, gate);

    public IReadOnlyList<UdpLane> Lanes { get; }

    public IntakeGate Gate { get; }

    public IEnumerable<UdpSocket> Sockets => Lanes.SelectMany(lane => lane.Sockets);

    /// <summary>Opens every socket, or none.</summary>
    /// <exception cref="IOException">An address cannot be had; the message names it and the mend.</exception>
    public static UdpIntake Open(UdpOptions options, IntakeGate gate, TimeProvider time, ILogger<UdpIntake> log)
    {
        var rows = new List<UdpSocket[]>();
        try
        {
            foreach (var address in options.Listen)
            {
                rows.Add(OpenGroup(address, options, log));
            }
        }
        catch (IOException)
        {
            rows.ForEach(row => Array.ForEach(row, socket => socket.Dispose()));
            throw;
        }

        var lanes = Enumerable.Range(0, options.Lanes)
            .Select(number => new UdpLane(number, [.. rows.Select(row => row[number])], options, gate, time))
            .ToArray();
        if (options.Batched && !lanes[0].IsBatched)
        {
            log.PlainReceive();
        }

        return new UdpIntake(lanes, gate);
    }

    /// <summary>Runs every lane with a taker of its own until cancelled, or until one fails: then all stop and the
    /// failure is thrown.</summary>
    public async Task RunAsync<TTaker>(Func<UdpLane, TTaker> takerFor, CancellationToken cancel)
        where TTaker : struct, IDatagramBatchHandler
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = Lanes.Select(lane => lane.RunAsync(takerFor(lane), stop.Token)).ToArray();
        _ = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    public void Dispose()
    {
        foreach (var lane in Lanes)
        {
            lane.Dispose();
        }
    }

    private static UdpSocket[] OpenGroup(IPEndPoint address, UdpOptions options, ILogger log)
    {
        var shared = options.Lanes > 1;
        var at = address;
        if (shared)
        {
            // Sharing would let a second program in unnoticed: first see that nobody has the address.
            using var alone = UdpSocket.Open(address, 0, shared: false, (int)options.ReceiveBuffer.Octets);
            at = alone.LocalEndPoint;
        }

        var group = new List<UdpSocket>();
        try
        {
            for (var lane = 0; lane < options.Lanes; lane++)
            {
                group.Add(UdpSocket.Open(at, lane, shared, (int)options.ReceiveBuffer.Octets));
            }
        }
        catch (IOException)
        {
            group.ForEach(socket => socket.Dispose());
            throw;
        }

        if (shared && !ExporterSteering.TryAttach(group[0].Socket, options.Lanes))
        {
            log.PortsHashed(group[0].Listener);
        }

        // Linux reports twice what was set; less than that means a clamp.
        var granted = group[0].GrantedBufferOctets / (OperatingSystem.IsLinux() ? 2 : 1);
        if (granted < (int)options.ReceiveBuffer.Octets)
        {
            log.SmallBuffer(group[0].Listener, granted, (int)options.ReceiveBuffer.Octets);
        }

        return [.. group];
    }
}
