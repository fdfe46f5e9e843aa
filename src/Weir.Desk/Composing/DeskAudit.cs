// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Outside;
using Weir.Hosting.Erasing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Composing;

/// <summary>The desk's own chain: open before all else, with the policy in force as its first entry.</summary>
internal static class DeskAudit
{
    public static IServiceCollection AddAudit(
        this IServiceCollection services, AuditOptions options, PolicyProfile policy)
    {
        services.AddSingleton(policy);
        services.AddSingleton<IAuditLog>(provider => provider.GetRequiredService<FileAuditLog>());
        return services.AddOpened(async (provider, cancel) =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var audit = FileAuditLog.Open(
                options, time, provider.GetRequiredService<ILogger<FileAuditLog>>(),
                provider.GetRequiredService<ErasureClock>());
            _ = new AuditMetrics(provider.GetRequiredService<IMeterFactory>(), () => audit.State, time);
            provider.GetRequiredService<HealthRegistry>().Add(
                "audit", () => AuditHealth.Of(audit.State, options, time.GetUtcNow()));
            await audit.AppendAsync(PolicyAuditEntry.Create(policy), cancel);
            return audit;
        }).AddHeadsOutside(options.Outside, "desk");
    }
}
