// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Erasing;

namespace Weir.Vault.Keys;

/// <summary>Puts the vault's folder and its keys into a host.</summary>
internal static class VaultKeysRegistration
{
    /// <summary>First of all: whoever has the folder has the vault.</summary>
    public static IServiceCollection AddVaultFolder(this IServiceCollection services, string folder) => services
        .AddSingleton(_ => new VaultFolder(folder))
        .AddHostedService(provider => provider.GetRequiredService<VaultFolder>());

    /// <summary>Keys of epochs, of line numbers and of grants; those that are due go at the start and every
    /// minute.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services) => services
        .AddSingleton(provider => new EpochKeys(
            In(provider), provider.GetRequiredService<TimeProvider>(), Erasing(provider)))
        .AddSingleton(provider => SubscriberLineIdDeriver.In(In(provider)))
        .AddSingleton(provider => GrantKey.In(In(provider)))
        .AddSingleton<KeyGate>()
        .AddHostedService<KeyErasure>();

    private static Func<DateTimeOffset> Erasing(IServiceProvider provider)
    {
        var clock = provider.GetRequiredService<ErasureClock>();
        return () => clock.Now;
    }

    private static string In(IServiceProvider provider) => provider.GetRequiredService<VaultFolder>().At("keys");
}
