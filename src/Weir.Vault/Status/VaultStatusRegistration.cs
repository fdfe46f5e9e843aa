// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Vault.Disclosing;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Vault.Notifying;
using Weir.Vault.Sealing;

namespace Weir.Vault.Status;

/// <summary>Puts the status page into a host.</summary>
internal static class VaultStatusRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="identityFile">File of the identity store; null where all is in memory.</param>
    public static IServiceCollection AddStatus(this IServiceCollection services, string? identityFile)
    {
        return services
            .AddSingleton(provider => new StatusDependencies(
                provider.GetRequiredService<EpochKeys>(), provider.GetRequiredService<CaseSealStore>(),
                provider.GetRequiredService<DisclosureLedger>(), provider.GetRequiredService<NoticeLedger>(),
                provider.GetRequiredService<IIdentity>(), provider.GetRequiredService<GardenGate>())
            {
                Grants = provider.GetRequiredService<GrantKey>(),
                Contacts = provider.GetRequiredService<CustomerContactFile>(),
                IdentityFile = identityFile,
            })
            .AddSingleton<VaultStatusPage>();
    }
}
