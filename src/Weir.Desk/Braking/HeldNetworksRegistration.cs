// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Desk.Cases;
using Weir.Hosting.Running;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Braking;

/// <summary>Puts decisions about held networks into a host.</summary>
internal static class HeldNetworksRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddBraking(this IServiceCollection services) => services
        .AddSingleton(provider =>
        {
            var vault = provider.GetRequiredService<DeskVault>().Brake;
            IBrakeKeeper store = new StoreBrake(provider.GetRequiredService<StoreRequests>());
            return new HeldNetworkHandler(
                provider.GetRequiredService<CaseHandler>(), vault is null ? [store] : [vault, store],
                provider.GetRequiredService<ILogger<HeldNetworkHandler>>());
        })
        .AddRecurring("held-networks", Period, provider =>
            provider.GetRequiredService<HeldNetworkHandler>().RunOnceAsync);
}
