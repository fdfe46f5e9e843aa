// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Segments;
using Weir.Hosting.Auditing;
using Weir.Hosting.Retention;
using Weir.Store.Engine;
using Weir.Store.Population;

namespace Weir.Store.Retention;

/// <summary>Puts retention, and what is held, into a host.</summary>
internal static class RetentionRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="options">How long rows are kept beside the settings.</param>
    /// <param name="days">Days that pairs and sightings are kept.</param>
    /// <param name="chain">The store's own chain.</param>
    public static IServiceCollection AddRetention(
        this IServiceCollection services, RetentionOptions options, int days, AuditOptions chain)
    {
        services.AddSingleton(options).AddSingleton<RetentionRounds>()
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<RetentionRounds>());
        foreach (var (table, limit) in new[]
        {
            ("pairs", days), ("sightings", days),
            (CoverageBlocks.Table, Math.Max(days, RetentionOptions.CoverageDays)),
        })
        {
            services.AddRetentionSource(provider => new TableRetention(Store(provider), table, limit));
        }

        return services
            .AddRetentionSource(provider => new EvidenceRetention(Store(provider), options.EvidenceDays))
            .AddRetentionSource(provider => new FileRetention(
                "population answers", provider.GetRequiredService<PopulationOptions>().Folder, "*.json", null))
            .AddRetentionSource(_ => new AuditRetention(chain));
    }

    private static Func<FlowStore> Store(IServiceProvider provider)
    {
        var engine = provider.GetRequiredService<EngineHost>();
        return () => engine.Store;
    }
}
