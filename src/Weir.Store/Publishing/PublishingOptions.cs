// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Noise;

namespace Weir.Store.Publishing;

/// <summary>What leaves the store as a number about people.</summary>
public sealed record PublishingOptions
{
    /// <summary>The key of a window's noise, by its first UTC day since the UNIX epoch and the first that is not in it;
    /// from the vault. Null in the lab alone, where nothing is hidden.</summary>
    public Func<uint, uint, CancellationToken, Task<IFigureNoise>>? Noise { get; init; }

    /// <summary>File of which endpoint's figures were told for which days.</summary>
    public required string FiguresFile { get; init; }

    /// <summary>File of today's figures of whom a block would hit, beside it.</summary>
    public string CollateralFile => Path.Combine(Path.GetDirectoryName(FiguresFile) ?? "", "collateral-figures.json");

    /// <summary>Folder of the comparisons that were published.</summary>
    public required string ComparisonsFolder { get; init; }

    /// <summary>How long after its end a window is still open: the exporters' active timeout and the time that a
    /// segment takes to the store.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMinutes(10);
}
