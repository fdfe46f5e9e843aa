// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Weir.Store.Runs;

/// <summary>Puts comparisons into a host.</summary>
internal static class RunsRegistration
{
    public static IServiceCollection AddComparisons(this IServiceCollection services, ComparisonOptions options) =>
        services.AddSingleton(options).AddSingleton<AllowLists>().AddSingleton<FoundEndpoints>()
            .AddSingleton<FrozenCandidates>().AddSingleton<ComparedEndpoints>()
            .AddSingleton<ComparisonInputs>().AddSingleton<ComparisonShelf>().AddSingleton<ComparisonPublisher>()
            .AddSingleton<ComparisonGate>().AddSingleton<CohortKeys>()
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<CohortKeys>());
}
