// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>Puts the resolvers into a host.</summary>
internal static class RpzRegistration
{
    /// <summary>Adds them where a zone is configured.</summary>
    public static IServiceCollection AddRpz(this IServiceCollection services, RpzOptions options) =>
        options.File is null
            ? services
            : services.AddSingleton<IMitigationBackend>(provider => new RpzBackend(
                options, provider.GetRequiredService<TimeProvider>()));
}
