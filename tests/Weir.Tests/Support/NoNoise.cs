// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Noise;
using Weir.Contracts.Reports;
using Weir.Store.Population;
using Weir.Store.Publishing;

namespace Weir.Tests.Support;

/// <summary>Draws of nought, for tests of what is done with counts beside the noise.</summary>
internal sealed class NoNoise : IFigureNoise
{
    public static FigureProtection Protection { get; } = new(new NoNoise());

    /// <summary>For the fixed reports; what was told of endpoints is in a folder.</summary>
    public static PopulationPublishing Publishing(string folder, TimeSpan settle) =>
        Publishing(folder, settle, _ => new NoNoise());

    /// <summary>With the noise of a window's first day.</summary>
    public static PopulationPublishing Publishing(
        string folder, TimeSpan settle, Func<uint, IFigureNoise> noise, Func<uint, bool>? isCompared = null)
    {
        var options = new PublishingOptions
        {
            Noise = (from, _, _) => Task.FromResult(noise(from)),
            FiguresFile = Path.Combine(folder, "figures", "endpoint-figures.json"),
            ComparisonsFolder = Path.Combine(folder, "figures", "comparisons"),
        };
        return new(new WindowNoise(options), new EndpointFigures(options), settle, isCompared ?? (_ => true));
    }

    public long Draw(string cell) => 0;

    public void Dispose()
    {
    }
}
