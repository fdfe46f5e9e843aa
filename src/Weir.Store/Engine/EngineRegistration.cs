// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Sections;

namespace Weir.Store.Engine;

/// <summary>Puts the engine into a host.</summary>
internal static class EngineRegistration
{
    /// <summary>Adds the engine, which starts before what stands below it in the list.</summary>
    public static IServiceCollection AddEngine(
        this IServiceCollection services, StoreOptions settings, EngineOptions options)
    {
        services.AddSingleton(settings);
        services.AddSingleton(options);
        services.AddSingleton<EngineHost>();
        services.AddSingleton<IHostedService>(provider =>
        {
            var engine = provider.GetRequiredService<EngineHost>();
            _ = new EngineMetrics(provider.GetRequiredService<IMeterFactory>(), engine);
            return engine;
        });
        return services.AddHostedService<EngineFolderWatch>();
    }
}
