// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Contracts.Mitigation;

/// <summary>Who answered that a block is held: so many of so many. None asked is none confirmed.</summary>
/// <param name="Held">Neighbours that are sent the route, or resolvers that have the zone.</param>
/// <param name="Asked">Neighbours or resolvers there are.</param>
public readonly record struct Confirmation(int Held, int Asked)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Held} of {Asked}");
}

/// <summary>How a block stands where it should be held, as it was read back.</summary>
/// <param name="State">Verified where at least one neighbour, or every resolver, holds it.</param>
/// <param name="Reason">Why it is not verified.</param>
/// <param name="Confirmed">Who holds it.</param>
public readonly record struct LeaseStanding(LeaseState State, LeaseReason Reason, Confirmation Confirmed = default);
