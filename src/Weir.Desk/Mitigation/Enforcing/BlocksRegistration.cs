// SPDX-License-Identifier: Apache-2.0
//
// Blocks of far ends: the journal, the controller, and a keeper for each backend of the options. A journal
// that cannot be opened does not stop the desk: nothing is blocked then, and routers are swept, until it can.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation.Requests;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Mitigation.Enforcing;

/// <summary>Puts blocks into a host.</summary>
internal static class BlocksRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <param name="services">The host's services.</param>
    /// <param name="options">How far ends are blocked.</param>
    /// <param name="journal">File of the journal.</param>
    public static IServiceCollection AddBlocks(
        this IServiceCollection services, MitigationOptions options, string journal)
    {
        services.AddSingleton<StoreCounts>();
        services.AddSingleton<ICollateralCounts>(provider => provider.GetRequiredService<StoreCounts>());
        services.AddSingleton<ListedForBlocks>();
        services.AddSingleton(_ => new ReopenedJournal(journal));
        services.AddOpened((provider, cancel) => OpenAsync(provider, options, cancel));
        services.AddSingleton<IAlarmSource>(provider => provider.GetRequiredService<MitigationController>());
        foreach (var backend in options.Backends.Where(backend => backend.IsConfigured))
        {
            backend.Register(services, options.Exempt);
        }

        services.AddSingleton<BlockKeepers>();
        services.AddSingleton(provider => new BlockRequests(new BlockRequestDependencies
        {
            Cases = provider.GetRequiredService<CaseHandler>(),
            Blocks = provider.GetRequiredService<MitigationController>(),
            Collateral = provider.GetRequiredService<ICollateralCounts>(),
            IsListed = provider.GetRequiredService<ListedForBlocks>().Names,
            Length = options.Lease,
            Longest = options.MaxLifetime,
            WhyNotForLine = id => provider.GetRequiredService<ILineStanding>().WhyNotForLine(id),
        }));
        services.AddLoop("block-keepers", provider =>
        {
            var keepers = provider.GetRequiredService<BlockKeepers>();
            var blocks = provider.GetRequiredService<MitigationController>();
            _ = new MitigationMetrics(
                provider.GetRequiredService<IMeterFactory>(), () => blocks, () => keepers.All);
            provider.GetRequiredService<HealthRegistry>().Add("blocking", keepers.Check);
            return keepers.RunAsync;
        });
        return services.AddRecurring("blocks", Period, provider => new TriedEndpoints(
            provider.GetRequiredService<StoreCounts>(), provider.GetRequiredService<MitigationController>(),
            provider.GetRequiredService<TimeProvider>()).RunOnceAsync);
    }

    private static async Task<MitigationController> OpenAsync(
        IServiceProvider provider, MitigationOptions options, CancellationToken cancel)
    {
        return await MitigationController.OpenAsync(
            provider.GetRequiredService<ReopenedJournal>(), provider.GetRequiredService<IAuditLog>(),
            provider.GetRequiredService<ListedForBlocks>(),
            options, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MitigationController>>(), cancel);
    }
}

/// <summary>What was tried keeps its block; what is due ends (rules.md R15). Which listed endpoints lines tried is
/// asked of the store.</summary>
internal sealed class TriedEndpoints(StoreCounts store, MitigationController blocks, TimeProvider time)
{
    /// <summary>Sightings of one flow may take so long from the router to the store.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(15);

    /// <summary>The store is asked with a k above one alone to round bands; nobody sees them here.</summary>
    private const int K = 10;

    private DateTimeOffset? _since;

    public async Task RunOnceAsync(CancellationToken cancel)
    {
        await blocks.ExpireAsync(cancel);
        if (blocks.Active.Count == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        var seen = await store.SightedAsync((_since ?? now) - OnTheWay, K, cancel);
        foreach (var row in seen)
        {
            if (Endpoint.TryParse(row.Endpoint, out var endpoint))
            {
                var at = DateTimeOffset.FromUnixTimeMilliseconds(row.LastMs);
                await blocks.SawAsync([endpoint], at < now ? at : now, cancel);
            }
        }

        _since = now;
    }
}
