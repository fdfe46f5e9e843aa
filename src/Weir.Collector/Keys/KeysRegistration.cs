// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Networks;
using Weir.Hosting.Health;

namespace Weir.Collector.Keys;

internal static class KeysRegistration
{
    /// <summary>Adds keys and leases, kept fresh.</summary>
    public static IServiceCollection AddKeys(
        this IServiceCollection services, ICollectorKeys keys, NetworkTable networks)
    {
        services.AddSingleton(keys);
        services.AddSingleton(new SubjectBlocks(keys.Epochs, networks));
        services.AddSingleton<KeyRefresher>();
        return services.AddSingleton<IHostedService>(provider =>
        {
            var refresher = provider.GetRequiredService<KeyRefresher>();
            provider.GetRequiredService<HealthRegistry>().Add("keys", () => refresher.Fault is { Length: > 0 } fault
                ? ComponentHealth.Degraded($"flows of epochs or leases that are missing count as unattributed: {fault}")
                    with { IsReady = refresher.HasBegun }
                : ComponentHealth.Ok);
            return refresher;
        });
    }
}
