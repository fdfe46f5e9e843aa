// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Hosting.Peers;
using Weir.Wire;

namespace Weir.Cli.Configuring;

/// <summary>What no single key can tell: settings that contradict each other, and what is missing
/// for the main job.</summary>
internal static class ConfigurationRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings) =>
    [
        .. Networks(settings.Attributing),
        .. Twice(settings.Collecting.Listen, "collecting.listen", at => at.ToString()),
        .. Twice(settings.Attributing.Networks, "attributing.networks", n => n.Prefix.ToString()),
        .. Twice(settings.Decoding.Exporters, "decoding.exporters", e => e.Address.ToString()),
        .. Twice(settings.Detecting.Groups, "detecting.groups", g => g.Name),
        .. Groups(settings),
        .. Twice(settings.Matching.Lists, "matching.lists", l => l.Name),
        .. Collecting(settings.Collecting),
        .. Access(settings.Access),
        .. Vault(settings),
        .. Weir.Cli.Processes.Mapping.IdentityMapping.Check(settings.Vault.Identity),
        .. Weir.Cli.Processes.Mapping.GardenMapping.Check(settings.Vault),
        .. Empty(settings),
        .. PolicyRules.Check(settings),
        .. BlockingRules.Check(settings),
        .. Across(settings),
        .. NotifyingRules.Check(settings.Notifying),
    ];

    private static IEnumerable<(string, string)> Networks(AttributingSettings attributing)
    {
        if (attributing.Networks.Count == 0)
        {
            yield return ("attributing.networks", "names no network, so every flow would be foreign; add the "
                + "provider's prefixes, `- prefix: 192.0.2.0/24`");
        }

        var kinds = attributing.Networks.Select(n => (n.Access, n.Group)).Distinct().Count(kind => kind != ("", ""));
        if (kinds > SubscriberLineKinds.MaxKinds)
        {
            yield return ("attributing.networks", FormattableString.Invariant(
                $"name {kinds} pairs of access and group, and at most {SubscriberLineKinds.MaxKinds} can be told apart; give some networks the same access and group"));
        }
    }

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
        if (page.Enabled && page.Listen.Equals(settings.Web.Listen))
        {
            yield return (
                "selfservice.listen",
                $"is {page.Listen}, as web.listen: metrics are not for customers; choose another port");
        }
    }

    private static IEnumerable<(string, string)> Groups(WeirConfiguration settings)
    {
        var known = settings.Attributing.Networks
            .Select(n => n.Group).Where(g => g.Length > 0).ToHashSet(StringComparer.Ordinal);
        return settings.Detecting.Groups.Index().Where(g => !known.Contains(g.Item.Name))
            .Select(g => ($"detecting.groups[{g.Index}].name", $"names '{g.Item.Name}', and no network of "
                + "attributing.networks has that group; write it there, or take the floors out"));
    }

    private static IEnumerable<(string, string)> Collecting(CollectingSettings collecting)
    {
        if (collecting.Listen.Count == 0)
        {
            yield return (
                "collecting.listen", "names no address; write one, or take the key out for the default ports");
        }
    }

    private static IEnumerable<(string, string)> Vault(WeirConfiguration settings)
    {
        var networks = settings.Attributing.Networks;
        for (var i = 0; i < networks.Count && settings is { Vault.Socket: null, Profile: Profile.Lab }; i++)
        {
            if (networks[i].Attribution != NetworkAttribution.Static)
            {
                yield return (
                    $"attributing.networks[{i}].attribution",
                    "needs to know who had an address when, which the vault does; name its socket under vault.socket");
            }
        }

        if (settings.Vault.Socket is { } socket
            && System.Text.Encoding.UTF8.GetByteCount(socket) > PeerAddress.LongestSocketPath)
        {
            yield return ("vault.socket", $"is longer than the {PeerAddress.LongestSocketPath} "
                + "octets a socket's path may have; choose a shorter one");
        }

        if (settings.Vault.LineRoutes is { Gobgp: not null, Asn: null })
        {
            yield return ("vault.line-routes.asn", "is missing: routes are written for the provider's AS; write it");
        }

        for (var i = 0; i < settings.Vault.EventKeys.Count; i++)
        {
            var (path, key) = ($"vault.event-keys[{i}]", settings.Vault.EventKeys[i]);
            if (key.Key is null == (key.File is null))
            {
                yield return (path, "names a key or the file that it stands in, one of the two");
            }
            else if (key.Key is not null && !PublicKey.TryParse(key.Key, out _))
            {
                yield return ($"{path}.key", "is no public key; write ed25519: and what its holder logs at the start");
            }
        }
    }

    /// <summary>What is allowed and should be known all the same.</summary>
    public static IEnumerable<string> Warnings(WeirConfiguration settings)
    {
        if (settings.Store.Password?.Withheld is { } withheld)
        {
            yield return withheld;
        }

        if (settings.Vault.Socket is null && settings.Profile != Profile.Lab)
        {
            yield return "vault.socket is not set: weir serve starts the vault as its child, under the user that "
                + "collects, so its files keep nothing from that user; see docs/14-vault.md";
        }

        if (settings.Vault is { Socket: not null, AllowRoot: true } && settings.Profile != Profile.Lab)
        {
            yield return "vault.allow-root is set: root reads every file anyway, so the vault keeps nothing from "
                + "the collector; for a trial alone";
        }
    }

    /// <summary>One user, one role: two people must be two.</summary>
    private static IEnumerable<(string, string)> Access(AccessSettings access)
    {
        (string Key, IReadOnlyList<string> Users)[] roles =
        [
            ("analysts", access.Analysts), ("operators", access.Operators),
            ("privacy-officers", access.PrivacyOfficers),
            ("auditors", access.Auditors), ("administrators", access.Administrators),
        ];
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, users) in roles)
        {
            for (var i = 0; i < users.Count; i++)
            {
                if (!seen.TryAdd(users[i], key))
                {
                    yield return (
                        $"access.{key}[{i}]",
                        $"names {users[i]}, who stands in access.{seen[users[i]]} already; a user has one role");
                }
            }
        }
    }

    private static IEnumerable<(string, string)> Empty(WeirConfiguration settings)
    {
        (string Path, string? Text)[] texts =
        [
            ("decoding.template-file", settings.Decoding.TemplateFile),
            ("evidence.ring-dir", settings.Evidence.RingDir), ("report.dir", settings.Report.Dir),
            ("cases.dir", settings.Cases.Dir), 
            ("control.socket", settings.Control.Socket),
            ("policy.file", settings.Policy.File),
            ("policy.signer", settings.Policy.Signer), ("auditing.dir", settings.Auditing.Dir),
            ("auditing.export-dir", settings.Auditing.ExportDir),
        ];
        return texts.Where(t => t.Text is { } text && string.IsNullOrWhiteSpace(text))
            .Select(t => (t.Path, "is empty; write a path"));
    }

    private static IEnumerable<(string, string)> Twice<T>(IReadOnlyList<T> items, string path, Func<T, string> name)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            if (!seen.TryAdd(name(items[i]), i))
            {
                yield return ($"{path}[{i}]", $"repeats {name(items[i])} of {path}[{seen[name(items[i])]}]; keep one");
            }
        }
    }
}
