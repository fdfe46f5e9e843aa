// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Collector.Composing;
using Weir.Collector.Forwarding;
using Weir.Collector.Keys;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Hosting.Peers;
using Weir.Hosting.Sections;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Processes;

/// <summary>What the collector has beside its sections: its key and those of others, and clients of its
/// peers.</summary>
internal static class CollectorComponents
{
    /// <summary>Answers of the desk hold every scope in force.</summary>
    private const int DeskAnswerOctets = 64 << 20;

    /// <summary>The whole process.</summary>
    public static CollectorProcessOptions Create(ProcessRun run) => new()
    {
        Name = run.Settings.Processes.Collector.Name,
        Key = run.Keep(ProcessKeys.OpenAtStart(run.Places.KeyOf(ProcessNames.Collector))),
        Ring = run.Ring(),
        Desk = run.Client(ProcessNames.Desk, DeskAnswerOctets),
        Store = run.Client(ProcessNames.Store),
        Vault = run.Places.HasVault ? run.VaultClient() : null,
        Keys = Keys(run),
        Settings = run.Settings,
        IsLab = run.Settings.Profile == Profile.Lab,
        Scopes = new()
        {
            People = run.People,
            Limits = run.Settings.Profile == Profile.Lab
                ? ScopeLimits.Default with { CheckAfterMs = long.MaxValue }
                : ScopeLimits.Default,
        },
        Flows = new() { IsOpen = run.Settings.Profile == Profile.Lab },
        Forwarding = Forwarding(run),
        Folder = run.Places.FolderOf(ProcessNames.Collector),
        Version = VersionAction.Text,
        Time = run.Time,
        Logs = run.Logs,
        Meters = run.Meters,
        Health = run.Health,
    };

    /// <summary>Other collectors; null where this one owns all.</summary>
    private static ForwardingOptions? Forwarding(ProcessRun run)
    {
        var (section, own) = (run.Settings.Owners, run.Settings.Processes.Collector.Name);
        if (section.Collectors.Count == 0)
        {
            return null;
        }

        var tls = run.Tls(PeerRoles.Collector);
        return new()
        {
            Owners = new(section, run.Settings.Attributing, own),
            Section = section,
            Clients = section.Collectors.Where(one => one.Name != own && one.Connect is not null)
                .ToDictionary(one => one.Name, one => run.CollectorClient(one.Name, one.Connect!)),
            Peers = tls is null ? null : new() { Name = own, Tls = tls },
        };
    }

    private static ICollectorKeys Keys(ProcessRun run)
    {
        var settings = run.Settings;
        var isLeased = settings.Attributing.Networks.Any(network => network.Attribution != SubscriberMapping.Static);
        var isNamed = settings.Profile != Profile.Lab;
        return isLeased || isNamed
            ? new CollectorVaultKeys(
                new CollectorVaultClient(run.VaultClient()), isNamed, isLeased, run.Time, run.Logs)
            : new ClearSubjects();
    }
}
