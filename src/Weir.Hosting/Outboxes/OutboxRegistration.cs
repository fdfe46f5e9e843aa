// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Files;

namespace Weir.Hosting.Outboxes;

/// <summary>Puts an outbox with its pump into a host.</summary>
public static class OutboxRegistration
{
    /// <summary>Adds an <see cref="Outbox"/>, keyed by its name, its figures, its health check <c>outbox-NAME</c>, and
    /// the pump that runs with the host.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="folder">Full path of its folder.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="deliver">Makes the receiver's end from the provider.</param>
    public static IServiceCollection AddOutbox(
        this IServiceCollection services, string folder, OutboxOptions options, Func<IServiceProvider, Deliver> deliver)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeyedSingleton(options.Name, (_, _) => DiskFolder.Open(folder));
        services.AddKeyedSingleton(options.Name, (provider, key) =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var outbox = Outbox.Open(
                provider.GetRequiredKeyedService<DiskFolder>(key), options, time,
                provider.GetRequiredService<ILogger<Outbox>>());
            OutboxMetrics.Register(
                provider.GetRequiredService<IMeterFactory>(), outbox.Name, () => outbox.State, time);
            return outbox;
        });
        services.AddSingleton<IHostedService>(provider => new Runner(new OutboxPump(
            provider.GetRequiredKeyedService<Outbox>(options.Name),
            provider.GetRequiredKeyedService<DiskFolder>(options.Name),
            deliver(provider), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxPump>>())));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"outbox-{options.Name}",
            provider => new OutboxHealth(
                provider.GetRequiredKeyedService<Outbox>(options.Name), provider.GetRequiredService<TimeProvider>()),
            null, ["outbox"]));
        return services;
    }

    private sealed class Runner(OutboxPump pump) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => pump.RunAsync(stoppingToken);
    }
}
