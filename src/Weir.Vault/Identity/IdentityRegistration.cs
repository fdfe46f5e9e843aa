// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Auditing;
using Weir.Hosting.Erasing;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;

namespace Weir.Vault.Identity;

/// <summary>Puts who had which address into a host.</summary>
internal static class IdentityRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="options">Its sources.</param>
    /// <param name="known">Who knows it already; null for the sources.</param>
    /// <param name="salt">For names of lines, the same at every start.</param>
    public static IServiceCollection AddIdentity(
        this IServiceCollection services, IdentityOptions options, IIdentity? known,
        Func<IServiceProvider, byte[]> salt)
    {
        services.AddSingleton(provider => new SubscriberLineNamer(salt(provider)));
        if (known is not null)
        {
            return services.AddSingleton(known).AddSingleton<ISubscriberSessions, NoSubscriberSessions>();
        }

        return services
            .AddSingleton(provider => IdentityIntake.Open(
                options, salt(provider), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<IdentityIntake>>(), provider.GetRequiredService<IAuditLog>(),
                provider.GetRequiredService<ErasureClock>()))
            .AddSingleton<IIdentity>(provider => provider.GetRequiredService<IdentityIntake>().Table)
            .AddSingleton(provider => provider.GetRequiredService<IdentityIntake>().Sessions)
            .AddHostedService(provider =>
            {
                var intake = provider.GetRequiredService<IdentityIntake>();
                _ = new IdentityMetrics(provider.GetRequiredService<IMeterFactory>(), () => intake);
                return new Running(intake);
            });
    }

    private sealed class Running(IdentityIntake intake) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => intake.RunAsync(stoppingToken);
    }
}
