// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Desk.Sharing;

/// <summary>A listed C&amp;C that lines exchanged traffic with.</summary>
/// <param name="Endpoint">The far end.</param>
/// <param name="FirstMs">Start of the first flow, milliseconds since the UNIX epoch.</param>
/// <param name="LastMs">End of the last.</param>
/// <param name="Lines">Distinct subjects, or the low end of the band they lie in; for nobody to see before it is made
/// a band.</param>
public readonly record struct ListedSighting(Endpoint Endpoint, long FirstMs, long LastMs, long Lines);

/// <summary>Where sightings of listed endpoints are counted.</summary>
public interface IListedSightings
{
    /// <summary>C&amp;Cs with traffic since a time; attempts are none.</summary>
    /// <param name="since">Begin of the window, UTC; it ends now.</param>
    /// <param name="k">Counts below it will only be said to be below.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Weir.Wire.Native.StoreException">They cannot be counted now.</exception>
    Task<IReadOnlyList<ListedSighting>> SinceAsync(DateTimeOffset since, int k, CancellationToken cancel);
}
