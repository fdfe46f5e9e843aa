// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Sharing;

/// <summary>Sightings as the store's process counts them, lines as the low end of their band.</summary>
internal sealed class StoreSightings(StoreCounts store) : IListedSightings
{
    public async Task<IReadOnlyList<ListedSighting>> SinceAsync(
        DateTimeOffset since, int k, CancellationToken cancel) =>
    [
        .. (await store.SightedAsync(since, k, cancel))
            .Where(row => Endpoint.TryParse(row.Endpoint, out _))
            .Select(row => new ListedSighting(
                Endpoint.TryParse(row.Endpoint, out var endpoint) ? endpoint : default, row.FirstMs, row.LastMs,
                row.LinesFrom)),
    ];
}
