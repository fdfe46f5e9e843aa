// SPDX-License-Identifier: Apache-2.0
//
// What of the address space a list may name as a C&C. Published lists hold mistakes: a URL's path read as a prefix
// length, and blocks of the space that no host of the Internet has (FireHOL level 1 names private networks), behind
// which stand the provider's own resolvers.
//
// Standards: RFC 6890 and the IANA special-purpose address registries; multicast RFC 5771. Networks for documentation
// are left: examples and tests name them, and nobody has them. The root servers stand in IANA's root hints; what public
// resolvers answer at is published by who runs them.
using Weir.Contracts.Braking;
using Weir.Contracts.Lists;
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Judges a listed network by where it lies and how wide it is.</summary>
internal static class ListedSpace
{
    /// <summary>A wider network covers whole registries: in a list of endpoints it is a mistake.</summary>
    public const int WidestV4 = 8;
    public const int WidestV6 = 16;

    /// <summary>Widest network that makes cases (rules.md R21).</summary>
    private static int WidestOf(Prefix network) => network.IsV4 ? ListedNetwork.WidestV4 : ListedNetwork.WidestV6;

    private static readonly Prefix[] _special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
            "::/8", "64:ff9b:1::/48", "100::/64", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ]).Select(Prefix.Parse),
    ];

    /// <summary>Root servers, and resolvers that everybody may ask: who contacts them asks for a name.</summary>
    private static readonly IpKey[] _askedByAll =
    [
        .. ((string[])
        [
            "8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844",
            "1.1.1.1", "1.0.0.1", "1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3", "2606:4700:4700::1111",
            "2606:4700:4700::1001", "2606:4700:4700::1112", "2606:4700:4700::1002", "2606:4700:4700::1113",
            "2606:4700:4700::1003",
            "9.9.9.9", "9.9.9.10", "9.9.9.11", "149.112.112.112", "149.112.112.10", "149.112.112.11", "2620:fe::fe",
            "2620:fe::9", "2620:fe::10", "2620:fe::fe:10", "2620:fe::11", "2620:fe::fe:11",
            "208.67.222.222", "208.67.220.220", "208.67.222.123", "208.67.220.123", "2620:119:35::35", "2620:119:53::53",
            "4.2.2.1", "4.2.2.2", "4.2.2.3", "4.2.2.4", "4.2.2.5", "4.2.2.6",
            "198.41.0.4", "170.247.170.2", "192.33.4.12", "199.7.91.13", "192.203.230.10", "192.5.5.241", "192.112.36.4",
            "198.97.190.53", "192.36.148.17", "192.58.128.30", "193.0.14.129", "199.7.83.42", "202.12.27.33",
            "2001:503:ba3e::2:30", "2801:1b8:10::b", "2001:500:2::c", "2001:500:2d::d", "2001:500:a8::e", "2001:500:2f::f",
            "2001:500:12::d0d", "2001:500:1::53", "2001:7fe::53", "2001:503:c27::2:30", "2001:7fd::1", "2001:500:9f::42",
            "2001:dc3::35",
        ]).Select(IpKey.Parse),
    ];

    private static readonly System.Collections.Frozen.FrozenSet<IpKey> _hostsAskedByAll =
        System.Collections.Frozen.FrozenSet.ToFrozenSet(_askedByAll);

    private static bool IsAskedByAll(Prefix network, out IpKey asked)
    {
        asked = network.Network;
        if (network.Length == 128)
        {
            return _hostsAskedByAll.Contains(asked);
        }

        foreach (var one in _askedByAll)
        {
            if (network.Contains(one))
            {
                asked = one;
                return true;
            }
        }

        return false;
    }

    /// <summary>No host of the Internet is inside.</summary>
    public static bool IsSpecial(Prefix network) =>
        Array.Exists(_special, special => special.IsV4 == network.IsV4 && special.Length <= network.Length
            && special.Contains(network.Network));

    /// <summary>So wide that it is no list of endpoints.</summary>
    public static bool IsTooWide(Prefix network) =>
        network.WrittenLength < (network.IsV4 ? WidestV4 : WidestV6);

    /// <summary>Whether a range is as wide as no list of endpoints has one.</summary>
    public static bool IsTooWide(AddressRange range) => range.Last.Bits - range.First.Bits
        >= UInt128.One << (range.First.IsV4 ? 32 - WidestV4 : 128 - WidestV6);

    /// <summary>Null where an entry of a role may be taken, with the role it gets; else why it is refused.</summary>
    /// <param name="network">As listed.</param>
    /// <param name="role">What the list says of it.</param>
    /// <param name="isAsked">The operator gave the list this role.</param>
    /// <param name="given">The role it gets.</param>
    public static string? Judge(Prefix network, ListRole role, bool isAsked, out ListRole given)
    {
        given = role;
        if (role is ListRole.Allow or ListRole.Bogon)
        {
            return null;
        }

        if (IsSpecial(network))
        {
            // An operator may have a C&C at a private address in a laboratory; a whole private network is none.
            given = ListRole.Bogon;
            if (isAsked && network.Length < 128)
            {
                return $"{network} is a special-purpose network (RFC 6890) and no {role.ToString().ToLowerInvariant()}; "
                    + "leave it out, or give the list role=bogon";
            }

            given = isAsked ? role : ListRole.Bogon;
            return null;
        }

        if (IsTooWide(network))
        {
            return $"{network} covers a {(network.IsV4 ? "128th" : "65536th")} of the Internet or more; a prefix this "
                + "short is a mistake, such as a path behind an address";
        }

        if (IsAskedByAll(network, out var asked))
        {
            return $"{asked} is a public resolver or root server, which everybody asks, and no "
                + $"{role.ToString().ToLowerInvariant()}: the list is mistaken there";
        }

        if (role is ListRole.C2 or ListRole.Sinkhole && network.WrittenLength < WidestOf(network))
        {
            // Lists of hijacked space are of use and no list of endpoints: what they name informs, and makes no case.
            given = isAsked ? role : ListRole.Attacker;
            return isAsked ? $"{network} is wider than /{WidestOf(network)}: an entry of role "
                + $"{role.ToString().ToLowerInvariant()} makes cases of all who meet an address in it; list the "
                + "addresses, or give the list role=attacker" : null;
        }

        return null;
    }
}
