// SPDX-License-Identifier: Apache-2.0
//
// Processes that talk within one process: the same clients, routes, codes and JSON octets as over a socket, and a hook
// that loses, repeats and delays what is said. It starts no task of its own, so a simulation's seed decides everything.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;

namespace Weir.Hosting.Peers.Memory;

/// <summary>A network in memory. Safe for any thread.</summary>
public sealed class MemoryPeers : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Door> _doors = [];
    private readonly TimeProvider _time;
    private readonly IMeterFactory _meters;
    private readonly ILoggerFactory _logs;

    /// <param name="time">For delays and limits.</param>
    /// <param name="meters">Takes the counters.</param>
    /// <param name="logs">Takes the logs of both sides.</param>
    public MemoryPeers(TimeProvider time, IMeterFactory meters, ILoggerFactory logs) =>
        (_time, _meters, _logs) = (time, meters, logs);

    /// <summary>Asked before each call what becomes of it. Default: everything arrives.</summary>
    public Func<MemoryCall, MemoryFate> Fate { get; set; } = _ => MemoryFate.Deliver;

    /// <summary>Starts a process under a name; one that was there is stopped first.</summary>
    public void Start(string name, PeerRoutes routes)
    {
        Stop(name);
        lock (_gate)
        {
            _doors[name] = new Door(name, routes, _time, _meters, _logs);
        }
    }

    /// <summary>Stops a process: its waiting answers end, and callers find nobody.</summary>
    public void Stop(string name)
    {
        Door? door;
        lock (_gate)
        {
            _doors.Remove(name, out door);
        }

        door?.Dispose();
    }

    /// <summary>A client of a process, started or not.</summary>
    /// <param name="from">Who the process will think asks.</param>
    /// <param name="to">The process.</param>
    /// <param name="timeout">How long a call may take; 10 s unless given.</param>
    /// <param name="schema">Version of the schema that is spoken.</param>
    public PeerClient Client(Peer from, string to, TimeSpan? timeout = null, int schema = PeerSchema.Current)
    {
        var options = new PeerClientOptions
        {
            Name = to, Address = PeerAddress.Memory(to), Timeout = timeout ?? TimeSpan.FromSeconds(10), Schema = schema,
        };
        return new PeerClient(options, new MemoryHandler(this, from, to, _time), _time, _meters, _logs);
    }

    /// <summary>Stops every process.</summary>
    public void Dispose()
    {
        foreach (var name in Names())
        {
            Stop(name);
        }
    }

    internal PeerDispatcher? Find(string name)
    {
        lock (_gate)
        {
            return _doors.GetValueOrDefault(name)?.Dispatcher;
        }
    }

    private string[] Names()
    {
        lock (_gate)
        {
            return [.. _doors.Keys];
        }
    }

    private sealed class Door : IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly RefusalReport _refusals;

        public Door(string name, PeerRoutes routes, TimeProvider time, IMeterFactory meters, ILoggerFactory logs)
        {
            var log = logs.CreateLogger<PeerServer>();
            _refusals = new RefusalReport(name, time, log);
            Dispatcher = new PeerDispatcher(
                name, routes, new PeerServerMetrics(meters, () => 0), _refusals, time, log, _stopping.Token);
        }

        public PeerDispatcher Dispatcher { get; }

        public void Dispose()
        {
            _stopping.Cancel();
            _refusals.Dispose();
        }
    }
}
