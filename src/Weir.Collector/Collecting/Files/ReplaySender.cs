// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.Wire;

namespace Weir.Collector.Collecting.Files;

/// <summary>An exporter of the file.</summary>
internal readonly record struct ReplayExporter(IpKey Address, ushort Port);

/// <summary>The sockets and the pace of one replay.</summary>
internal sealed class ReplaySender(ReplayOptions options, TimeProvider time, CancellationToken cancel) : IDisposable
{
    /// <summary>A file may name any number of senders; those beyond this are not remembered.</summary>
    private const int MaxExporters = 65_536;

    private const int MaxSockets = 64;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<ReplayExporter, Socket> _sockets = [];
    private readonly List<Socket> _all = [];
    private readonly SocketAddress _target = options.Target.Serialize();
    private readonly long _begun = time.GetTimestamp();
    private TimeSpan _due;
    private long _lastMs;

    public long Sent { get; private set; }

    public long Octets { get; private set; }

    public long Failed { get; private set; }

    public string FirstFailure { get; private set; } = string.Empty;

    public void Send(ReadOnlySpan<byte> payload, ReplayExporter exporter, long arrivedAtMs)
    {
        Wait(arrivedAtMs);
        try
        {
            SocketOf(exporter).SendTo(payload, SocketFlags.None, _target);
            Sent++;
            Octets += payload.Length;
        }
        catch (SocketException fault)
        {
            Failed++;
            FirstFailure = FirstFailure.Length == 0 ? fault.Message : FirstFailure;
        }
    }

    public void Dispose() => _all.ForEach(socket => socket.Dispose());

    private void Wait(long arrivedAtMs)
    {
        var number = Sent + Failed;
        if (options.PacketsPerSecond is { } pace)
        {
            _due = TimeSpan.FromSeconds(number / pace);
        }
        else if (arrivedAtMs == 0)
        {
            _due = TimeSpan.FromSeconds(number / ReplayOptions.PaceWithoutTimes);
        }
        else
        {
            var gap = TimeSpan.FromMilliseconds(_lastMs == 0
                ? 0
                : Math.Clamp(arrivedAtMs - _lastMs, 0, (long)options.LongestPause.TotalMilliseconds));
            _lastMs = arrivedAtMs;
            _due += gap;
        }

        var wait = _due - time.GetElapsedTime(_begun);
        if (wait >= ShortestWait)
        {
            Task.Delay(wait, time, cancel).GetAwaiter().GetResult();
        }
        else
        {
            cancel.ThrowIfCancellationRequested();
        }
    }

    private Socket SocketOf(ReplayExporter exporter)
    {
        if (_sockets.TryGetValue(exporter, out var socket))
        {
            return socket;
        }

        // Beyond the bound exporters share ports.
        if (_all.Count < MaxSockets)
        {
            _all.Add(
                new(options.Target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 1 << 20 });
        }

        socket = _all[_sockets.Count % _all.Count];
        if (_sockets.Count < MaxExporters)
        {
            _sockets.Add(exporter, socket);
        }

        return socket;
    }
}
