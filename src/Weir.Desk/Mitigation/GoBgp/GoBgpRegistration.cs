// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Blocking;
using Weir.Hosting.GoBgp;

namespace Weir.Desk.Mitigation.GoBgp;

/// <summary>The router's GoBGP.</summary>
/// <param name="Address">Where it answers.</param>
/// <param name="Routes">How routes are written.</param>
public sealed record GoBgpOptions(GoBgpAddress Address, RouteOptions Routes);

/// <summary>Puts the provider's routers into a host.</summary>
internal static class GoBgpRegistration
{
    /// <param name="services">The host's.</param>
    /// <param name="options">Null where no GoBGP is configured.</param>
    public static IServiceCollection AddGoBgp(this IServiceCollection services, GoBgpOptions? options) =>
        options is null
            ? services
            : services.AddSingleton<IMitigationBackend>(_ => new GoBgpBackend(options.Address, options.Routes));
}
