// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Store.Publishing;

namespace Weir.Store.Population;

/// <summary>Puts the population plane into a host.</summary>
internal static class PopulationRegistration
{
    public static IServiceCollection AddPopulation(this IServiceCollection services, PopulationOptions options) =>
        services.AddSingleton(options)
            .AddSingleton(provider => new PopulationPublishing(
                provider.GetRequiredService<WindowNoise>(), provider.GetRequiredService<EndpointFigures>(),
                provider.GetRequiredService<PublishingOptions>().Settle,
                provider.GetRequiredService<KeptComparisons>().Has))
            .AddSingleton<PopulationGate>();
}
