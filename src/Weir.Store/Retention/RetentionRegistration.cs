// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Weir.Store.Retention;

/// <summary>Puts retention into a host.</summary>
internal static class RetentionRegistration
{
    public static IServiceCollection AddRetention(this IServiceCollection services, RetentionOptions options) =>
        services.AddSingleton(options).AddSingleton<RetentionRounds>()
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<RetentionRounds>());
}
