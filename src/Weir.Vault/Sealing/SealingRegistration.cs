// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Vault.Keys;

namespace Weir.Vault.Sealing;

/// <summary>Puts sealed cases into a host.</summary>
internal static class SealingRegistration
{
    public static IServiceCollection AddSealing(this IServiceCollection services) => services
        .AddSingleton(provider => new CaseSealStore(provider.GetRequiredService<VaultFolder>().At("cases")))
        .AddSingleton<CaseGrounds>()
        .AddSingleton<SealDependencies>()
        .AddSingleton<SealGate>();
}
