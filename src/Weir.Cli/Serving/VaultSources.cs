// SPDX-License-Identifier: Apache-2.0
using Weir.Auditing;
using Weir.Cli.Configuring;
using Weir.Cli.Control;
using Weir.Vault.Gardening;
using Weir.Vault.Identity;
using Weir.Vault.Keys;
using Weir.Vault.Serving;

namespace Weir.Cli.Serving;

/// <summary>What the vault's process is given: who had an address, its own record, the desk's records.</summary>
internal static class VaultSources
{
    /// <exception cref="IdentityException">A source or the store of identity cannot be opened.</exception>
    public static (VaultSurroundings Surroundings, IdentityKeeper Identity) Open(
        WeirConfiguration settings, string folder, IAuditLog record, TimeProvider time, ILoggerFactory logs)
    {
        var salt = KeyFile.Kept(Path.Combine(folder, "keys", "names.key"), octets: 32);
        var garden = GardenChoices.Options(settings.Vault.Garden, time);
        var options = Options(settings, folder) with { KeepsSessions = garden is not null };
        var keeper = IdentityKeeper.Open(options, salt, time, logs.CreateLogger<IdentityKeeper>(), record);
        var surroundings = new VaultSurroundings(keeper.Table, record, new DeskRecords(settings.Control.Socket, time), keeper.RunAsync, () => OctetsOf(options.Store))
        {
            Garden = garden is null ? null : new(garden, keeper),
        };
        return (surroundings, keeper);
    }

    private static long OctetsOf(string? store) => store is not null && File.Exists(store) ? new FileInfo(store).Length : 0;

    private static IdentityOptions Options(WeirConfiguration settings, string folder)
    {
        var networks = settings.Attributing.Networks;
        var options = IdentityChoices.Options(settings.Vault.Identity, folder, [.. networks.Select(network => network.Prefix)]);
        var shared = networks.Where(network => network.Attribution == NetworkAttribution.Cgnat).Select(network => network.Prefix);
        return options with { Terms = options.Terms with { Shared = [.. options.Terms.Shared.Concat(shared).Distinct()] } };
    }
}
