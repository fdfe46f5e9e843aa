// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Blocking;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Running;

namespace Weir.Desk.Mitigation.GoBgp;

/// <summary>Puts the provider's routers into a host.</summary>
internal static class GoBgpRegistration
{
    /// <summary>Number of every Weir before numbers were drawn.</summary>
    private const uint UsualInstance = 1;

    /// <summary>Adds them where a GoBGP is configured. Stands before what opens the journal.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">How far ends are blocked.</param>
    /// <param name="journal">File of the journal; the number of this Weir is kept beside it.</param>
    public static IServiceCollection AddGoBgp(
        this IServiceCollection services, MitigationOptions options, string journal) =>
        options.Gobgp is { } address
            ? services
                .AddOpened((_, _) => Task.FromResult(InstanceNumber.Open(
                    options.Instance, journal + ".instance", journal, UsualInstance)))
                .AddSingleton<IMitigationBackend>(provider => new GoBgpBackend(
                    address, options.Routes with { Instance = provider.GetRequiredService<InstanceNumber>().Value }))
            : services;
}
