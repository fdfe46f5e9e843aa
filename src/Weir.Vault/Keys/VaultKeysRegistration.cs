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

    /// <summary>Before the record: the keys that stand.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="record">Folder of the vault's chain.</param>
    /// <param name="sessions">File of who had which address; null for none.</param>
    public static IServiceCollection AddStandingKeys(
        this IServiceCollection services, string record, string? sessions) => services
        .AddSingleton(provider => new StandingKeys(In(provider), record, sessions))
        .AddHostedService(provider => provider.GetRequiredService<StandingKeys>())
        .AddSingleton(provider => provider.GetRequiredService<StandingKeys>().Lines)
        .AddSingleton(provider => provider.GetRequiredService<StandingKeys>().Grant);

    /// <summary>Keys of epochs; those that are due go at the start and every minute.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services) => services
        .AddSingleton(provider => new EpochKeys(
            In(provider), provider.GetRequiredService<TimeProvider>(), Erasing(provider)))
        .AddSingleton<KeyGate>()
        .AddHostedService<KeyErasure>();

    private static Func<DateTimeOffset> Erasing(IServiceProvider provider)
    {
        var clock = provider.GetRequiredService<ErasureClock>();
        return () => clock.Now;
    }

    private static string In(IServiceProvider provider) => provider.GetRequiredService<VaultFolder>().At("keys");
}
