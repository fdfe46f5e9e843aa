// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Vault.Keys;

namespace Weir.Vault.Disclosing;

/// <summary>Puts disclosures into a host.</summary>
internal static class DisclosingRegistration
{
    public static IServiceCollection AddDisclosing(this IServiceCollection services, DisclosureOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton(provider => new DisclosureLedger(provider.GetRequiredService<VaultFolder>().At("disclosed")))
            .AddSingleton<DisclosureDependencies>()
            .AddSingleton<DisclosureGate>();
}
