// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Collector.Scopes;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;

namespace Weir.Collector.Remediation;

internal static class LineActivityRegistration
{
    /// <summary>Adds what the vault is told of lines under a check; nothing where there is no vault.</summary>
    public static IServiceCollection AddRemediation(
        this IServiceCollection services, PeerClient? vault, TimeSpan period) =>
        vault is null ? services : services.AddSingleton<IHostedService>(provider =>
        {
            var reporter = new LineActivityReporter(
                provider.GetRequiredService<ScopeKeeper>(), provider.GetRequiredService<Pipeline>(),
                new CollectorVaultClient(vault), period, provider.GetRequiredService<TimeProvider>());
            provider.GetRequiredService<HealthRegistry>().Add("line-activity", () =>
                reporter.Fault is { Length: > 0 } fault
                    ? ComponentHealth.Degraded($"the vault is not told whether lines under a check are active: {fault}")
                    : ComponentHealth.Ok);
            return reporter;
        });
}
