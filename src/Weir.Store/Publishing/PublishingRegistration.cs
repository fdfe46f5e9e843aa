// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Store.Publishing;

/// <summary>Puts what is published, and its noise, into a host.</summary>
internal static class PublishingRegistration
{
    public static IServiceCollection AddPublishing(this IServiceCollection services, PublishingOptions options) =>
        services.AddSingleton(options).AddSingleton<WindowNoise>().AddSingleton<EndpointFigures>()
            .AddSingleton<KeptComparisons>().AddSingleton<CollateralFigures>();
}
