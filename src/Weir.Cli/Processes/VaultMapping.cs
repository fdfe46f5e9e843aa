// SPDX-License-Identifier: Apache-2.0
//
// The configuration as the vault's process takes it.
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Cli.Processes.Mapping;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Signing;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Posix;
using Weir.Vault;
using Weir.Vault.Grounds;
using Weir.Vault.Identity.Intake;

namespace Weir.Cli.Processes;

/// <summary>Maps.</summary>
internal static class VaultMapping
{
    /// <summary>Folder of the vault's own chain, inside <c>vault.dir</c>.</summary>
    public const string ChainFolder = "audit";

    /// <param name="settings">The configuration.</param>
    /// <param name="policy">Limits of scopes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="places">Where the processes are.</param>
    public static VaultProcessOptions Options(
        WeirConfiguration settings, PolicyProfile policy, TimeProvider time, ProcessPlaces places)
    {
        var vault = settings.Vault;
        var folder = Path.GetFullPath(vault.Dir);
        var garden = GardenMapping.Options(vault.Garden, time);
        return new VaultProcessOptions
        {
            Folder = folder,
            Networks = settings.Attributing.ToTable(),
            Audit = new AuditOptions
            {
                Directory = Path.Combine(folder, ChainFolder),
                Version = VersionAction.Text,
            },
            Peers = new()
            {
                Name = "vault",
                Socket = places.VaultSocket,
                Group = vault.Group ?? places.Group,
                Users = Users(vault, places),
            },
            Grounds = new()
            {
                Keys = Holders(settings, places),
                Limits = policy.ScopeLimits,
            },
            Identity = Identity(settings, folder) with { KeepsSessions = garden is not null },
            Records = new DeskRecords(settings.Control.Socket, time),
            Complaints = new()
            {
                Reporters = settings.Complaints.Reporters.Select(reporter => reporter.Name).ToHashSet(),
                MaxPerDay = vault.ComplaintsADay,
            },
            Disclosures = new() { People = People(settings.Access) },
            Desk = vault.DeskUser ?? places.UserOf(ProcessNames.Desk),
            Notices = (naming, logs) => NoticeMapping.Surroundings(vault, naming, time, logs),
            Garden = garden,
            LineRoutes = vault.LineRoutes.Gobgp is not { } router ? null : new()
            {
                Router = router,
                Routes = new() { Asn = (uint)vault.LineRoutes.Asn!.Value, Instance = (uint)vault.LineRoutes.Instance },
                MaxLifetime = TimeSpan.FromDays(policy.BlockDays),
                MaxPerHour = vault.LineRoutes.MostAnHour,
            },
            Protected = settings.Escalating.Protected,
            AllowRoot = vault.AllowRoot || places.IsSupervised,
        };
    }

    /// <summary>Those named for the vault alone, and from the list of every process's key the collector and the
    /// store.</summary>
    private static IReadOnlyList<EventKeyHolder> Holders(WeirConfiguration settings, ProcessPlaces places)
    {
        var named = settings.Vault.EventKeys.Select(Holder).ToList();
        return
        [
            .. named,
            .. ((KeyHolder[])[
                new(ProcessNames.Collector, settings.Processes.Collector.Name),
                new(ProcessNames.Store, ProcessNames.Store),
            ])
                .Where(holder => !named.Exists(one => one.Holder == holder))
                .Select(holder => new EventKeyHolder(holder, null, places.PublicKeys)),
        ];
    }

    private static EventKeyHolder Holder(EventKeySettings key) => new(
        new(key.Role == EventKeyRole.Store ? "store" : "collector", key.Name),
        key.Key is { } text && PublicKey.TryParse(text, out var read) ? read : null,
        key.File is { } file ? Path.GetFullPath(file) : null);

    /// <summary>Users by name; one who stands in several places has the roles of all, the vault's own has every
    /// one. A process that is not named for the vault alone is whom <c>processes</c> names.</summary>
    private static Dictionary<string, PeerRoles> Users(VaultSettings vault, ProcessPlaces places)
    {
        var users = new Dictionary<string, PeerRoles>(StringComparer.Ordinal)
        {
            [OsUsers.NameOf(OsUsers.Own)] = PeerRoles.Any,
        };
        Add(vault.CollectorUser ?? places.UserOf(ProcessNames.Collector), PeerRoles.Collector);
        Add(vault.StoreUser ?? places.UserOf(ProcessNames.Store), PeerRoles.Store);
        Add(vault.DeskUser ?? places.UserOf(ProcessNames.Desk), PeerRoles.Desk);
        foreach (var officer in vault.Officers)
        {
            Add(officer, PeerRoles.Operator);
        }

        return users;

        void Add(string name, PeerRoles roles) =>
            users[name] = users.TryGetValue(name, out var had) ? had | roles : roles;
    }

    /// <summary>Who may ask for a disclosure or give leave for one.</summary>
    private static Dictionary<string, string> People(AccessSettings access) => new(
        access.Analysts.Select(name => KeyValuePair.Create(name, Actor.ToName(Role.Analyst)))
            .Concat(access.PrivacyOfficers.Select(name => KeyValuePair.Create(name, Actor.ToName(Role.PrivacyOfficer))))
            .DistinctBy(person => person.Key),
        StringComparer.Ordinal);

    private static IdentityOptions Identity(WeirConfiguration settings, string folder)
    {
        var networks = settings.Attributing.Networks;
        var options = IdentityMapping.Options(
            settings.Vault.Identity, folder, [.. networks.Select(network => network.Prefix)]);
        var shared = networks.Where(network => network.Attribution == SubscriberMapping.Cgnat)
            .Select(network => network.Prefix);
        return options with
        {
            Terms = options.Terms with { Shared = [.. options.Terms.Shared.Concat(shared).Distinct()] },
        };
    }
}
