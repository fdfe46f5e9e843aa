// SPDX-License-Identifier: Apache-2.0
//
// The configuration as the store's process takes it.
using Weir.Cli.Configuring;
using Weir.Cli.Processes.Mapping;
using Weir.Cli.Retaining;
using Weir.Contracts.Reports;
using Weir.Contracts.Signing;
using Weir.Desk.Policy;
using Weir.Desk.Population;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Store;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Processes;

/// <summary>What the store's process needs beside the configuration.</summary>
internal sealed record StoreGivens
{
    /// <summary>The store's own folder: its chain, population answers, what was erased and found.</summary>
    public required string Folder { get; init; }

    public required PeerOptions Peers { get; init; }

    /// <summary>The store's event key.</summary>
    public required SigningKey Key { get; init; }

    /// <summary>Keys of collectors, of the vault and of the store.</summary>
    public required PublicKeyRing Ring { get; init; }

    /// <summary>Key of an epoch's cohort draw, from the vault; null in the lab.</summary>
    public Func<uint, CancellationToken, Task<ulong>>? Cohort { get; init; }
}

/// <summary>Maps.</summary>
internal static class StoreMapping
{
    /// <summary>How long rows may be on their way from a collector's memory through its spool.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(10);

    /// <summary>The whole process.</summary>
    public static StoreProcessOptions Options(ProcessRun run)
    {
        var isNamed = run.Settings.Profile != Profile.Lab;
        var vault = isNamed ? new StoreVaultClient(run.VaultClient()) : null;
        return Options(run.Settings, PolicyRules.Of(run.Settings), new StoreGivens
        {
            Folder = run.Places.FolderOf(ProcessNames.Store),
            Peers = new PeerOptions
            {
                Name = ProcessNames.Store,
                Socket = run.Places.SocketOf(ProcessNames.Store),
                Group = run.Places.Group,
                Users = PeerUsers.Of(
                    (run.Places.UserOf(ProcessNames.Collector), PeerRoles.Collector),
                    (run.Places.UserOf(ProcessNames.Desk), PeerRoles.Desk)),
            },
            Key = run.Keep(ProcessKeys.Open(run.Places.KeyOf(ProcessNames.Store))),
            Ring = ProcessKeys.ReadRing(run.Places.PublicKeys),
            Cohort = vault is null ? null : vault.CohortKeyAsync,
        });
    }

    public static StoreProcessOptions Options(
        WeirConfiguration settings, PolicyProfile policy, StoreGivens around)
    {
        var isLab = settings.Profile == Profile.Lab;
        var rule = new ReportKAnonymity(
            settings.Comparing.K, Math.Max(settings.Comparing.K, ReportKAnonymity.Default.MinimumBase));
        var networks = StageMapping.Attributing(settings.Attributing);
        var own = Path.Combine(around.Folder, "own");
        return new StoreProcessOptions
        {
            Engine = settings.Store.Embedded is { } folder
                ? new() { Folder = folder }
                : new() { Server = StageMapping.Server(settings.Store) },
            Audit = new()
            {
                Directory = Path.Combine(around.Folder, "audit"),
                Retention = TimeSpan.FromDays(policy.AuditDays),
            },
            Peers = around.Peers,
            Segments = new() { Folder = own },
            Evidence = new()
            {
                Folder = own,
                Ring = around.Ring,
                Limits = new()
                {
                    BeforeMs = policy.ScopeBeforeMinutes * 60_000L,
                    AfterMs = policy.ScopeAfterMinutes * 60_000L,
                    CapMs = policy.ScopeCapHours * 3_600_000L,
                    CheckMs = policy.RemediationDays * 86_400_000L,
                },
            },
            Comparisons = new()
            {
                Networks = networks,
                IsLab = isLab,
                KAnonymity = rule,
                Cohort = around.Cohort,
                FoundFile = Path.Combine(own, "found.json"),
            },
            Population = new()
            {
                Folder = Path.Combine(own, "population"),
                Lines = networks.Lines,
                KAnonymity = PopulationReportHandler.RulesOf(policy),
                Settle = settings.Decoding.ActiveTimeout + settings.Digesting.FlushInterval + OnTheWay,
            },
            Endpoints = new() { KAnonymity = rule },
            LookBack = new() { Key = around.Key, IsLab = isLab },
            Retention = new()
            {
                PairDays = settings.Store.RetentionDays,
                EvidenceDays = EvidenceCeiling.DaysOf(policy),
            },
        };
    }
}
