// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;
using Weir.Vault.Approving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.Gardening;

/// <summary>Puts restrictions of lines into a host.</summary>
internal static class GardeningRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="options">How lines get into gardens.</param>
    public static IServiceCollection AddGardening(this IServiceCollection services, WalledGardenOptions options)
    {
        services.AddSingleton<SubscriberLineNetworks>().AddSingleton<ProtectedGate>();
        if (options.IsSet)
        {
            services.AddSingleton<GardenDependencies>().AddSingleton(provider => Open(provider, options))
                .AddSingleton<ICaseEnding>(provider => provider.GetRequiredService<WalledGardenController>())
                .AddHostedService(provider => new Running(provider.GetRequiredService<WalledGardenController>()));
        }

        return services.AddSingleton(provider => new GardenGate(
            provider.GetService<WalledGardenController>(), provider.GetRequiredService<CaseGrounds>(),
            provider.GetRequiredService<ApprovalJudge>(), provider.GetRequiredService<IAuditLog>(),
            provider.GetRequiredService<VaultRefusals>()));
    }

    private static WalledGardenController Open(IServiceProvider provider, WalledGardenOptions options)
    {
        var (time, counts) = (provider.GetRequiredService<TimeProvider>(), new WalledGardenCounts());
        var log = provider.GetRequiredService<ILogger<WalledGardenController>>();
        IEnforcementBackend way = options.Script is { } script
            ? new ScriptEnforcementBackend(
                new ScriptRunner(new ScriptOptions { Program = script, Limit = options.Patience }, time),
                options.Patience, time)
            : new RadiusEnforcementBackend(options, counts, time, log);
        return new WalledGardenController(
            provider.GetRequiredService<GardenDependencies>(), way, provider.GetRequiredService<IAuditLog>(), counts,
            time,
            log);
    }

    private sealed class Running(WalledGardenController gardens) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => gardens.RunAsync(stoppingToken);
    }
}
