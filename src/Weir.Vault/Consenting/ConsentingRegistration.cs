// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Files;
using Weir.Vault.Attributing;
using Weir.Vault.Granting;
using Weir.Vault.Keys;

namespace Weir.Vault.Consenting;

/// <summary>Puts customers' consents into a host.</summary>
internal static class ConsentingRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="desk">User of the desk that they are given to.</param>
    public static IServiceCollection AddConsenting(this IServiceCollection services, string desk) => services
        .AddSingleton(provider =>
        {
            var keys = new ConsentKeys(provider.GetRequiredService<VaultFolder>().At("consents"));
            KeyFile.Folder(Path.GetDirectoryName(keys.Book)!);
            keys.Prepare();
            return keys;
        })
        .AddSingleton(provider => new ConsentStore(provider.GetRequiredService<ConsentKeys>().Book))
        .AddSingleton(provider => new ConsentDependencies(
            provider.GetRequiredService<ConsentKeys>(), provider.GetRequiredService<ConsentStore>(),
            provider.GetRequiredService<GrantLedger>(), provider.GetRequiredService<SubjectResolver>(), desk))
        .AddSingleton<ConsentHandler>()
        .AddSingleton<ConsentGate>();
}
