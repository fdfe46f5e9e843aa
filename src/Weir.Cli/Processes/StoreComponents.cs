// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Population;
using Weir.Hosting.Peers;
using Weir.Hosting.Sections;
using Weir.Hosting.VaultClient;
using Weir.Store;

namespace Weir.Cli.Processes;

/// <summary>What the store has beside its sections: its door, its key and those of others, and what the policy
/// says.</summary>
internal static class StoreComponents
{
    /// <summary>The whole process.</summary>
    public static StoreProcessOptions Create(ProcessRun run)
    {
        var policy = PolicyRules.Of(run.Settings);
        var vault = run.Settings.Profile == Profile.Lab ? null : new StoreVaultClient(run.VaultClient());
        return new StoreProcessOptions
        {
            Settings = run.Settings,
            Folder = run.Places.FolderOf(ProcessNames.Store),
            Peers = new()
            {
                Name = ProcessNames.Store,
                Socket = run.Places.SocketOf(ProcessNames.Store),
                Group = run.Places.Group,
                Users = ProcessUsers.Of(
                    (run.Places.UserOf(ProcessNames.Collector), PeerRoles.Collector),
                    (run.Places.UserOf(ProcessNames.Desk), PeerRoles.Desk)),
                Tls = run.Tls(PeerRoles.Collector | PeerRoles.Desk),
            },
            Key = run.Keep(ProcessKeys.OpenAtStart(run.Places.KeyOf(ProcessNames.Store))),
            Ring = run.Ring(),
            Cohort = vault is null ? null : vault.CohortKeyAsync,
            Noise = vault is null ? null : async (from, until, cancel) =>
                await vault.NoiseKeyAsync(from, until, cancel),
            People = run.People,
            Limits = policy.ScopeLimits,
            PopulationRules = PopulationReportHandler.RulesOf(policy),
            ChainRetention = TimeSpan.FromDays(policy.AuditDays),
            Retention = new() { EvidenceDays = policy.EvidenceDays },
        };
    }
}
