// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Signing;
using Weir.Desk.Policy;
using Weir.Hosting.Governance;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Posix;
using Weir.Vault;
using Weir.Vault.Grounds;
using Weir.Vault.Subjects;

namespace Weir.Cli.Processes;

/// <summary>What the vault has beside its sections: its door, whom it believes, and what the policy says.</summary>
internal static class VaultComponents
{
    /// <param name="settings">The configuration.</param>
    /// <param name="policy">Limits of scopes and of routes.</param>
    /// <param name="places">Where the processes are.</param>
    /// <param name="tls">Where it answers other machines; null for nowhere.</param>
    public static VaultProcessOptions Create(
        WeirConfiguration settings, PolicyProfile policy, ProcessPlaces places,
        PeerTlsOptions? tls = null) => new()
    {
        Settings = settings,
        Peers = new()
        {
            Name = ProcessNames.Vault,
            Socket = places.VaultSocket,
            SocketSetting = places.VaultSocketSetting,
            Group = settings.Vault.Group ?? places.Group,
            GroupSetting = settings.Vault.Group is null ? "processes.group" : "vault.group",
            Users = Users(settings.Vault, places),
            Tls = tls,
        },
        Version = VersionAction.Text,
        Grounds = new() { Keys = Holders(settings, places), Limits = policy.ScopeLimits },
        Brake = settings.Brake.BoundOf(settings.Profile),
        MaxRouteLifetime = TimeSpan.FromDays(policy.BlockDays),
        Desk = settings.Vault.DeskUser ?? places.UserOf(ProcessNames.Desk),
        AllowRoot = settings.Vault.AllowRoot || places.IsSupervised,
    };

    /// <summary>The whole process.</summary>
    public static VaultProcessOptions Create(ProcessRun run)
    {
        var options = Create(
            run.Settings, PolicyRules.Of(run.Settings), run.Places,
            run.Tls(PeerRoles.Collector | PeerRoles.Store | PeerRoles.Desk));
        return options with
        {
            People = run.People,
            Records = new DeskRecords(run.Client(ProcessNames.Desk)),
            Grounds = run.EventKeys.Count > 0
                ? options.Grounds with { Keys = [.. Governed(run.EventKeys)] } : options.Grounds,
        };
    }

    /// <summary>Where event keys are governed, those of collectors and the store that two people signed, and no other.
    /// </summary>
    private static IEnumerable<EventKeyHolder> Governed(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            if (GovernedEventKey.TryParse(line, out var holder, out var key)
                && holder.Role is ProcessNames.Collector or ProcessNames.Store)
            {
                yield return new(holder, key);
            }
        }
    }

    /// <summary>Those named for the vault alone, and from the list of every process's key the collector and the
    /// store.</summary>
    private static IReadOnlyList<EventKeyHolder> Holders(WeirConfiguration settings, ProcessPlaces places)
    {
        var named = settings.Vault.EventKeys.Select(key => key.ToHolder()).ToList();
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

    /// <summary>Users by name; one who stands in several places has the roles of all, the vault's own has every
    /// one. A process that is not named for the vault alone is whom <c>processes</c> names.</summary>
    private static Dictionary<string, PeerRoles> Users(VaultOptions vault, ProcessPlaces places)
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
}
