// SPDX-License-Identifier: Apache-2.0
//
// Asks another process now and then how it is, so that one that went away is known before it is needed.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Health;

namespace Weir.Hosting.Peers.Calling;

/// <summary>Keeps a client's state fresh. What a call finds stands there and is logged by the client.</summary>
/// <param name="peer">The client.</param>
/// <param name="path">A route that answers everyone with JSON, such as <c>status</c>.</param>
/// <param name="time">The clock.</param>
public sealed class PeerWatch(PeerClient peer, string path, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            try
            {
                _ = await peer.GetRawAsync(path, DrainAsync, cancel: stoppingToken);
            }
            catch (Exception away) when (away is PeerDownException or PeerRefusedException)
            {
                // It stands in the client's state, which health tells.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static async Task<int> DrainAsync(Stream body, CancellationToken cancel)
    {
        var octets = new byte[4 << 10];
        var read = 0;
        for (int some; (some = await body.ReadAsync(octets, cancel)) > 0;)
        {
            read += some;
        }

        return read;
    }
}

/// <summary>Puts a watch into a host.</summary>
public static class PeerWatchRegistration
{
    /// <summary>Adds the watch and a part of the process's health.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="peer">The client.</param>
    /// <param name="path">A route that answers everyone.</param>
    /// <param name="meanwhile">What the process does while the other is away, for an operator.</param>
    public static IServiceCollection AddPeerWatch(
        this IServiceCollection services, PeerClient peer, string path, string meanwhile) =>
        services.AddSingleton<IHostedService>(provider =>
        {
            provider.GetRequiredService<HealthRegistry>().Add(peer.Name, () =>
                peer.State.Status is { IsUp: false } status
                    ? ComponentHealth.Degraded($"{meanwhile}: {status.LastFault}")
                    : ComponentHealth.Ok);
            return new PeerWatch(peer, path, provider.GetRequiredService<TimeProvider>());
        });
}
