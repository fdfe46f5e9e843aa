// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Weir.Desk.Cases;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Remediation;

/// <summary>Puts what silence proves into a host, and the alarm for exporters that fell silent.</summary>
internal static class RemediationRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Adds the judge of silences; before the cases.</summary>
    public static IServiceCollection AddRemediation(this IServiceCollection services, RemediationOptions options) =>
        services.AddSingleton<ICoverageSource, StoreCoverage>()
            .AddSingleton<IRemediationJudge>(provider => new RemediationJudge(
                provider.GetRequiredService<ICoverageSource>(), provider.GetRequiredService<DeskVault>().Activity,
                options));

    /// <summary>Adds the alarm for exporters that fell silent.</summary>
    public static IServiceCollection AddExporterWatch(this IServiceCollection services, RemediationOptions options) =>
        services.AddSingleton(provider => new ExporterWatch(
                provider.GetRequiredService<ICoverageSource>(), options, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IAlarmSource>(provider => provider.GetRequiredService<ExporterWatch>())
            .AddRecurring("exporter-watch", Period, provider =>
        {
            var watch = provider.GetRequiredService<ExporterWatch>();
            _ = new ExporterWatchMetrics(provider.GetRequiredService<IMeterFactory>(), () => watch.Silent);
            provider.GetRequiredService<HealthRegistry>().Add("exporters", watch.Check);
            return watch.RunOnceAsync;
        });
}
