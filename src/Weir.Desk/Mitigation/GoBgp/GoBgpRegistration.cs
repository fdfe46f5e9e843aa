// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Blocking;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Mitigation.GoBgp;

/// <summary>Puts the provider's routers into a host.</summary>
internal static class GoBgpRegistration
{
    /// <summary>Adds them where a GoBGP is configured.</summary>
    public static IServiceCollection AddGoBgp(this IServiceCollection services, MitigationOptions options) =>
        options.Gobgp is { } address
            ? services.AddSingleton<IMitigationBackend>(_ => new GoBgpBackend(address, options.Routes))
            : services;
}
