// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Sharing;
using Weir.Store.ClickHouse;

namespace Weir.Cli.Serving;

/// <summary>Sightings of the store in this process, for what may be shared.</summary>
internal sealed class SharedSightings(SightingRepository store) : IListedSightings
{
    public async Task<IReadOnlyList<ListedSighting>> SinceAsync(
        DateTimeOffset since, int k, CancellationToken cancel) =>
    [
        .. (await store.SinceAsync(since, cancel))
            .Select(seen => new ListedSighting(seen.Endpoint, seen.FirstMs, seen.LastMs, seen.Lines)),
    ];
}
