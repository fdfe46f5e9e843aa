// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Signing;
using Weir.Desk.Api.Instance;
using Weir.Desk.Composing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Hosting.Peers;
using Weir.Hosting.Sections;

namespace Weir.Cli.Processes;

/// <summary>What the desk has beside its sections: its door, its peers and whom it believes.</summary>
internal static class DeskComponents
{
    /// <summary>A hundred thousand rows of evidence in base64.</summary>
    private const int StoreAnswerOctets = 64 << 20;

    /// <param name="run">What it is put together from.</param>
    public static DeskProcessOptions Create(ProcessRun run) => Create(run, run.Ring());

    private static DeskProcessOptions Create(ProcessRun run, PublicKeyRing ring) => new()
    {
        Settings = run.Settings,
        Policy = PolicyRules.Of(run.Settings),
        People = run.People,
        Version = VersionAction.Text,
        Peers = new()
        {
            Name = ProcessNames.Desk,
            Socket = run.Places.SocketOf(ProcessNames.Desk),
            Group = run.Places.Group,
            Users = ProcessUsers.Of(
                (run.Places.UserOf(ProcessNames.Collector), PeerRoles.Collector),
                (run.Places.VaultUser ?? run.Places.UserOf(ProcessNames.Vault), PeerRoles.Vault)),
            Tls = run.Tls(PeerRoles.Collector | PeerRoles.Vault),
        },
        Store = run.Client(ProcessNames.Store, StoreAnswerOctets),
        Ring = ring,
        Vault = new()
        {
            Vault = run.Places.HasVault ? run.VaultClient() : null,
            LabKey = run.Keep(ProcessKeys.Open(run.Places.KeyOf(ProcessNames.Desk))),
            IsLab = run.Settings.Profile == Profile.Lab,
            Networks = run.Settings.Attributing.ToTable(),
        },
        Lists = run.Settings.Matching.ToLists(
            run.Places.FolderOf(ProcessNames.Desk), run.Settings.Cases.Dir, run.Time.GetUtcNow()),
        Instance = InstanceOf(run),
        Customers = run.Settings.Selfservice.Enabled ? new(ring, run.Settings.Escalating.CheckTime) : null,
    };

    /// <summary>What is governed and what is set, as the desk began with it.</summary>
    private static InstanceFacts InstanceOf(ProcessRun run) => new()
    {
        Governance = () => run.Governance.InForce,
        Lies = () => SignedGovernance.Read(run.Settings.Governance.File),
        Kept = () => SignedGovernance.Read(
            GovernanceKeeper.KeptIn(run.Places.OwnFolderOf(ProcessNames.Desk))),
        GovernanceFile = run.Settings.Governance.File,
        Settings = SettingSources.Read(
            run.Settings, run.File.Length > 0 ? File.ReadAllText(run.File) : "",
            run.Governance.InForce.Document?.Settings ?? ""),
    };
}
