// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Noise;

/// <summary>What is added to a count before anybody sees it: one draw a cell, always the same one. Forgotten when it is
/// disposed of.</summary>
public interface IFigureNoise : IDisposable
{
    /// <summary>The draw of a cell.</summary>
    /// <param name="cell">Its name, the same whoever asks, such as "endpoint 192.0.2.7:443/tcp".</param>
    long Draw(string cell);

    /// <summary>Under which name a count of a cell draws: its own, unless a key may serve counts of several inputs.
    /// </summary>
    string NameOf(string cell, long exact) => cell;
}

/// <summary>Counts with their draws.</summary>
public static class NoisyCounts
{
    /// <summary>A count as it may be shown further: never below nought.</summary>
    public static long Blur(this IFigureNoise noise, string cell, double exact) =>
        Blur(noise, cell, (long)Math.Round(exact, MidpointRounding.AwayFromZero));

    private static long Blur(IFigureNoise noise, string cell, long exact) =>
        Math.Max(0, exact + noise.Draw(noise.NameOf(cell, exact)));
}
