// SPDX-License-Identifier: Apache-2.0
//
// Which user of this machine stands for which process. One that stands for two has what both may, which only a lab is
// allowed, and whoever had two people sign it.
using System.Globalization;
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Hosting.Peers;
using Weir.Hosting.Posix;
using Weir.Hosting.Sections;

namespace Weir.Cli.Processes;

/// <summary>Users of processes, as the configuration names them.</summary>
internal static class ProcessUsers
{
    private const string Officer = "an officer";

    /// <summary>Users of a door. One who stands for several processes has the roles of all: then separation is
    /// off.</summary>
    public static Dictionary<string, PeerRoles> Of(params (string User, PeerRoles Roles)[] users)
    {
        var all = new Dictionary<string, PeerRoles>(StringComparer.Ordinal);
        foreach (var (user, roles) in users)
        {
            all[user] = all.TryGetValue(user, out var had) ? had | roles : roles;
        }

        return all;
    }

    /// <summary>A process may not run as another user than the one that is named: what it wrote there, the right one
    /// could not change any more.</summary>
    /// <param name="process">Its name.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="own">The user this process runs as.</param>
    /// <exception cref="InvalidDataException">It would.</exception>
    public static void RequireOwn(string process, WeirConfiguration settings, uint own)
    {
        var (setting, user) = process switch
        {
            ProcessNames.Collector => ("processes.collector.user", settings.Processes.Collector.User),
            ProcessNames.Store => ("processes.store.user", settings.Processes.Store.User),
            ProcessNames.Desk => ("processes.desk.user", settings.Processes.Desk.User),
            _ => ("vault.user", settings.Vault.User),
        };
        if (user is not null && OsUsers.UserId(user) is { } number && number != own)
        {
            throw new InvalidDataException(
                $"{setting}: is {user}, and weir {process} was started as {OsUsers.NameOf(own)}, whose files {user} "
                + $"could not use; start it as {user} (systemctl start weir-{process}, or runuser -u {user} -- weir "
                + $"{process}), or correct the setting");
        }
    }

    /// <summary>Two processes whose user is the same, or a process and an officer; nothing in a lab, nor where two
    /// people signed that separation is off.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="governance">What is signed; null where nothing is.</param>
    /// <param name="own">The process that starts and its user; null where none does.</param>
    public static IEnumerable<ConfigurationFault> Shared(
        WeirConfiguration settings, GovernanceDocument? governance, (string Process, uint User)? own = null)
    {
        if (settings.Profile == Profile.Lab || governance?.Separation == Separation.Off)
        {
            yield break;
        }

        var known = new Dictionary<string, (string Who, string Setting)>(StringComparer.Ordinal);
        if (own is var (process, number))
        {
            known[Number(number)] = (process, $"the user that weir {process} was started as");
        }

        foreach (var (setting, who, user) in Named(settings))
        {
            var name = OsUsers.UserId(user) is { } id ? Number(id) : user;
            if (known.TryAdd(name, (who, setting)) || known[name].Who == who)
            {
                continue;
            }

            yield return Fault(setting, $"is {user}, as is {known[name].Setting}: one user would have what "
                + $"{known[name].Who} and {who} may; give each a user of its own (docs/16-four-processes.md), or have "
                + "separation: off signed in the governance (docs/32-people-and-keys.md)");
        }
    }

    /// <summary>Users and groups that this machine does not have.</summary>
    public static IEnumerable<ConfigurationFault> Unknown(WeirConfiguration settings)
    {
        foreach (var (setting, _, user) in Named(settings).Where(one => OsUsers.UserId(one.User) is null))
        {
            yield return Fault(
                setting, $"there is no user {user}; make it (useradd --system {user}), or correct the setting");
        }

        foreach (var (setting, group) in ((string, string?)[])[
            ("processes.group", settings.Processes.Group), ("vault.group", settings.Vault.Group)])
        {
            if (group is not null && OsUsers.GroupId(group) is null)
            {
                yield return Fault(
                    setting, $"there is no group {group}; make it (groupadd --system {group}), or correct the setting");
            }
        }
    }

    /// <summary>Users that are named for processes of this machine, by the setting that names them.</summary>
    private static IEnumerable<(string Setting, string Who, string User)> Named(WeirConfiguration settings)
    {
        var (processes, vault) = (settings.Processes, settings.Vault);
        (string Setting, string Who, string? User, TlsOptions? Tls)[] all =
        [
            ("processes.collector.user", ProcessNames.Collector, processes.Collector.User, null),
            ("processes.store.user", ProcessNames.Store, processes.Store.User, processes.Store.Tls),
            ("processes.desk.user", ProcessNames.Desk, processes.Desk.User, processes.Desk.Tls),
            ("vault.user", ProcessNames.Vault, vault.User, vault.Tls),
            ("vault.collector-user", ProcessNames.Collector, vault.CollectorUser, vault.Tls),
            ("vault.store-user", ProcessNames.Store, vault.StoreUser, vault.Tls),
            ("vault.desk-user", ProcessNames.Desk, vault.DeskUser, vault.Tls),
            .. vault.Officers.Index().Select(one => (
                string.Create(CultureInfo.InvariantCulture, $"vault.officers[{one.Index}]"), Officer,
                (string?)one.Item, (TlsOptions?)vault.Tls)),
        ];
        return from one in all
               where one.User is not null && one.Tls?.Connect is null
               select (one.Setting, one.Who, one.User!);
    }

    private static string Number(uint user) => user.ToString(CultureInfo.InvariantCulture);

    private static ConfigurationFault Fault(string setting, string sentence) =>
        ConfigurationFault.Of(setting, $": {sentence}");
}
