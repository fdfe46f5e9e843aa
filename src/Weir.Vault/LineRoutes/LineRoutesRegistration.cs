// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Auditing;
using Weir.Hosting.Blocking;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Health;
using Weir.Hosting.Running;
using Weir.Vault.Approving;
using Weir.Vault.Chain;
using Weir.Vault.Keys;
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
        if (options.Gobgp is { } router)
        {
            services.AddSingleton(options).AddSingleton<LineRouteDependencies>().AddSingleton<LineRouteLedger>()
                .AddSingleton<IMitigationBackend>(provider => new GoBgpBackend(
                    router, options.Routes with
                    {
                        Instance = InstanceNumber.Open(
                            options.Instance, provider.GetRequiredService<VaultFolder>().At("line-routes.instance"), "",
                            LineRouteOptions.UsualInstance).Value,
                    }, isForLines: true))
                .AddSingleton(provider => new MitigationReconciler(
                    provider.GetRequiredService<IMitigationBackend>(), provider.GetRequiredService<LineRouteLedger>(),
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<MitigationReconciler>>()))
                .AddLoop("line-routes", provider =>
                {
                    var keeper = provider.GetRequiredService<MitigationReconciler>();
                    provider.GetRequiredService<HealthRegistry>().Add(
                        "line-routes", () => keeper.Status.HealthOf(keeper.Backend));
                    return keeper.RunAsync;
                });
        }

        return services
            .AddSingleton<ILineMeasures>(provider => new LineMeasures(
                provider.GetRequiredService<LineRouteStore>(), provider.GetService<LineRouteLedger>(),
                provider.GetRequiredService<CaseSealStore>()))
            .AddSingleton(provider => new LineRouteGate(
                options.Gobgp is null ? null : (provider.GetRequiredService<LineRouteLedger>(), options),
                provider.GetRequiredService<LineRouteStore>(), provider.GetRequiredService<CaseGrounds>(),
                provider.GetRequiredService<ApprovalJudge>(), provider.GetRequiredService<IAuditLog>(),
                provider.GetRequiredService<VaultRefusals>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<ICaseEnding>(provider => provider.GetRequiredService<LineRouteGate>());
    }
}
