// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Vault.Keys;

namespace Weir.Vault.Granting;

/// <summary>Puts the vault's word into a host.</summary>
internal static class GrantingRegistration
{
    public static IServiceCollection AddGranting(this IServiceCollection services) => services
        .AddSingleton(provider => new GrantLedger(provider.GetRequiredService<VaultFolder>().At("findings")))
        .AddSingleton<GrantDependencies>()
        .AddSingleton<GrantGate>();
}
