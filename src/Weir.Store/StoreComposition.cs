// SPDX-License-Identifier: Apache-2.0
//
// The store's process as a list, in the order in which it starts; it stops in reverse.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Hosting.Disks;
using Weir.Hosting.Erasing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Braking;
using Weir.Store.Coverage;
using Weir.Store.Endpoints;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Store.LookBack;
using Weir.Store.Population;
using Weir.Store.Publishing;
using Weir.Store.Retention;
using Weir.Store.Runs;
using Weir.Store.Status;

namespace Weir.Store;

/// <summary>Puts the store's process into a host.</summary>
public static class StoreComposition
{
    /// <summary>Adds the process with its door.</summary>
    /// <exception cref="InvalidDataException">The options do not allow a start; each fault is a sentence.</exception>
    public static IServiceCollection AddStoreProcess(this IServiceCollection services, StoreProcessOptions options) =>
        options.Validate() is { Count: > 0 } faults
            ? throw new InvalidDataException(string.Join('\n', faults))
            : services.AddStoreComponents(options).AddPeerServer(options.Peers, StoreDoor.Map);

    /// <summary>Adds the process without its door.</summary>
    internal static IServiceCollection AddStoreComponents(
        this IServiceCollection services, StoreProcessOptions options)
    {
        var networks = options.Networks;
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HealthRegistry>();
        return services
            .AddErasureClock(_ => options.Folder)
            .AddReleaseChain(options.Audit, "store")
            .AddEngine(options.Settings.Store, options.Engine)
            .AddSegmentIntake(options.Segments)
            .AddBraking(options.BrakeFile, options.BrakeBound, options.People)
            .AddEvidence(options.Evidence)
            .AddCoverage()
            .AddPublishing(options.Publishing)
            .AddComparisons(options.ComparisonsWith(networks))
            .AddPopulation(options.PopulationWith(networks))
            .AddEndpointCounts(options.EndpointCounts)
            .AddLookBack(options.LookBack)
            .AddRetention(options.Retention, options.Settings.Store.RetentionDays, options.Audit)
            .AddStatus()
            .AddDiskWatch([options.Folder],
                [.. options.Settings.Store.Embedded is { } engine ? [engine] : Array.Empty<string>()]);
    }
}
