// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Composing;
using Weir.Collector.Forwarding;
using Weir.Collector.Owning;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Wire;

namespace Weir.Tests.CollectorProcess;

/// <summary>Two collectors in one process: one that hears and owns nothing, and the owner of all. Their clocks go
/// together.</summary>
internal sealed class TwoCollectors : IAsyncDisposable
{
    public const string EdgeName = "edge-1";
    public const string OwnerName = "edge-2";

    /// <summary>The one that owns nothing.</summary>
    public CollectorWorld Edge { get; } = new();

    /// <summary>The one that owns all.</summary>
    public CollectorWorld Owner { get; } = new();

    public Collector.Composing.CollectorProcess EdgeProcess { get; private set; } = null!;

    public Collector.Composing.CollectorProcess OwnerProcess { get; private set; } = null!;

    public static OwnersOptions Rows { get; } = new()
    {
        Collectors =
        [
            new() { Name = EdgeName },
            new()
            {
                Name = OwnerName, Connect = "https://edge-2.example.net:8445", Networks = [Prefix.Parse("10.0.0.0/8")],
            },
        ],
    };

    public ForwardQueue Queue => EdgeProcess.Services.GetRequiredService<ForwardQueues>().Others.Single();

    public Collector.ForwardedLane Taken => OwnerProcess.Services.GetRequiredService<Collector.Pipeline>().Forwarded!;

    public async Task StartAsync(OwnersOptions? rows = null)
    {
        await StartOwnerAsync();
        await StartEdgeAsync(rows);
    }

    public async Task StartEdgeAsync(OwnersOptions? rows = null)
    {
        var section = rows ?? Rows;
        var client = Edge.Peers.Client(new Peer(EdgeName, PeerRoles.Collector), OwnerName);
        EdgeProcess = await Edge.StartAsync(options => options with
        {
            Forwarding = new()
            {
                Owners = new(section, Edge.Settings.Attributing, EdgeName),
                Section = section,
                Clients = new Dictionary<string, Weir.Hosting.Peers.Calling.PeerClient> { [OwnerName] = client },
                StopPatience = TimeSpan.FromSeconds(3),
            },
        });
    }

    /// <summary>Starts the owner, again after it was killed, and opens its door.</summary>
    public async Task StartOwnerAsync(OwnersOptions? rows = null)
    {
        OwnerProcess = await Owner.StartAsync(options => options with
        {
            Forwarding = new()
            {
                Owners = new(rows ?? Rows, Owner.Settings.Attributing, OwnerName),
                Section = rows ?? Rows,
                Clients = new Dictionary<string, Weir.Hosting.Peers.Calling.PeerClient>(),
            },
        });
        OpenDoor();
    }

    /// <summary>The owner answers, again after it was away.</summary>
    public void OpenDoor()
    {
        var routes = new PeerRoutes();
        ForwardingDoor.Map(OwnerProcess.Services, routes);
        Edge.Peers.Start(OwnerName, routes);
    }

    /// <summary>Somebody else answers in the owner's place.</summary>
    public void OpenDoor(PeerHandler<Stream, ForwardReceipt> answer) => Edge.Peers.Start(
        OwnerName, new PeerRoutes().PostRaw(
            ForwardingRoutes.Flows, PeerRoles.Collector, ForwardingJson.Default.ForwardReceipt, answer,
            ForwardedFlows.MaxOctets, isHeld: true));

    /// <summary>The owner is gone with what it had in memory, and nobody answers.</summary>
    public async Task KillOwnerAsync()
    {
        Edge.Peers.Stop(OwnerName);
        await OwnerProcess.DisposeAsync();
    }

    /// <summary>Lets both clocks go on until something is so.</summary>
    public Task UntilAsync(Func<bool> isSo, string what, TimeSpan? step = null) => Edge.UntilAsync(
        () =>
        {
            if (isSo())
            {
                return true;
            }

            Owner.Clock.Advance(step ?? TimeSpan.FromMilliseconds(250));
            return false;
        },
        what, step);

    public Task PassAsync(TimeSpan time)
    {
        var end = Edge.Clock.GetUtcNow() + time;
        return UntilAsync(() => Edge.Clock.GetUtcNow() >= end, "time passes", TimeSpan.FromSeconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        await Edge.DisposeAsync();
        await Owner.DisposeAsync();
    }
}
