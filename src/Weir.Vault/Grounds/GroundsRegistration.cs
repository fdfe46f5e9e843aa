// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Health;

namespace Weir.Vault.Grounds;

/// <summary>Puts the keys of those who sign events into a host.</summary>
internal static class GroundsRegistration
{
    public static IServiceCollection AddGrounds(this IServiceCollection services, GroundsOptions options) => services
        .AddSingleton(options)
        .AddSingleton<EventKeys>()
        .AddSingleton<IHostedService>(provider => new Showing(
            provider.GetRequiredService<EventKeys>(), provider.GetRequiredService<HealthRegistry>()));

    private sealed class Showing(EventKeys keys, HealthRegistry health) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            health.Add("event-keys", () => keys.Fault is { Length: > 0 } fault
                ? ComponentHealth.Degraded(fault)
                : ComponentHealth.Ok);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
