// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>Addresses that are nobody's server: never tested (RFC 6890, RFC 5771, RFC 4291).</summary>
public static class SpecialPurpose
{
    public static IReadOnlyList<Prefix> Networks { get; } =
    [
        .. ((string[])[
            "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
            "fe80::/10", "ff00::/8"]).Select(Prefix.Parse),
    ];
}
