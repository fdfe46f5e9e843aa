// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Rpz;
using Weir.Hosting.Health;

namespace Weir.Desk.Mitigation.Enforcing;

/// <summary>Bring router and resolvers to what should be in force, round after round.</summary>
internal sealed class BlockKeepers : IDisposable
{
    private readonly MitigationOptions _options;
    private readonly MitigationController _blocks;

    public BlockKeepers(
        MitigationOptions options, MitigationController blocks, TimeProvider time, ILoggerFactory logs)
    {
        (_options, _blocks) = (options, blocks);
        Router = options.Gobgp is { } address
            ? new RouteReconciler(blocks, address, options.Routes, time, logs.CreateLogger<RouteReconciler>())
            : null;
        var zone = options.Rpz with { Exempt = options.Exempt };
        Zone = zone.File is not null
            ? new PolicyZonePublisher(
                blocks, zone, [.. zone.Resolvers.Select(resolver => Resolver.Create(resolver, zone))], time,
                logs.CreateLogger<PolicyZonePublisher>())
            : null;
    }

    /// <summary>None where no GoBGP is configured.</summary>
    public RouteReconciler? Router { get; }

    /// <summary>None where no zone is configured.</summary>
    public PolicyZonePublisher? Zone { get; }

    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(
        Router?.RunAsync(cancel) ?? Task.CompletedTask, Zone?.RunAsync(cancel) ?? Task.CompletedTask);

    public ComponentHealth Check() =>
        _blocks.Lost is { Length: > 0 } lost ? ComponentHealth.Degraded(lost)
        : Router?.Status is { IsReachable: false } router
            ? ComponentHealth.Degraded($"GoBGP at {_options.Gobgp}: {router.Fault}")
        : Router?.Status is { Planned: > 0 } alone && !alone.Peers.Any(peer => peer.IsEstablished)
            ? ComponentHealth.Degraded($"GoBGP at {_options.Gobgp} has no neighbour: blocks reach no router")
        : Zone?.Status is { Fault.Length: > 0 } zone ? ComponentHealth.Degraded(zone.Fault)
        : ComponentHealth.Ok;

    public void Dispose()
    {
        Router?.Dispose();
        Zone?.Dispose();
    }
}
