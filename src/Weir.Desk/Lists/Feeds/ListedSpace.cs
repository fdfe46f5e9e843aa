// SPDX-License-Identifier: Apache-2.0
//
// What of the address space a list may name as a C&C. Published lists hold mistakes: a URL's path read as a prefix
// length, and blocks of the space that no host of the Internet has (FireHOL level 1 names private networks), behind
// which stand the provider's own resolvers.
//
// Standards: RFC 6890 and the IANA special-purpose address registries; multicast RFC 5771. Networks for documentation
// are left: examples and tests name them, and nobody has them.
using Weir.Contracts.Lists;
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Judges a listed network by where it lies and how wide it is.</summary>
internal static class ListedSpace
{
    /// <summary>A wider network covers whole registries: in a list of endpoints it is a mistake.</summary>
    public const int WidestV4 = 8;
    public const int WidestV6 = 16;

    private static readonly Prefix[] _special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
            "::/8", "64:ff9b:1::/48", "100::/64", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ]).Select(Prefix.Parse),
    ];

    /// <summary>No host of the Internet is inside.</summary>
    public static bool IsSpecial(Prefix network) =>
        Array.Exists(_special, special => special.IsV4 == network.IsV4 && special.Length <= network.Length
            && special.Contains(network.Network));

    /// <summary>So wide that it is no list of endpoints.</summary>
    public static bool IsTooWide(Prefix network) =>
        network.WrittenLength < (network.IsV4 ? WidestV4 : WidestV6);

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

        return !IsTooWide(network) ? null
            : $"{network} covers a {(network.IsV4 ? "128th" : "65536th")} of the Internet or more; a prefix this short is "
                + "a mistake, such as a path behind an address";
    }
}
