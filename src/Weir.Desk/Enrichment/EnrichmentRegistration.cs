// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Running;

namespace Weir.Desk.Enrichment;

/// <summary>Puts the names of endpoints' networks into a host.</summary>
internal static class EnrichmentRegistration
{
    public static IServiceCollection AddEnrichment(this IServiceCollection services, EnrichmentOptions options) =>
        services
        .AddSingleton(provider =>
        {
            var owners = new NetworkOwners(options.Files);
            _ = new EnrichmentMetrics(provider.GetRequiredService<IMeterFactory>(), () => owners.States);
            return owners;
        })
        .AddRecurring("enrichment", options.Refresh, provider =>
        {
            var owners = provider.GetRequiredService<NetworkOwners>();
            return _ => RefreshAsync(owners);
        });

    /// <summary>One round.</summary>
    /// <exception cref="EnrichmentException">Files cannot be used: their last good copies stay in force.</exception>
    private static Task RefreshAsync(NetworkOwners owners)
    {
        owners.Refresh();
        string[] faults = [.. owners.States.Select(one => one.Fault ?? "").Where(fault => fault.Length > 0)];
        return faults.Length == 0 ? Task.CompletedTask : throw new EnrichmentException(string.Join("; ", faults));
    }
}
