// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Cli.Flows;

/// <summary>How addresses are shown: in clear under <c>--profile lab</c>, else a subscriber's only as the network it
/// lies in, without its port, so that nothing in the listing stays the same for a line.</summary>
/// <param name="networks">The provider's networks; null shows all in clear.</param>
internal sealed class FlowMask(NetworkTable? networks)
{
    public bool ShowsAll => networks is null;

    public (string Address, ushort Port) Show(IpKey address, ushort port) =>
        networks?.Find(address) is { } network ? (network.Prefix.ToString(), (ushort)0) : (address.ToString(), port);

    /// <summary>Whether an address may be looked up: nothing of a subscriber is.</summary>
    public bool IsOutside(IpKey address) => networks?.Find(address) is null;

    /// <summary>Whether any address of a prefix is a subscriber's.</summary>
    public bool Touches(Prefix asked) => networks is not null
        && networks.Networks.Any(network => network.Prefix.IsV4 == asked.IsV4
            && (network.Prefix.Contains(asked.Network) || asked.Contains(network.Prefix.Network)));
}
