// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Noise;

namespace Weir.Store.Publishing;

/// <summary>Keys of the noise of windows: asked of the vault for one window, and forgotten when its figures are kept.
/// Where a key is erased only what was published before can be given.</summary>
public sealed class WindowNoise(PublishingOptions options)
{
    /// <summary>The key; whoever gets it disposes of it.</summary>
    /// <exception cref="Weir.Contracts.Networks.EpochKeyException">It is no more.</exception>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer.</exception>
    public Task<IFigureNoise> GetAsync(PublishedDays days, CancellationToken cancel) => options.Noise is { } fetch
        ? fetch(days.From, days.Until, cancel)
        : throw new InvalidOperationException("outside the lab no figure is made without a key of noise, and none is wired");
}
