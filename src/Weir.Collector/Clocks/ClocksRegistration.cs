// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Clocks;

internal static class ClocksRegistration
{
    /// <summary>Adds what others are told of the time.</summary>
    public static IServiceCollection AddExporterTime(
        this IServiceCollection services, PeerClient desk, PeerClient store, PeerClient? vault) => services
        .AddSingleton(new ExporterTimeListeners(desk, store, vault))
        .AddHostedService<ExporterTimeTeller>();
}
