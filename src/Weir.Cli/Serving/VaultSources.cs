// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.Api;
using Weir.Hosting.Auditing;
using Weir.Hosting.Files;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Keys;
using Weir.Vault.Notifying;
using Weir.Vault.Serving;

namespace Weir.Cli.Serving;

/// <summary>What the vault's process is given: who had an address, its own record, the desk's records.</summary>
internal static class VaultSources
{
    /// <exception cref="IdentityException">A source or the store of identity cannot be opened.</exception>
    public static (VaultServerDependencies Surroundings, IdentityIntake Identity) Open(
        WeirConfiguration settings, string folder, IAuditLog record, TimeProvider time, ILoggerFactory logs)
    {
        var salt = KeyFile.Kept(Path.Combine(folder, "keys", "names.key"), octets: 32);
        var garden = GardenChoices.Options(settings.Vault.Garden, time);
        var notices = NoticeChoices.Surroundings(settings.Vault, new SubscriberLineNamer(salt), time, logs);
        var options = Options(settings, folder) with { KeepsSessions = garden is not null };
        var keeper = IdentityIntake.Open(options, salt, time, logs.CreateLogger<IdentityIntake>(), record);
        Func<CancellationToken, Task> beside =
            notices is null ? keeper.RunAsync : cancel => BothAsync(keeper.RunAsync, notices.Contacts.RunAsync, cancel);
        var surroundings = new VaultServerDependencies(
            keeper.Table, record, new DeskRecords(settings.Control.Socket, time), beside,
            () => OctetsOf(options.Store), notices)
        {
            Garden = garden is null ? null : new(garden, keeper),
        };
        return (surroundings, keeper);
    }

    /// <summary>Until one ends, then both.</summary>
    private static async Task BothAsync(
        Func<CancellationToken, Task> one, Func<CancellationToken, Task> other, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] running = [one(stop.Token), other(stop.Token)];
        _ = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    private static long OctetsOf(string? store) =>
        store is not null && File.Exists(store) ? new FileInfo(store).Length : 0;

    private static IdentityOptions Options(WeirConfiguration settings, string folder)
    {
        var networks = settings.Attributing.Networks;
        var options = IdentityChoices.Options(
            settings.Vault.Identity, folder, [.. networks.Select(network => network.Prefix)]);
        var shared = networks.Where(network => network.Attribution == NetworkAttribution.Cgnat)
            .Select(network => network.Prefix);
        return options with
        {
            Terms = options.Terms with { Shared = [.. options.Terms.Shared.Concat(shared).Distinct()] }
        };
    }
}
