// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.LineRoutes;

/// <summary>Puts routes of lines into a host.</summary>
internal static class LineRoutesRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="options">The vault's own router, where it names one.</param>
    public static IServiceCollection AddLineRoutes(this IServiceCollection services, LineRouteOptions options)
    {
        services.AddSingleton<LineRouteStore>();
        if (options.Gobgp is not null)
        {
            services.AddSingleton(options).AddSingleton<LineRouteDependencies>().AddSingleton<LineRouteKeeper>()
                .AddHostedService(provider =>
                {
                    var keeper = provider.GetRequiredService<LineRouteKeeper>();
                    provider.GetRequiredService<HealthRegistry>().Add("line-routes", () =>
                        keeper.Fault is { Length: > 0 } fault ? ComponentHealth.Degraded(fault) : ComponentHealth.Ok);
                    return keeper;
                });
        }

        return services
            .AddSingleton<ILineMeasures>(provider => new LineMeasures(
                provider.GetRequiredService<LineRouteStore>(), provider.GetService<LineRouteKeeper>(),
                provider.GetRequiredService<CaseSealStore>()))
            .AddSingleton(provider => new LineRouteGate(
                options.Gobgp is null ? null : (provider.GetRequiredService<LineRouteKeeper>(), options),
                provider.GetRequiredService<LineRouteStore>(), provider.GetRequiredService<CaseGrounds>(),
                provider.GetRequiredService<IAuditLog>(), provider.GetRequiredService<VaultRefusals>(),
                provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<ICaseEnding>(provider => provider.GetRequiredService<LineRouteGate>());
    }
}
