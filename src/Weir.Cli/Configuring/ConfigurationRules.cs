// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Collector.Collecting.Sockets;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Cli.Configuring;

/// <summary>What no single key can tell: settings that contradict each other, and what is missing
/// for the main job.</summary>
internal static class ConfigurationRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings) =>
    [
        .. Vault(settings),
        .. GovernanceCheck.Misplaced(settings),
        .. PolicyRules.Check(settings),
        .. Across(settings),
        .. Console(settings),
        .. Approvals(settings),
        .. Control(settings),
        .. SecretFileRules.Check(settings),
    ];

    /// <summary>What one section says of another.</summary>
    private static IEnumerable<(string, string)> Across(WeirConfiguration settings)
    {
        var trusted = settings.Escalating.TrustedLists;
        for (var i = 0; i < trusted.Count; i++)
        {
            if (settings.Matching.Lists.All(list => list.Name != trusted[i]))
            {
                yield return ($"escalating.trusted-lists[{i}]", $"names '{trusted[i]}', and "
                    + "matching.lists has no list of that name; write one of its names");
            }
        }

        var page = settings.Selfservice;
        if (page.Enabled && settings is { Profile: Profile.Lab, Vault.Socket: null })
        {
            yield return ("selfservice.enabled", "is true, and the page is the vault's, which a lab has none of; set "
                + "vault.socket, or take the key out");
        }

        if (page.Enabled && page.Listen.Equals(settings.Web.Listen))
        {
            yield return (
                "selfservice.listen",
                $"is {page.Listen}, as web.listen: metrics are not for customers; choose another port");
        }
    }

    private static IEnumerable<(string, string)> Control(WeirConfiguration settings)
    {
        if (settings is { Profile: Profile.Lab, Control.Listen: { } listen } && !IPAddress.IsLoopback(listen.Address))
        {
            yield return (
                "control.listen", $"is {listen}, and a lab shows subjects in clear; listen on 127.0.0.1");
        }
    }

    private static IEnumerable<(string, string)> Console(WeirConfiguration settings)
    {
        var console = settings.Console;
        if (!console.Enabled)
        {
            yield break;
        }

        if (console.Listen.Equals(settings.Web.Listen)
            || (settings.Selfservice.Enabled && console.Listen.Equals(settings.Selfservice.Listen)))
        {
            yield return ("console.listen", $"is {console.Listen}, which another page has; choose another port");
        }

        if (settings.Profile == Profile.Lab && !IPAddress.IsLoopback(console.Listen.Address))
        {
            yield return ("console.listen",
                $"is {console.Listen}, and a lab shows subjects in clear; listen on 127.0.0.1");
        }

        if (settings.Profile != Profile.Lab && console.Address.Scheme != Uri.UriSchemeHttps)
        {
            yield return ("console.public",
                $"is {console.Address}: outside the lab sessions go over TLS alone, on this "
                + "machine too; give console.certificate and console.key, or write the https:// address of the TLS front");
        }

        if (settings.Selfservice is { Enabled: true, Public: { } customers }
            && customers.Host.Equals(console.Address.Host, StringComparison.OrdinalIgnoreCase))
        {
            yield return ("console.public",
                $"has the host of selfservice.public, {customers.Host}: pages of customers and of "
                + "staff would share an origin or its cookies; give the console a host name of its own");
        }
    }

    private static IEnumerable<(string, string)> Approvals(WeirConfiguration settings)
    {
        var page = settings.Vault.Approvals;
        if (!page.Enabled)
        {
            yield break;
        }

        if (settings.Profile == Profile.Lab)
        {
            yield return ("vault.approvals.enabled", "is true, and nothing is signed in a lab; take the key out");
        }

        if ((settings.Console.Enabled && page.Listen.Equals(settings.Console.Listen))
            || (settings.Selfservice.Enabled && page.Listen.Equals(settings.Selfservice.Listen))
            || page.Listen.Equals(settings.Web.Listen))
        {
            yield return (
                "vault.approvals.listen", $"is {page.Listen}, which another page has; choose another port");
        }

        // Browsers tell pages apart by host name: passkeys and cookies know no port.
        var hosts = new[] { settings.Console.Enabled ? settings.Console.Address : null, settings.Selfservice.Public };
        if (page.Public is { } address
            && hosts.Any(other => other?.Host.Equals(address.Host, StringComparison.OrdinalIgnoreCase) == true))
        {
            yield return ("vault.approvals.public",
                $"has the host of another page, {address.Host}: the desk could then have passkeys sign what the vault "
                + "never showed; give the page a host name of its own");
        }
    }

    private static IEnumerable<(string, string)> Vault(WeirConfiguration settings)
    {
        var networks = settings.Attributing.Networks;
        for (var i = 0; i < networks.Count && settings is { Vault.Socket: null, Profile: Profile.Lab }; i++)
        {
            if (networks[i].Attribution != SubscriberMapping.Static)
            {
                yield return (
                    $"attributing.networks[{i}].attribution",
                    "needs to know who had an address when, which the vault does; name its socket under vault.socket");
            }
        }
    }

    /// <summary>What is allowed and should be known all the same.</summary>
    public static IEnumerable<ConfigurationFault> Warnings(WeirConfiguration settings) =>
        [.. Missing(settings), .. Unattributed(settings), .. Separation(settings)];

    /// <summary>Networks whose addresses change hands while nobody says whose they were.</summary>
    private static IEnumerable<ConfigurationFault> Unattributed(WeirConfiguration settings)
    {
        foreach (var (i, network) in settings.Attributing.Networks.Index().Where(
            one => one.Item.Attribution != SubscriberMapping.Static && settings.Vault.Identity.Sources.Count == 0
                && settings.Profile != Profile.Lab).Take(1))
        {
            yield return ConfigurationFault.Of(
                $"attributing.networks[{i}].attribution", $" is {Schema.Kebab(network.Attribution.ToString())}, "
                + "and vault.identity.sources names nobody who knows which line had an address when: flows of "
                + $"{network.Prefix} count as unattributed, and nobody there is found infected; name RADIUS, leases or "
                + "port blocks there (docs/15-identity.md), unless the vault reads a file of its own that does");
        }
    }

    /// <summary>What a provider has to fill in before anything is found. A lab's own data may be anything.</summary>
    private static IEnumerable<ConfigurationFault> Missing(WeirConfiguration settings)
    {
        foreach (var (i, list) in settings.Matching.Lists.Index())
        {
            if (list is { Url.Length: 0, Path.Length: > 0 } && !Path.Exists(list.Path))
            {
                yield return ConfigurationFault.Of(
                    $"matching.lists[{i}].path", $": there is no {list.Path}: the desk does not start without it, "
                    + "or this user may not see it");
            }
            else if (list.Url.Length == 0 && SshPublicKey.TryParse(list.Owner, out var owner)
                && SignedList.Read(OwnedList.In(list.Path, list.Name, owner), null, TimeProvider.System.GetUtcNow())
                    .Fault is { } unsigned)
            {
                yield return ConfigurationFault.Of($"matching.lists[{i}].owner", $": {unsigned.Message}");
            }
        }

        foreach (var placeholder in Replaced(settings))
        {
            yield return placeholder;
        }

        if (settings.Profile == Profile.Lab)
        {
            yield break;
        }

        if (settings.Matching.Lists.All(list => list.Role is not (ListRole.C2 or ListRole.Sinkhole)))
        {
            yield return ConfigurationFault.Of(
                "matching.lists", " has no list of C&Cs: nobody is found infected, and nothing is compared; write "
                + "one with role c2");
        }

        if (settings.Collecting.Exporters.Count == 0)
        {
            yield return ConfigurationFault.Of(
                "collecting.exporters", " names no exporter: nothing is decoded; write the networks of your "
                + "routers into the settings of the governance (docs/10-install.md, People), or start the collector "
                + "and let `weir exporters` print the lines for those that are heard");
        }

        if (settings.Collecting.CorroboratedAfter < new UdpOptions().CorroboratedAfter)
        {
            yield return ConfigurationFault.Of(
                "collecting.corroborated-after", " is below ten minutes: who may send datagrams in the name of an "
                + "exporter has less to wait until they count");
        }

        foreach (var unheard in Unheard(settings))
        {
            yield return unheard;
        }
    }

    /// <summary>Sockets that nobody reaches, or that nobody is taken at.</summary>
    private static IEnumerable<ConfigurationFault> Unheard(WeirConfiguration settings)
    {
        var sessions = settings.Collecting.Sessions;
        if (sessions.Tls.Count > 0 && settings.Collecting.Exporters.All(one => one.Keys.Count == 0))
        {
            yield return ConfigurationFault.Of(
                "collecting.sessions.tls", " listens, and no row of collecting.exporters names keys: nobody is "
                + "taken there; add the keys of your routers' certificates, as weir certs show prints them");
        }

        if (settings.Collecting.Listen.Concat(sessions.Tcp).Concat(sessions.Tls)
            .All(at => IPAddress.IsLoopback(at.Address)))
        {
            yield return ConfigurationFault.Of(
                "collecting.listen", " is on this machine alone: no router reaches it; write the address that "
                + "faces them, or 0.0.0.0 and [::]");
        }
    }

    /// <summary>Networks that are nobody's, to be replaced by one's own.</summary>
    private static IEnumerable<ConfigurationFault> Replaced(WeirConfiguration settings)
    {
        // A lab may be of documentation ranges; it is not of just those that the shipped file leaves to be replaced.
        var isLab = settings.Profile == Profile.Lab;
        var shipped = WeirConfiguration.Shipped().Attributing.Networks.Select(network => network.Prefix).ToHashSet();
        foreach (var (i, network) in settings.Attributing.Networks.Index().Where(_ => !isLab
            || shipped.SetEquals(settings.Attributing.Networks.Select(one => one.Prefix))))
        {
            if (Array.Exists(Placeholders, placeholder =>
                placeholder.Length <= network.Prefix.Length && placeholder.Contains(network.Prefix.Network)))
            {
                yield return ConfigurationFault.Of(
                    $"attributing.networks[{i}].prefix", $" is {network.Prefix}, a placeholder of the "
                    + "documentation ranges: write your own networks, or nobody is a subscriber");
            }
        }
    }

    private static readonly Prefix[] Placeholders =
    [
        .. ((string[])["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"])
            .Select(Prefix.Parse),
    ];

    private static IEnumerable<ConfigurationFault> Separation(WeirConfiguration settings)
    {
        if (settings.Store.Password?.Withheld is { } withheld)
        {
            yield return new(0, 0, withheld) { Path = "store.password" };
        }

        if (settings.Vault.Socket is null && settings.Profile != Profile.Lab)
        {
            yield return ConfigurationFault.Of(
                "vault.socket", " is not set: weir serve starts the vault as its child, under the user that "
                + "collects, so its files keep nothing from that user; see docs/14-vault.md");
        }

        if (settings.Vault is { Socket: not null, AllowRoot: true } && settings.Profile != Profile.Lab)
        {
            yield return ConfigurationFault.Of(
                "vault.allow-root", " is set: root reads every file anyway, so the vault keeps nothing from "
                + "the collector; for a trial alone");
        }
    }
}
