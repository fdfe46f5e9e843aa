// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;

namespace Weir.Cli.Configuring;

/// <summary>What of the <c>blocking</c> section no single key can tell.</summary>
internal static class BlockingRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings)
    {
        var blocking = settings.Blocking;
        if (blocking is { Enabled: true, Gobgp: null, Rpz.File: null })
        {
            yield return ("blocking.enabled", "is true, and there is neither a router nor a resolver to tell; name "
                + "blocking.gobgp or blocking.rpz.file");
        }

        if (blocking is { Gobgp: not null, Asn: null })
        {
            yield return (
                "blocking.asn",
                "is missing: routes and what marks them as Weir's carry the provider's AS number; write it");
        }

        for (var i = 0; i < blocking.Communities.Count; i++)
        {
            if (!Community.TryParse(blocking.Communities[i], out _))
            {
                yield return ($"blocking.communities[{i}]", $"is '{blocking.Communities[i]}'; write two numbers up to "
                    + "65535 with a colon, such as \"65535:666\"");
            }
        }

        if (blocking.BlackholeNextHop is not { IsV4: true, Length: 128 })
        {
            yield return (
                "blocking.blackhole-next-hop", $"is {blocking.BlackholeNextHop}; it must be one IPv4 address");
        }

        if (blocking.BlackholeNextHopV6 is not { IsV4: false, Length: 128 })
        {
            yield return (
                "blocking.blackhole-next-hop-v6", $"is {blocking.BlackholeNextHopV6}; it must be one IPv6 address");
        }

        for (var i = 0; i < blocking.NeverDomains.Count; i++)
        {
            if (!IsDomain(blocking.NeverDomains[i]))
            {
                yield return (
                    $"blocking.never-domains[{i}]",
                    $"is '{blocking.NeverDomains[i]}', which is no domain name; write one such as example.org");
            }
        }

        foreach (var fault in Zone(blocking.Rpz))
        {
            yield return fault;
        }
    }

    private static IEnumerable<(string, string)> Zone(PolicyZoneSettings rpz)
    {
        if (rpz.File is { } file && string.IsNullOrWhiteSpace(file))
        {
            yield return ("blocking.rpz.file", "is empty; write a path");
        }

        if (rpz is { File: null, Resolvers.Count: > 0 })
        {
            yield return (
                "blocking.rpz.resolvers",
                "have nothing to load without blocking.rpz.file; name the zone's file, or take them out");
        }

        if (!IsDomain(rpz.Zone))
        {
            yield return ("blocking.rpz.zone", $"is '{rpz.Zone}', which is no domain name; write one such as rpz.weir");
        }

        if (rpz.Garden is { } garden && !IsDomain(garden))
        {
            yield return (
                "blocking.rpz.garden", $"is '{garden}', which is no domain name; write the name of the walled garden");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rpz.Resolvers.Count; i++)
        {
            if (!names.Add(rpz.Resolvers[i].Name))
            {
                yield return ($"blocking.rpz.resolvers[{i}]", $"repeats {rpz.Resolvers[i].Name}; keep one");
            }
        }
    }

    private static bool IsDomain(string text) => MitigationTarget.TryParse($"name {text} nxdomain", out _, out _);
}
