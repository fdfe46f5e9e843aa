// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Store.Population;

/// <summary>Puts the population plane into a host.</summary>
internal static class PopulationRegistration
{
    public static IServiceCollection AddPopulation(this IServiceCollection services, PopulationOptions options) =>
        services.AddSingleton(options).AddSingleton<PopulationGate>();
}
