// SPDX-License-Identifier: Apache-2.0
//
// The vault's process as a list, in the order in which it starts; it stops in reverse.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Disks;
using Weir.Hosting.Erasing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Posix;
using Weir.Hosting.Releases;
using Weir.Vault.ApprovalPages;
using Weir.Vault.Approving;
using Weir.Vault.Attributing;
using Weir.Vault.Braking;
using Weir.Vault.Chain;
using Weir.Vault.Complaints;
using Weir.Vault.Consenting;
using Weir.Vault.Customers;
using Weir.Vault.Disclosing;
using Weir.Vault.Gardening;
using Weir.Vault.Granting;
using Weir.Vault.Grounds;
using Weir.Vault.Identity;
using Weir.Vault.Keys;
using Weir.Vault.LineRoutes;
using Weir.Vault.Notifying;
using Weir.Vault.Remediation;
using Weir.Vault.Sealing;
using Weir.Vault.Status;
using Weir.Vault.Subjects;
using Weir.Vault.Texts;

namespace Weir.Vault;

/// <summary>Puts the vault's process into a host.</summary>
public static class VaultComposition
{
    /// <summary>Adds the process with its door.</summary>
    /// <exception cref="InvalidDataException">The options do not allow a start; each fault is a sentence.</exception>
    public static IServiceCollection AddVaultProcess(this IServiceCollection services, VaultProcessOptions options) =>
        options.Validate() is { Count: > 0 } faults
            ? throw new InvalidDataException(string.Join('\n', faults))
            : services.AddVaultComponents(options).AddPeerServer(options.Peers, VaultDoor.Map)
                .AddHostedService(provider => new Announcement(
                    options, provider.GetRequiredService<GrantKey>(),
                    provider.GetRequiredService<ILogger<VaultProcessOptions>>()));

    /// <summary>Adds the process without its door.</summary>
    internal static IServiceCollection AddVaultComponents(
        this IServiceCollection services, VaultProcessOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HealthRegistry>();
        return services
            .AddVaultFolder(options.Folder)
            .AddStandingKeys(options.Audit.Directory, options.Identity.Store)
            .AddErasureClock(provider => provider.GetRequiredService<VaultFolder>().Path)
            .AddReleaseChain(options.Audit, "vault")
            .AddSingleton<VaultRefusals>()
            .AddKeys()
            .AddIdentity(
                options.Identity, options.KnownIdentity, provider => provider.GetRequiredService<StandingKeys>().Names)
            .AddAttributing(options.Networks)
            .AddGrounds(options.Grounds)
            .AddSealing()
            .AddBraking(options.Brake)
            .AddRemediation()
            .AddGranting()
            .AddComplaints(options.Complaints)
            .AddConsenting(options.Desk ?? OsUsers.NameOf(OsUsers.Own))
            .AddApproving(options.People, options.Settings.Vault.Approvals)
            .AddDisclosing(options.Disclosures)
            .AddTexts(options.Settings.Vault.Notices.Templates)
            .AddCustomers(options.Settings.Selfservice)
            .AddNotifying(
                options.Settings.Vault.Contacts, options.Settings.Vault.Notices, options.Notices,
                options.Settings.Escalating.Protected)
            .AddGardening(options.Settings.Vault.Garden)
            .AddLineRoutes(options.LineRoutes)
            .AddSubjects(options.Records)
            .AddStatus(options.Identity.Store)
            .AddRetention(options.Identity.RetentionDays, options.Audit)
            .AddCustomerPage(options.Settings.Selfservice)
            .AddApprovalPage(options.Settings.Vault.Approvals)
            .AddDiskWatch([options.Folder]);
    }

    /// <summary>The last to start says that all did.</summary>
    private sealed class Announcement(VaultProcessOptions options, GrantKey key, ILogger log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            var own = OsUsers.NameOf(OsUsers.Own);
            var others = string.Join(", ", options.Peers.Users.Keys.Except([own]).DefaultIfEmpty("none"));
            var word = key.Key.Public.ToString();
            var socket = options.Peers.Socket ?? options.Peers.Tls?.Listen.ToString() ?? "";
            log.Ready(socket, own, others, word);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
