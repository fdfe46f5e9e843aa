// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Cases;
using Weir.Desk.Lists;
using Weir.Hosting.Auditing;
using Weir.Hosting.Running;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Promotion;

/// <summary>Promotion of candidates.</summary>
public sealed record PromotionsOptions
{
    /// <summary>How long a promoted endpoint stays listed.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Folder of the lists that people make.</summary>
    public required string Folder { get; init; }

    /// <summary>How far back past contacts are looked for, at most <see cref="LookBack.Longest"/>.</summary>
    public required TimeSpan Reach { get; init; }

    /// <summary>What a digest may take from its flow to the store.</summary>
    public required TimeSpan Settles { get; init; }

    /// <summary>Whether the names of an epoch are still valid; null where subjects stand in clear.</summary>
    public Func<uint, bool>? HasNames { get; init; }
}

/// <summary>Puts promotion into a host.</summary>
internal static class PromotionsRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddPromotions(
        this IServiceCollection services, PromotionsOptions options)
    {
        services.AddSingleton(provider =>
            new PromotedFile(options.Folder, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IKeptList>(provider => provider.GetRequiredService<PromotedFile>());
        services.AddSingleton(provider => new PromotionHandler(new()
        {
            Desk = provider.GetRequiredService<CaseHandler>(),
            Candidates = provider.GetRequiredService<ICandidates>(),
            Promoted = provider.GetRequiredService<PromotedFile>(),
            Lists = provider.GetRequiredService<CurrentWatchlist>(),
            Lifetime = options.Lifetime,
            Time = provider.GetRequiredService<TimeProvider>(),
        }));
        services.AddSingleton(provider => new PromotionRenewal(
            provider.GetRequiredService<PromotedFile>(), provider.GetRequiredService<IAuditLog>(), options.Lifetime,
            provider.GetRequiredService<TimeProvider>()));
        return services.AddRecurring("promotions", Period, provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var cases = provider.GetRequiredService<CaseHandler>();
            var search = new LookBack(new()
            {
                Desk = cases,
                Store = new StoreLookBackSource(
                    new StoreLookBack(provider.GetRequiredService<StoreRequests>()), options.HasNames, options.Reach,
                    time),
                Audit = provider.GetRequiredService<IAuditLog>(),
                Time = time,
            });
            return new LookBackRounds(
                cases, provider.GetRequiredService<PromotedFile>(), search, options.Settles, time,
                provider.GetRequiredService<ILogger<LookBackRounds>>()).RunOnceAsync;
        });
    }
}
