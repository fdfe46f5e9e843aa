// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Networks;

namespace Weir.Vault.Attributing;

/// <summary>Puts the ways between addresses, subjects and names into a host.</summary>
internal static class AttributingRegistration
{
    public static IServiceCollection AddAttributing(this IServiceCollection services, NetworkTable networks) =>
        services.AddSingleton(networks).AddSingleton<SubjectResolver>().AddSingleton<IntakeTableGate>();
}
